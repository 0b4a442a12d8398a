// Elementwise ops print and parse again.
// RUN: tern-opt %s | tern-opt | FileCheck %s

// CHECK-LABEL: func @elementwise
func.func @elementwise(%x: tensor<2x4xf32>, %a: tensor<4xf32>, %s: tensor<f32>, %dy: tensor<2x4xf32>,
    %k: tensor<2x1xf32>) {
  // CHECK: tern.add %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<4xf32>
  %0 = tern.add %x, %a : tensor<2x4xf32>, tensor<4xf32>
  // CHECK: tern.sub %{{.*}}, %{{.*}} : tensor<4xf32>, tensor<2x4xf32>
  %1 = tern.sub %a, %0 : tensor<4xf32>, tensor<2x4xf32>
  // CHECK: tern.mul %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<2x1xf32>
  %2 = tern.mul %1, %k : tensor<2x4xf32>, tensor<2x1xf32>
  // CHECK: tern.div %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<f32>
  %3 = tern.div %2, %s : tensor<2x4xf32>, tensor<f32>
  // CHECK: tern.maximum %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<2x4xf32>
  %4 = tern.maximum %3, %x : tensor<2x4xf32>, tensor<2x4xf32>
  // CHECK: tern.minimum %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<4xf32>
  %5 = tern.minimum %4, %a : tensor<2x4xf32>, tensor<4xf32>
  // CHECK: tern.neg %{{.*}} : tensor<2x4xf32>
  %6 = tern.neg %5 : tensor<2x4xf32>
  // CHECK: tern.exp %{{.*}} : tensor<2x4xf32>
  %7 = tern.exp %6 : tensor<2x4xf32>
  // CHECK: tern.log %{{.*}} : tensor<2x4xf32>
  %8 = tern.log %7 : tensor<2x4xf32>
  // CHECK: tern.sqrt %{{.*}} : tensor<2x4xf32>
  %9 = tern.sqrt %8 : tensor<2x4xf32>
  // CHECK: tern.rsqrt %{{.*}} : tensor<2x4xf32>
  %10 = tern.rsqrt %9 : tensor<2x4xf32>
  // CHECK: tern.tanh %{{.*}} : tensor<2x4xf32>
  %11 = tern.tanh %10 : tensor<2x4xf32>
  // CHECK: tern.erf %{{.*}} : tensor<2x4xf32>
  %12 = tern.erf %11 : tensor<2x4xf32>
  // CHECK: tern.sigmoid %{{.*}} : tensor<2x4xf32>
  %13 = tern.sigmoid %12 : tensor<2x4xf32>
  // CHECK: tern.step %{{.*}} : tensor<2x4xf32>
  %14 = tern.step %13 : tensor<2x4xf32>
  // CHECK: tern.relu %{{.*}} : tensor<2x4xf32>
  %15 = tern.relu %14 : tensor<2x4xf32>
  // CHECK: tern.silu %{{.*}} : tensor<2x4xf32>
  %16 = tern.silu %15 : tensor<2x4xf32>
  // CHECK: tern.leaky_relu %{{.*}} slope 2.000000e-01 : tensor<2x4xf32>
  %17 = tern.leaky_relu %16 slope 0.2 : tensor<2x4xf32>
  // CHECK: tern.elu %{{.*}} alpha 5.000000e-01 : tensor<2x4xf32>
  %18 = tern.elu %17 alpha 0.5 : tensor<2x4xf32>
  // CHECK: tern.gelu %{{.*}} : tensor<2x4xf32>
  %19 = tern.gelu %18 : tensor<2x4xf32>
  // CHECK: tern.gelu %{{.*}} tanh : tensor<2x4xf32>
  %20 = tern.gelu %19 tanh : tensor<2x4xf32>
  // CHECK: tern.gelu_grad %{{.*}}, %{{.*}} tanh : tensor<2x4xf32>
  %21 = tern.gelu_grad %20, %dy tanh : tensor<2x4xf32>
  // CHECK: tern.gelu_grad %{{.*}}, %{{.*}} : tensor<2x4xf32>
  %22 = tern.gelu_grad %21, %dy : tensor<2x4xf32>
  // CHECK: tern.silu_grad %{{.*}}, %{{.*}} : tensor<2x4xf32>
  %23 = tern.silu_grad %22, %dy : tensor<2x4xf32>
  // CHECK: tern.abs %{{.*}} : tensor<2x4xf32>
  %24 = tern.abs %23 : tensor<2x4xf32>
  // CHECK: tern.sin %{{.*}} : tensor<2x4xf32>
  %25 = tern.sin %24 : tensor<2x4xf32>
  // CHECK: tern.cos %{{.*}} : tensor<2x4xf32>
  %26 = tern.cos %25 : tensor<2x4xf32>
  // CHECK: tern.pow %{{.*}} exponent 1.500000e+00 : tensor<2x4xf32>
  %27 = tern.pow %26 exponent 1.5 : tensor<2x4xf32>
  // CHECK: tern.prelu %{{.*}} "act" : tensor<2x4xf32>
  %28 = tern.prelu %27 "act" : tensor<2x4xf32>
  // CHECK: tern.prelu %{{.*}} "channels" per_channel : tensor<2x4xf32>
  %29 = tern.prelu %28 "channels" per_channel : tensor<2x4xf32>
  // CHECK: tern.prelu %{{.*}} slope %{{.*}} : tensor<2x4xf32>, tensor<4xf32>
  %30 = tern.prelu %29 slope %a : tensor<2x4xf32>, tensor<4xf32>
  return
}
