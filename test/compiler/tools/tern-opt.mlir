// RUN: tern-opt %s | tern-opt | FileCheck %s

// Both upstream's dialects and Tern's are registered.
// CHECK-LABEL: func.func @upstream
func.func @upstream(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: math.exp
  %y = math.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
