// Shape ops are views where the layout allows it, and one copy where it does not.
// RUN: tern-opt %s --tern-lower-to-linalg -canonicalize | FileCheck %s

// CHECK-DAG: #[[TURNED:.*]] = affine_map<(d0, d1, d2) -> (d1, d2, d0)>
// CHECK-DAG: #[[ALL:.*]] = affine_map<(d0, d1, d2) -> (d0, d1, d2)>

// Only what differs is joined and parted: (2, 4, 12) becomes (8, 3, 4).
// CHECK-LABEL: func @reshape
// CHECK: %[[JOINED:.*]] = tensor.collapse_shape %{{.*}} {{\[}}[0, 1], [2]] : tensor<2x4x12xf32> into tensor<8x12xf32>
// CHECK-NEXT: %[[PARTED:.*]] = tensor.expand_shape %[[JOINED]] {{\[}}[0], [1, 2]] output_shape [8, 3, 4] : tensor<8x12xf32> into tensor<8x3x4xf32>
// CHECK-NEXT: return %[[PARTED]]
func.func @reshape(%x: tensor<2x4x12xf32>) -> tensor<8x3x4xf32> {
  %y = tern.reshape %x to [8, 3, 4] : tensor<2x4x12xf32>
  return %y : tensor<8x3x4xf32>
}

// CHECK-LABEL: func @transpose
// CHECK: linalg.generic {indexing_maps = [#[[TURNED]], #[[ALL]]], iterator_types = ["parallel", "parallel", "parallel"]}
func.func @transpose(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %y = tern.transpose %x [2, 0, 1] : tensor<2x3x4xf32>
  return %y : tensor<4x2x3xf32>
}

// CHECK-LABEL: func @split
// CHECK-SAME: %[[X:.*]]: tensor<2x7xf32>
// CHECK: tensor.extract_slice %[[X]][0, 0] [2, 3] [1, 1]
// CHECK: tensor.extract_slice %[[X]][0, 3] [2, 4] [1, 1]
func.func @split(%x: tensor<2x7xf32>) -> (tensor<2x3xf32>, tensor<2x4xf32>) {
  %a, %b = tern.split %x dim 1 sizes [3, 4] : tensor<2x7xf32>
  return %a, %b : tensor<2x3xf32>, tensor<2x4xf32>
}

// CHECK-LABEL: func @concat
// CHECK-SAME: %[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<2x4xf32>
// CHECK: %[[WHOLE:.*]] = tensor.empty() : tensor<2x7xf32>
// CHECK: %[[FIRST:.*]] = tensor.insert_slice %[[A]] into %[[WHOLE]][0, 0] [2, 3] [1, 1]
// CHECK: tensor.insert_slice %[[B]] into %[[FIRST]][0, 3] [2, 4] [1, 1]
func.func @concat(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) -> tensor<2x7xf32> {
  %y = tern.concat %a, %b dim 1 : tensor<2x3xf32>, tensor<2x4xf32>
  return %y : tensor<2x7xf32>
}

// CHECK-LABEL: func @slice_and_back
// CHECK: %[[BOX:.*]] = tensor.extract_slice %{{.*}}[0, 1] [2, 2] [1, 2]
// CHECK: %[[ZEROS:.*]] = linalg.fill
// CHECK: tensor.insert_slice %[[BOX]] into %[[ZEROS]][0, 1] [2, 2] [1, 2]
func.func @slice_and_back(%x: tensor<2x7xf32>) -> tensor<2x7xf32> {
  %box = tern.slice %x offsets [0, 1] sizes [-1, 2] strides [1, 2] : tensor<2x7xf32>
  %y = tern.pad_slice %box offsets [0, 1] strides [1, 2] into [2, 7] : tensor<2x2xf32>
  return %y : tensor<2x7xf32>
}

// CHECK-LABEL: func @broadcast
// CHECK: linalg.generic
// CHECK: linalg.yield
func.func @broadcast(%x: tensor<4xf32>) -> tensor<2x3x4xf32> {
  %y = tern.broadcast %x to [2, 3, 0] : tensor<4xf32>
  return %y : tensor<2x3x4xf32>
}

// CHECK-LABEL: func @pad
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>
// CHECK: %[[MARGIN:.*]] = linalg.fill
// CHECK: tensor.insert_slice %[[X]] into %[[MARGIN]][1, 2] [2, 3] [1, 1] : tensor<2x3xf32> into tensor<3x6xf32>
func.func @pad(%x: tensor<2x3xf32>) -> tensor<3x6xf32> {
  %y = tern.pad %x low [1, 2] high [0, 1] value 0.5 : tensor<2x3xf32>
  return %y : tensor<3x6xf32>
}
