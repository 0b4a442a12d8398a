// RUN: tern-opt %s -tern-expand-kernels="vector-bits=512" | FileCheck %s

// CHECK-LABEL: @rows
// Gather shares rows.
// CHECK: scf.forall
// CHECK: vector.load
// Scatter shares columns: 64 of them are 4 shares of 16.
// CHECK: scf.forall (%{{.*}}) in (4)
// CHECK: arith.addf {{.*}} : vector<16xf32>
// CHECK: scf.forall (%{{.*}}) in (4)
// CHECK: math.exp {{.*}} : vector<16xf32>
// CHECK: math.log
// CHECK: scf.forall
// CHECK: math.exp {{.*}} : vector<16xf32>
// CHECK-NOT: tern_kernel
func.func @rows(%table: memref<10x64xf32>, %indices: memref<4xi32>, %rows: memref<4x64xf32>, %logits: memref<4x1000xf32>,
                %loss: memref<4xf32>, %lse: memref<4xf32>, %scale: memref<f32>) {
  tern_kernel.gather ins(%table, %indices : memref<10x64xf32>, memref<4xi32>) outs(%rows : memref<4x64xf32>)
  tern_kernel.scatter_add ins(%rows, %indices : memref<4x64xf32>, memref<4xi32>) outs(%table : memref<10x64xf32>)
  tern_kernel.cross_entropy ignore_index -100 ins(%logits, %indices : memref<4x1000xf32>, memref<4xi32>) outs(%loss, %lse : memref<4xf32>, memref<4xf32>)
  tern_kernel.cross_entropy_grad ignore_index -100 ins(%indices, %lse, %scale : memref<4xi32>, memref<4xf32>, memref<f32>) outs(%logits : memref<4x1000xf32>)
  return
}
