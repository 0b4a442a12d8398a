// Optimizer ops print and parse again.
// RUN: tern-opt %s | tern-opt | FileCheck %s

// CHECK-LABEL: func @optim
func.func @optim(%p: tensor<80x100xf32>, %g: tensor<80x100xf32>, %m: tensor<80x100xf32>, %v: tensor<80x100xf32>,
    %s: tensor<f32>, %t: tensor<i64>, %f: tensor<i1>, %q: tensor<4xf32>) {
  // CHECK: tern.accumulate %{{.*}}, %{{.*}} if %{{.*}} : tensor<80x100xf32>
  %0 = tern.accumulate %p, %g if %f : tensor<80x100xf32>
  // CHECK: tern.global_norm %{{.*}}, %{{.*}} scale %{{.*}} : tensor<80x100xf32>, tensor<4xf32> scale tensor<f32>
  %1 = tern.global_norm %p, %q scale %s : tensor<80x100xf32>, tensor<4xf32> scale tensor<f32>
  // CHECK: tern.clip_factor %{{.*}}, %{{.*}} : tensor<f32>
  %2 = tern.clip_factor %1, %s : tensor<f32>
  // CHECK: tern.adamw %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} learning_rate %{{.*}} beta1 %{{.*}} beta2 %{{.*}} epsilon %{{.*}} decay %{{.*}} scale %{{.*}} step %{{.*}} : tensor<80x100xf32>, tensor<f32>
  %3, %4, %5 = tern.adamw %p, %g, %m, %v learning_rate %s beta1 %s beta2 %s epsilon %s decay %s scale %2 step %t : tensor<80x100xf32>, tensor<f32>
  // CHECK: tern.sgd %{{.*}}, %{{.*}}, %{{.*}} learning_rate %{{.*}} momentum %{{.*}} decay %{{.*}} scale %{{.*}} : tensor<80x100xf32>, tensor<f32>
  %6, %7 = tern.sgd %p, %g, %m learning_rate %s momentum %s decay %s scale %s : tensor<80x100xf32>, tensor<f32>
  return
}
