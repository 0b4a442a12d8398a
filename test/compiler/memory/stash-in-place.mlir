// RUN: tern-opt %s -tern-stash-in-place --remarks=stash-in-place --verify-diagnostics --mlir-print-op-on-diagnostic=false | FileCheck %s

// CHECK-LABEL: func.func @temporary_becomes_a_slice(
// CHECK: %[[BYTES:.*]] = memref.alloc() {alignment = 64 : i64} : memref<192xi8>
// CHECK: scf.for %[[I:.*]] =
// CHECK: %[[OFFSET:.*]] = arith.muli %[[I]], %{{.*}} : index
// CHECK: %[[T:.*]] = memref.view %[[BYTES]][%[[OFFSET]]][] : memref<192xi8> to memref<4x4xf32>
// CHECK: linalg.exp ins(%{{.*}} : memref<4x4xf32>) outs(%[[T]] : memref<4x4xf32>)
// CHECK-NOT: memref.copy
func.func @temporary_becomes_a_slice(%in: memref<4x4xf32>, %out: memref<4x4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %stash = memref.alloc() : memref<3x4x4xf32>
  scf.for %i = %c0 to %c3 step %c1 {
    // expected-remark @+1 {{[passed] stash-in-place: stashed: 64 bytes of each layer are computed in the stash}}
    %t = memref.alloc() : memref<4x4xf32>
    linalg.exp ins(%in : memref<4x4xf32>) outs(%t : memref<4x4xf32>)
    %slice = memref.subview %stash[%i, 0, 0] [1, 4, 4] [1, 1, 1] : memref<3x4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    memref.copy %t, %slice : memref<4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    linalg.exp ins(%t : memref<4x4xf32>) outs(%out : memref<4x4xf32>)
  }
  linalg.copy ins(%in : memref<4x4xf32>) outs(%out : memref<4x4xf32>)
  return
}

// The temporary changes after the copy: the stash must keep what it was.
// CHECK-LABEL: func.func @written_after_the_copy(
// CHECK: memref.copy
func.func @written_after_the_copy(%in: memref<4x4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %stash = memref.alloc() : memref<3x4x4xf32>
  scf.for %i = %c0 to %c3 step %c1 {
    // expected-remark @+1 {{[missed] stash-in-place: not stashed: 64 bytes of each layer are copied: it is overwritten after it is stashed}}
    %t = memref.alloc() : memref<4x4xf32>
    linalg.exp ins(%in : memref<4x4xf32>) outs(%t : memref<4x4xf32>)
    %slice = memref.subview %stash[%i, 0, 0] [1, 4, 4] [1, 1, 1] : memref<3x4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    memref.copy %t, %slice : memref<4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    linalg.exp ins(%in : memref<4x4xf32>) outs(%t : memref<4x4xf32>)
  }
  return
}

// CHECK-LABEL: func.func @stash_is_read(
// CHECK: memref.copy
func.func @stash_is_read(%in: memref<4x4xf32>, %out: memref<3x4x4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %stash = memref.alloc() : memref<3x4x4xf32>
  scf.for %i = %c0 to %c3 step %c1 {
    // expected-remark @+1 {{something else in the layer reads or writes the stash}}
    %t = memref.alloc() : memref<4x4xf32>
    linalg.exp ins(%in : memref<4x4xf32>) outs(%t : memref<4x4xf32>)
    %slice = memref.subview %stash[%i, 0, 0] [1, 4, 4] [1, 1, 1] : memref<3x4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    memref.copy %t, %slice : memref<4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    linalg.exp ins(%stash : memref<3x4x4xf32>) outs(%out : memref<3x4x4xf32>)
  }
  return
}

// CHECK-LABEL: func.func @layer_comes_late(
// CHECK: memref.copy
func.func @layer_comes_late(%in: memref<4x4xf32>, %number: memref<index>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %stash = memref.alloc() : memref<3x4x4xf32>
  scf.for %i = %c0 to %c3 step %c1 {
    // expected-remark @+1 {{the stash or the layer is not known yet when it is computed}}
    %t = memref.alloc() : memref<4x4xf32>
    linalg.exp ins(%in : memref<4x4xf32>) outs(%t : memref<4x4xf32>)
    %layer = memref.load %number[] : memref<index>
    %slice = memref.subview %stash[%layer, 0, 0] [1, 4, 4] [1, 1, 1] : memref<3x4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
    memref.copy %t, %slice : memref<4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
  }
  return
}
