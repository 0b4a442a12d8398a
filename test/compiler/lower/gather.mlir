// Look-ups are rows of a table by their number; running sums keep the sum so far beside what it was.
// RUN: tern-opt %s --tern-lower-to-linalg -canonicalize | FileCheck %s

// Indices of extent 1 behind the dimension look up whole rows: row b * 4 + i of 8 elements.
// CHECK-LABEL: func @whole_rows
// CHECK-SAME: %[[X:.*]]: tensor<2x4x8xf32>
// CHECK-DAG: %[[N:.*]] = arith.constant 4 : i32
// CHECK-DAG: %[[LAST:.*]] = arith.constant 3 : i32
// CHECK: %[[NUMBERS:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<2x3xi32>)
// CHECK: arith.maxsi
// CHECK: arith.minsi %{{.*}}, %[[LAST]]
// CHECK: arith.muli %{{.*}}, %[[N]]
// CHECK: %[[LIST:.*]] = tensor.collapse_shape %[[NUMBERS]]
// CHECK: %[[TABLE:.*]] = tensor.collapse_shape %[[X]] {{.*}} into tensor<8x8xf32>
// CHECK: tern_kernel.gather ins(%[[TABLE]], %[[LIST]] : tensor<8x8xf32>, tensor<6xi32>)
func.func @whole_rows(%x: tensor<2x4x8xf32>, %i: tensor<2x3x1xi32>) -> tensor<2x3x8xf32> {
  %y = tern.gather %x, %i dim 1 : tensor<2x4x8xf32>, tensor<2x3x1xi32>
  return %y : tensor<2x3x8xf32>
}

// CHECK-LABEL: func @single_elements
// CHECK: tern_kernel.gather ins(%{{.*}}, %{{.*}} : tensor<64x1xf32>, tensor<48xi32>)
func.func @single_elements(%x: tensor<2x4x8xf32>, %i: tensor<2x3x8xi32>) -> tensor<2x3x8xf32> {
  %y = tern.gather %x, %i dim 1 : tensor<2x4x8xf32>, tensor<2x3x8xi32>
  return %y : tensor<2x3x8xf32>
}

// CHECK-LABEL: func @scatter
// CHECK-SAME: %[[OLD:[a-z0-9]*]]: tensor<2x6x8xf32>)
// CHECK: %[[TABLE:.*]] = tensor.collapse_shape %[[OLD]] {{.*}} into tensor<12x8xf32>
// CHECK: tern_kernel.scatter_add ins(%{{.*}}, %{{.*}} : tensor<6x8xf32>, tensor<6xi32>) outs(%[[TABLE]] : tensor<12x8xf32>)
func.func @scatter(%x: tensor<2x3x8xf32>, %i: tensor<2x3x1xi32>, %old: tensor<2x6x8xf32>) -> tensor<2x6x8xf32> {
  %y = tern.scatter_add %x, %i dim 1 size 6 onto %old : tensor<2x3x8xf32>, tensor<2x3x1xi32>, tensor<2x6x8xf32>
  return %y : tensor<2x6x8xf32>
}

// CHECK-LABEL: func @one_hot
// CHECK-COUNT-1: linalg.generic
// CHECK: arith.cmpi eq
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @one_hot(%i: tensor<2x3xi32>) -> tensor<2x3x5xf32> {
  %y = tern.one_hot %i classes 5 : tensor<2x3xi32>, f32
  return %y : tensor<2x3x5xf32>
}

// One search per element that is asked for, in a loop.
// CHECK-LABEL: func @top_k
// CHECK: scf.for
// CHECK-COUNT-1: linalg.generic
// CHECK-NOT: linalg.generic
// CHECK: scf.yield
func.func @top_k(%x: tensor<2x7xf32>) -> (tensor<2x3xf32>, tensor<2x3xi32>) {
  %v, %i = tern.top_k %x k 3 : tensor<2x7xf32>
  return %v, %i : tensor<2x3xf32>, tensor<2x3xi32>
}

// CHECK-LABEL: func @cumsum
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction", "parallel"]} {{.*}} outs(%{{.*}}, %{{.*}} : tensor<2x3xf32>, tensor<2x4x3xf32>)
// CHECK: %[[SUM:.*]] = arith.addf
// CHECK: linalg.yield %[[SUM]], %[[SUM]]
func.func @cumsum(%x: tensor<2x4x3xf32>) -> tensor<2x4x3xf32> {
  %y = tern.cumsum %x dim 1 : tensor<2x4x3xf32>
  return %y : tensor<2x4x3xf32>
}
