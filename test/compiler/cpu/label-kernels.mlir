// RUN: tern-opt %s -tern-label-kernels --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s
// RUN: tern-opt %s -tern-label-kernels -tern-expand-contract -tern-expand-kernels-naive --mlir-print-debuginfo \
// RUN:   --mlir-print-local-scope | FileCheck %s --check-prefix=EXPANDED

// A product counts its epilogue: 2 M N K and one more operation per element. What it multiplies in is its type.
// CHECK-LABEL: @product
// CHECK: tern_kernel.yield
// CHECK: loc(fused<{flops = 1088 : i64, index = 0 : i64, kernel = "contract", location = "label-kernels.mlir:[[#@LINE+7]]:3",
// CHECK-SAME: read = 704 : i64, shape = "4x16x8 nt", type = f32, updates = false, written = 256 : i64}>
// The loops that it becomes are at the same place.
// EXPANDED-LABEL: @product
// EXPANDED: scf.forall
// EXPANDED: } loc(fused<{flops = 1088 : i64, index = 0 : i64, kernel = "contract"
func.func @product(%a: memref<4x8xf32>, %b: memref<16x8xf32>, %bias: memref<16xf32>, %c: memref<4x16xf32>) {
  tern_kernel.contract transpose_b init(zero) ins(%a, %b : memref<4x8xf32>, memref<16x8xf32>)
      extras(%bias : memref<16xf32>) outs(%c : memref<4x16xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  }
  return
}

// What is multiplied counts, not what is stored.
// CHECK-LABEL: @mixed
// CHECK: tern_kernel.yield
// CHECK: kernel = "contract", {{.*}} shape = "4x16x8 nn bf16", type = bf16
func.func @mixed(%a: memref<4x8xf32>, %b: memref<8x16xf32>, %c: memref<4x16xf32>) {
  tern_kernel.contract init(zero) compute(bf16) ins(%a, %b : memref<4x8xf32>, memref<8x16xf32>) outs(%c : memref<4x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// A table is read in the rows that are asked for; what is added to is read and written.
// CHECK-LABEL: @tables
// CHECK: tern_kernel.gather {{.*}} index = 0 : i64, kernel = "gather", {{.*}} read = 144 : i64, shape = "100x8", {{.*}} updates = false, written = 128
// CHECK: tern_kernel.scatter_add {{.*}} index = 1 : i64, kernel = "scatter_add", {{.*}} read = 272 : i64, {{.*}} updates = true, written = 128
func.func @tables(%table: memref<100x8xf32>, %ids: memref<4xi32>, %rows: memref<4x8xf32>) {
  tern_kernel.gather ins(%table, %ids : memref<100x8xf32>, memref<4xi32>) outs(%rows : memref<4x8xf32>)
  tern_kernel.scatter_add ins(%rows, %ids : memref<4x8xf32>, memref<4xi32>) outs(%table : memref<100x8xf32>)
  return
}

// Of a cache only the rows are touched that are written.
// CHECK-LABEL: @caches
// CHECK: tern_kernel.write_rows {{.*}} kernel = "write_rows", {{.*}} read = 272 : i64, {{.*}} updates = false, written = 256
func.func @caches(%r: memref<2x4x8xf32>, %p: memref<2xi32>, %n: memref<2xi32>, %o: memref<2x64x8xf32>) {
  tern_kernel.write_rows ins(%r, %p, %n : memref<2x4x8xf32>, memref<2xi32>, memref<2xi32>) outs(%o : memref<2x64x8xf32>)
  return
}

// CHECK-LABEL: @loops
// CHECK: linalg.fill {{.*}} kernel = "fill"
// CHECK: memref.copy {{.*}} kernel = "copy", {{.*}} read = 32 : i64, shape = "8", {{.*}} written = 32
// CHECK: linalg.reduce {{.*}} kernel = "reduction", {{.*}} shape = "4x8", {{.*}} updates = true
func.func @loops(%x: memref<4x8xf32>, %y: memref<8xf32>, %z: memref<8xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%y : memref<8xf32>)
  memref.copy %y, %z : memref<8xf32> to memref<8xf32>
  linalg.reduce { arith.addf } ins(%x : memref<4x8xf32>) outs(%y : memref<8xf32>) dimensions = [0]
  return
}

// Elements of type index have a size too.
// CHECK-LABEL: @indices
// CHECK: linalg.fill {{.*}} kernel = "fill", {{.*}} written = 32
func.func @indices(%y: memref<4xindex>) {
  %zero = arith.constant 0 : index
  linalg.fill ins(%zero : index) outs(%y : memref<4xindex>)
  return
}
