// RUN: tern-opt %s -split-input-file -verify-diagnostics -tern-expand-kernels-naive | FileCheck %s

// CHECK-LABEL: @contract(
// CHECK-SAME: %[[A:[a-z0-9]+]]: memref<8x4xf32>, %[[B:[a-z0-9]+]]: memref<8x16xf32>, %[[X:[a-z0-9]+]]: memref<16xf32>, %[[O:[a-z0-9]+]]: memref<4x16xf32>
// CHECK: scf.forall (%[[M:.*]], %[[N:.*]]) in (4, 16)
// CHECK: %[[SUM:.*]] = scf.for %[[K:.*]] = {{.*}} iter_args
// CHECK: memref.load %[[A]][%[[K]], %[[M]]]
// CHECK: memref.load %[[B]][%[[K]], %[[N]]]
// CHECK: %[[ACC:.*]] = arith.addf %[[SUM]]
// CHECK: %[[BIAS:.*]] = memref.load %[[X]][%[[N]]]
// CHECK: %[[Y:.*]] = arith.addf %[[ACC]], %[[BIAS]]
// CHECK: memref.store %[[Y]], %[[O]][%[[M]], %[[N]]]
func.func @contract(%a: memref<8x4xf32>, %b: memref<8x16xf32>, %x: memref<16xf32>, %o: memref<4x16xf32>) {
  tern_kernel.contract transpose_a init(zero) ins(%a, %b : memref<8x4xf32>, memref<8x16xf32>) extras(%x : memref<16xf32>)
      outs(%o : memref<4x16xf32>) {
  ^bb0(%acc: f32, %e: f32):
    %y = arith.addf %acc, %e : f32
    tern_kernel.yield %y : f32
  }
  return
}

// Copies and linalg ops are loops too: nothing is left for a library call.
// CHECK-LABEL: @linalg_and_copy
// CHECK: scf.forall
// CHECK: memref.store
// CHECK: scf.forall
// CHECK-NOT: memref.copy
// CHECK-NOT: linalg
func.func @linalg_and_copy(%a: memref<3x5xf32>, %o: memref<3x5xf32, strided<[8, 1]>>) {
  %c = arith.constant 1.0 : f32
  linalg.fill ins(%c : f32) outs(%a : memref<3x5xf32>)
  memref.copy %a, %o : memref<3x5xf32> to memref<3x5xf32, strided<[8, 1]>>
  return
}

// An index outside the table is clamped into it.
// CHECK-LABEL: @gather
// CHECK: arith.maxsi
// CHECK: arith.minsi
func.func @gather(%t: memref<10x8xf32>, %i: memref<4xi32>, %o: memref<4x8xf32>) {
  tern_kernel.gather ins(%t, %i : memref<10x8xf32>, memref<4xi32>) outs(%o : memref<4x8xf32>)
  return
}

// As many rows as are there, and none behind the end.
// CHECK-LABEL: @write_rows
// CHECK: scf.forall (%{{.*}}, %{{.*}}) in (2, 8)
// CHECK: %[[POSITION:.*]] = arith.minsi
// CHECK: %[[ROOM:.*]] = arith.subi %{{.*}}, %[[POSITION]]
// CHECK: %[[COUNT:.*]] = arith.minsi %{{.*}}, %[[ROOM]]
// CHECK: scf.for %{{.*}} = %{{.*}} to %[[COUNT]]
func.func @write_rows(%r: memref<2x4x8xf32>, %p: memref<2xi32>, %n: memref<2xi32>, %o: memref<2x64x8xf32>) {
  tern_kernel.write_rows ins(%r, %p, %n : memref<2x4x8xf32>, memref<2xi32>, memref<2xi32>) outs(%o : memref<2x64x8xf32>)
  return
}

// -----

func.func @on_tensors(%t: tensor<10x8xf32>, %i: tensor<4xi32>, %o: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // expected-error@+1 {{has no loop form on these operands; it must be on memrefs of static shape}}
  %r = tern_kernel.gather ins(%t, %i : tensor<10x8xf32>, tensor<4xi32>) outs(%o : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}
