// Upstream's elementwise ops on tensors are lowered with ours; nothing of the model floor remains.
// RUN: tern-opt %s --tern-lower-to-linalg | FileCheck %s

// CHECK-LABEL: func @upstream
// CHECK-NOT: math.absf %{{.*}} : tensor
// CHECK: linalg.generic
// CHECK: math.absf %{{.*}} : f32
func.func @upstream(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = math.absf %x : tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: func @scalars_stay
// CHECK: arith.addf %{{.*}} : f32
func.func @scalars_stay(%x: f32) -> f32 {
  %y = arith.addf %x, %x : f32
  return %y : f32
}
