// A gated unit is one pass over its two halves, which are read where they lie; behind a product it is done on the tile.
// RUN: tern-opt %s --tern-lower-to-linalg --tern-fuse-elementwise -canonicalize | FileCheck %s

// CHECK-LABEL: func @packed
// CHECK-SAME: %[[X:.*]]: tensor<2x8xf32>
// CHECK-DAG: %[[GATE:.*]] = tensor.extract_slice %[[X]][0, 0] [2, 4]
// CHECK-DAG: %[[UP:.*]] = tensor.extract_slice %[[X]][0, 4] [2, 4]
// CHECK: linalg.generic {{.*}} ins(%[[GATE]], %[[UP]]
// CHECK: math.exp
// CHECK: arith.mulf
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @packed(%x: tensor<2x8xf32>) -> tensor<2x4xf32> {
  %y = tern.swiglu %x : tensor<2x8xf32>
  return %y : tensor<2x4xf32>
}

// CHECK-LABEL: func @two
// CHECK-COUNT-1: linalg.generic
// CHECK: math.erf
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @two(%gate: tensor<2x4xf32>, %up: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = tern.geglu %gate, %up : tensor<2x4xf32>, tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}
