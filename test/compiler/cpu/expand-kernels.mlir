// RUN: tern-opt %s -tern-expand-kernels="target=x86-64-v4" | FileCheck %s
// RUN: tern-opt %s -tern-expand-kernels="target=x86-64-v4" --remarks=expand-kernels -o %t 2>&1 | FileCheck %s --check-prefix=REMARK

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
// REMARK: [[#@LINE+3]]:3: remark: [passed] expand-kernels: vectorized: tern_kernel.gather
func.func @rows(%table: memref<10x64xf32>, %indices: memref<4xi32>, %rows: memref<4x64xf32>, %logits: memref<4x1000xf32>,
                %loss: memref<4xf32>, %lse: memref<4xf32>, %scale: memref<f32>) {
  tern_kernel.gather ins(%table, %indices : memref<10x64xf32>, memref<4xi32>) outs(%rows : memref<4x64xf32>)
  tern_kernel.scatter_add ins(%rows, %indices : memref<4x64xf32>, memref<4xi32>) outs(%table : memref<10x64xf32>)
  tern_kernel.cross_entropy ignore_index -100 ins(%logits, %indices : memref<4x1000xf32>, memref<4xi32>) outs(%loss, %lse : memref<4xf32>, memref<4xf32>)
  tern_kernel.cross_entropy_grad ignore_index -100 ins(%indices, %lse, %scale : memref<4xi32>, memref<4xf32>, memref<f32>) outs(%logits : memref<4x1000xf32>)
  return
}

// Two sequences, rows of 1024 four to a share.
// CHECK-LABEL: @write_rows
// CHECK: scf.forall (%{{.*}}, %{{.*}}) in (2, 4)
// CHECK: vector.load {{.*}} vector<16xf32>
// CHECK: vector.store
func.func @write_rows(%r: memref<2x16x1024xf32>, %p: memref<2xi32>, %n: memref<2xi32>, %o: memref<2x64x1024xf32>) {
  tern_kernel.write_rows ins(%r, %p, %n : memref<2x16x1024xf32>, memref<2xi32>, memref<2xi32>) outs(%o : memref<2x64x1024xf32>)
  return
}

// CHECK-LABEL: @integers
// CHECK-NOT: vector
// CHECK-LABEL: @no_contiguous_rows
// CHECK-NOT: vector
// REMARK: [[#@LINE+2]]:3: remark: [missed] expand-kernels: plain loops: its elements are no floats
func.func @integers(%table: memref<10x64xi32>, %indices: memref<4xi32>, %rows: memref<4x64xi32>) {
  tern_kernel.gather ins(%table, %indices : memref<10x64xi32>, memref<4xi32>) outs(%rows : memref<4x64xi32>)
  return
}
// REMARK: [[#@LINE+2]]:3: remark: [missed] expand-kernels: plain loops: an operand has no contiguous rows
func.func @no_contiguous_rows(%table: memref<10x64xf32, strided<[1, 10]>>, %indices: memref<4xi32>, %rows: memref<4x64xf32>) {
  tern_kernel.gather ins(%table, %indices : memref<10x64xf32, strided<[1, 10]>>, memref<4xi32>) outs(%rows : memref<4x64xf32>)
  return
}
