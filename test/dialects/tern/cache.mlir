// RUN: tern-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @every_sequence(
// CHECK: tern.cache_write %{{.*}}, %{{.*}} position %{{.*}} count %{{.*}} : tensor<2x64x8xf32>, tensor<2x4x8xf32>, tensor<2xi32>
func.func @every_sequence(%c: tensor<2x64x8xf32>, %k: tensor<2x4x8xf32>, %p: tensor<2xi32>, %n: tensor<2xi32>) -> tensor<2x64x8xf32> {
  %y = tern.cache_write %c, %k position %p count %n : tensor<2x64x8xf32>, tensor<2x4x8xf32>, tensor<2xi32>
  return %y : tensor<2x64x8xf32>
}

// CHECK-LABEL: func.func @one_sequence(
// CHECK: tern.cache_write %{{.*}}, %{{.*}} position %{{.*}} count %{{.*}} slot %{{.*}} : tensor<4x64x8xbf16>, tensor<1x4x8xbf16>, tensor<1xi32>
// CHECK: tern.cache_read %{{.*}} slot %{{.*}} : tensor<4x64x8xbf16>
func.func @one_sequence(%c: tensor<4x64x8xbf16>, %k: tensor<1x4x8xbf16>, %p: tensor<1xi32>, %n: tensor<1xi32>, %s: tensor<i32>)
    -> tensor<1x64x8xbf16> {
  %y = tern.cache_write %c, %k position %p count %n slot %s : tensor<4x64x8xbf16>, tensor<1x4x8xbf16>, tensor<1xi32>
  %z = tern.cache_read %y slot %s : tensor<4x64x8xbf16>
  return %z : tensor<1x64x8xbf16>
}

// CHECK-LABEL: func.func @last_row(
// CHECK: tern.last_row %{{.*}} count %{{.*}} : tensor<2x4x8xf32>, tensor<2xi32>
func.func @last_row(%x: tensor<2x4x8xf32>, %n: tensor<2xi32>) -> tensor<2x1x8xf32> {
  %y = tern.last_row %x count %n : tensor<2x4x8xf32>, tensor<2xi32>
  return %y : tensor<2x1x8xf32>
}
