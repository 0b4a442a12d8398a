// RUN: tern-opt %s -tern-lower-to-linalg | FileCheck %s

// CHECK-LABEL: func.func @rows_in_their_places(
// CHECK-SAME: %[[C:.*]]: tensor<2x64x8xf32>, %[[K:.*]]: tensor<2x4x8xf32>, %[[P:.*]]: tensor<2xi32>, %[[N:.*]]: tensor<2xi32>
// CHECK: tern_kernel.write_rows ins(%[[K]], %[[P]], %[[N]] : {{.*}}) outs(%[[C]] : tensor<2x64x8xf32>)
func.func @rows_in_their_places(%c: tensor<2x64x8xf32>, %k: tensor<2x4x8xf32>, %p: tensor<2xi32>, %n: tensor<2xi32>) -> tensor<2x64x8xf32> {
  %y = tern.cache_write %c, %k position %p count %n : tensor<2x64x8xf32>, tensor<2x4x8xf32>, tensor<2xi32>
  return %y : tensor<2x64x8xf32>
}

// CHECK-LABEL: func.func @one_of_several_sequences(
// CHECK: %[[ROW:.*]] = arith.minsi
// CHECK: %[[PART:.*]] = tensor.extract_slice %[[C:.*]][%[[ROW]], 0, 0] [1, 64, 8]
// CHECK: %[[NEW:.*]] = tern_kernel.write_rows {{.*}} outs(%[[PART]] : tensor<1x64x8xf32>)
// CHECK: %[[ALL:.*]] = tensor.insert_slice %[[NEW]] into %[[C]][%[[ROW]], 0, 0] [1, 64, 8]
// CHECK: tensor.extract_slice %[[ALL]]
func.func @one_of_several_sequences(%c: tensor<4x64x8xf32>, %k: tensor<1x4x8xf32>, %p: tensor<1xi32>, %n: tensor<1xi32>, %s: tensor<i32>)
    -> tensor<1x64x8xf32> {
  %y = tern.cache_write %c, %k position %p count %n slot %s : tensor<4x64x8xf32>, tensor<1x4x8xf32>, tensor<1xi32>
  %z = tern.cache_read %y slot %s : tensor<4x64x8xf32>
  return %z : tensor<1x64x8xf32>
}

// CHECK-LABEL: func.func @last_row(
// CHECK: %[[PLACES:.*]] = linalg.generic
// CHECK: arith.maxsi
// CHECK: arith.minsi
// CHECK: tern_kernel.gather ins(%{{.*}}, %[[PLACES]] : tensor<8x8xf32>, tensor<2xi32>)
func.func @last_row(%x: tensor<2x4x8xf32>, %n: tensor<2xi32>) -> tensor<2x1x8xf32> {
  %y = tern.last_row %x count %n : tensor<2x4x8xf32>, tensor<2xi32>
  return %y : tensor<2x1x8xf32>
}

// A cache of layers grows in its place: no other stack is made.
// CHECK-LABEL: func.func @in_layers(
// CHECK-SAME: %[[STACK:[a-z0-9]*]]: tensor<3x2x64x8xf32>
// CHECK-NOT: tensor.empty
// CHECK: scf.for {{.*}} iter_args({{.*}} = %{{.*}}, %[[OWN:.*]] = %[[STACK]])
// CHECK: tensor.extract_slice %[[OWN]]
// CHECK: tensor.insert_slice {{.*}} into %[[OWN]]
func.func @in_layers(%x: tensor<2x4x8xf32>, %stack: tensor<3x2x64x8xf32>, %p: tensor<2xi32>, %n: tensor<2xi32>) -> tensor<3x2x64x8xf32> {
  %y, %z = tern.layers 3 (%h = %x) stacked (%c = %stack) : tensor<2x4x8xf32>, tensor<3x2x64x8xf32> {
    %new = tern.cache_write %c, %h position %p count %n : tensor<2x64x8xf32>, tensor<2x4x8xf32>, tensor<2xi32>
    tern.yield %h, %new : tensor<2x4x8xf32>, tensor<2x64x8xf32>
  }
  return %z : tensor<3x2x64x8xf32>
}
