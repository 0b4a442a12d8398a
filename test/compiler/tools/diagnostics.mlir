// RUN: not ternc %s --objective=causal-lm --batch=2 --seq=4 --emit=model 2>&1 | FileCheck %s

// An error points into the model file and shows the line.
// CHECK: diagnostics.mlir:[[#@LINE+8]]:10: error:
// CHECK: %y = tern.matmul
// CHECK: ^
!act = tensor<?x?x?xf32>
module @wrong {
  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %wte = tern.param "wte.weight" [16, 8] normal(0.02) : tensor<?x?xf32>
    %x = tern.embedding %tokens, %wte : tensor<?x?xi32>, tensor<?x?xf32>
    %y = tern.matmul %x, %wte : !act, tensor<?x?xf32>
    return %y : !act
  }
}
