// RUN: ternc %s --emit=llvm-ir -O0 --objective=causal-lm --batch=2 --seq=4 --tokenizer=chars --mcpu=x86-64-v2 -o %t.ll
// RUN: llvm-as %t.ll -o %t.bc
// RUN: FileCheck %s < %t.ll

// The manifest is the constant that runtime/abi/tern.h declares: magic, version, sizes of its parts.
// CHECK-DAG: @tern_manifest.x86_64_v2 = hidden {{.*}}constant {{.*}} { i32 1314014548, i32 4, i32 232, i32 192, i32 72, i32 96,
// CHECK-DAG: c"tiny\00"
// CHECK-DAG: c"causal-lm\00"
// CHECK-DAG: c"chars\00"
// CHECK-DAG: c"adamw\00"
// CHECK-DAG: c"f32\00"
// Regions of a profile: what runs, its shape, its place.
// CHECK-DAG: c"contract\00"
// CHECK-DAG: c"8x8x8 nn\00"
// CHECK-DAG: c"manifest.mlir:[[#@LINE+16]]:12\00"
// CHECK-DAG: c"x86-64-v2\00"
// CHECK-DAG: c"wte.weight\00"
// CHECK-DAG: c"h.{i}.fc.weight\00"
// CHECK-DAG: define {{.*}}i32 @tern_entry_init(
// CHECK-DAG: define {{.*}}i32 @tern_entry_forward(
// CHECK-DAG: define {{.*}}i32 @tern_entry_loss(
// CHECK-DAG: define {{.*}}i32 @tern_entry_grad(
// CHECK-DAG: define {{.*}}i32 @tern_entry_update(
!act = tensor<?x?x?xf32>
module @tiny {
  tern.hyper @d_model = 8
  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %wte = tern.param "wte.weight" [16, @d_model] normal(0.02) : tensor<?x?xf32>
    %x0 = tern.embedding %tokens, %wte : tensor<?x?xi32>, tensor<?x?xf32>
    %x = tern.layers 2 "h" (%h = %x0) : !act {
      %y = tern.linear %h "fc" out @d_model bias normal(0.02) : !act
      %z = tern.add %h, %y : !act, !act
      tern.yield %z : !act
    }
    %l = tern.linear %x tied %wte : !act, tensor<?x?xf32>
    return %l : !act
  }
}
