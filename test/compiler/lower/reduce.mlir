// A reduction is a filled accumulator and one reducing linalg.generic.
// RUN: tern-opt %s --tern-lower-to-linalg -canonicalize | FileCheck %s

// CHECK-DAG: #[[ALL:.*]] = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// CHECK-DAG: #[[OUTER:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>

// CHECK-LABEL: func @sum
// CHECK: %[[ZERO:.*]] = linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<2x4xf32>)
// CHECK: linalg.generic {indexing_maps = [#[[ALL]], #[[OUTER]]], iterator_types = ["parallel", "reduction", "parallel"]}
// CHECK-SAME: outs(%[[ZERO]] : tensor<2x4xf32>)
// CHECK: arith.addf
func.func @sum(%x: tensor<2x3x4xf32>) -> tensor<2x4xf32> {
  %y = tern.sum %x dims [1] : tensor<2x3x4xf32>
  return %y : tensor<2x4xf32>
}

// Kept dimensions are a view of the reduced tensor.
// CHECK-LABEL: func @mean
// CHECK: arith.addf
// CHECK: arith.mulf %{{.*}}, %{{.*}} : f32
// CHECK: tensor.expand_shape %{{.*}} output_shape [2, 1, 4] : tensor<2x4xf32> into tensor<2x1x4xf32>
func.func @mean(%x: tensor<2x3x4xf32>) -> tensor<2x1x4xf32> {
  %y = tern.mean %x dims [1] keep_dims : tensor<2x3x4xf32>
  return %y : tensor<2x1x4xf32>
}

// CHECK-LABEL: func @max
// CHECK: arith.constant 0xFF800000 : f32
// CHECK: iterator_types = ["reduction", "reduction", "reduction"]
// CHECK: arith.maximumf
func.func @max(%x: tensor<2x3x4xf32>) -> tensor<f32> {
  %y = tern.max %x : tensor<2x3x4xf32>
  return %y : tensor<f32>
}

// CHECK-LABEL: func @argmax
// CHECK: linalg.index 2
// CHECK: arith.cmpf ogt
// CHECK: linalg.yield %{{.*}}, %{{.*}} : f32, i32
func.func @argmax(%x: tensor<2x3x4xf32>) -> tensor<2x3xi32> {
  %y = tern.argmax %x : tensor<2x3x4xf32>
  return %y : tensor<2x3xi32>
}

// Largest, exponentials, their sum, quotients.
// CHECK-LABEL: func @softmax
// CHECK: arith.maximumf
// CHECK: math.exp
// CHECK: arith.addf
// CHECK: arith.divf
func.func @softmax(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = tern.softmax %x : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// The exponentials are summed where they are made.
// CHECK-LABEL: func @log_softmax
// CHECK: arith.maximumf
// CHECK: math.exp
// CHECK-NEXT: arith.addf
// CHECK: math.log
func.func @log_softmax(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = tern.log_softmax %x : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// Padding is not added, whatever it holds.
// CHECK-LABEL: func @masked_mean
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction", "parallel"]
// CHECK: linalg.index 1
// CHECK: arith.cmpi slt
// CHECK: arith.select
// CHECK: arith.divf
func.func @masked_mean(%x: tensor<2x3x4xf32>, %lengths: tensor<2xi32>) -> tensor<2x4xf32> {
  %y = tern.masked_mean %x, %lengths : tensor<2x3x4xf32>, tensor<2xi32>
  return %y : tensor<2x4xf32>
}

// CHECK-LABEL: func @cosine_similarity
// CHECK-COUNT-3: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK-COUNT-2: math.rsqrt
func.func @cosine_similarity(%a: tensor<2x8xf32>, %b: tensor<2x8xf32>) -> tensor<2xf32> {
  %y = tern.cosine_similarity %a, %b : tensor<2x8xf32>, tensor<2x8xf32>
  return %y : tensor<2xf32>
}
