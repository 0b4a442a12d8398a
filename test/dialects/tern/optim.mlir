// Optimizer ops print and parse again.
// RUN: tern-opt %s | tern-opt | FileCheck %s

// CHECK-LABEL: func @optim
func.func @optim(%p: tensor<80x100xf32>, %g: tensor<80x100xf32>, %m: tensor<80x100xf32>, %v: tensor<80x100xf32>,
    %s: tensor<f32>, %t: tensor<i64>, %f: tensor<i1>, %q: tensor<4xf32>, %r: tensor<80xf32>, %c: tensor<100xf32>) {
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
  // CHECK: tern.sgd {{.*}} scale %{{.*}} nesterov : tensor<80x100xf32>, tensor<f32>
  %8, %9 = tern.sgd %p, %g, %m learning_rate %s momentum %s decay %s scale %s nesterov : tensor<80x100xf32>, tensor<f32>
  // CHECK: tern.adam %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} learning_rate %{{.*}} beta1 %{{.*}} beta2 %{{.*}} epsilon %{{.*}} decay %{{.*}} scale %{{.*}} step %{{.*}} : tensor<80x100xf32>, tensor<f32>
  %10, %11, %12 = tern.adam %p, %g, %m, %v learning_rate %s beta1 %s beta2 %s epsilon %s decay %s scale %2 step %t : tensor<80x100xf32>, tensor<f32>
  // CHECK: tern.lion %{{.*}}, %{{.*}}, %{{.*}} learning_rate %{{.*}} beta1 %{{.*}} beta2 %{{.*}} decay %{{.*}} scale %{{.*}} : tensor<80x100xf32>, tensor<f32>
  %13, %14 = tern.lion %p, %g, %m learning_rate %s beta1 %s beta2 %s decay %s scale %s : tensor<80x100xf32>, tensor<f32>
  // CHECK: tern.ema %{{.*}}, %{{.*}} decay %{{.*}} : tensor<80x100xf32>, tensor<f32>
  %15 = tern.ema %m, %p decay %s : tensor<80x100xf32>, tensor<f32>
  // CHECK: %{{.*}}, %{{.*}}, %{{.*}} = tern.adafactor %{{.*}}, %{{.*}}, %{{.*}} column(%{{.*}} : tensor<100xf32>) learning_rate %{{.*}} decay %{{.*}} scale %{{.*}} step %{{.*}} : tensor<80x100xf32>, tensor<80xf32>, tensor<f32>
  %16, %17, %18 = tern.adafactor %p, %g, %r column(%c : tensor<100xf32>) learning_rate %s decay %s scale %s step %t : tensor<80x100xf32>, tensor<80xf32>, tensor<f32>
  // CHECK: %{{.*}}, %{{.*}} = tern.adafactor %{{.*}}, %{{.*}}, %{{.*}} learning_rate %{{.*}} decay %{{.*}} scale %{{.*}} step %{{.*}} stacked : tensor<80x100xf32>, tensor<80x100xf32>, tensor<f32>
  %19, %20 = tern.adafactor %p, %g, %v learning_rate %s decay %s scale %s step %t stacked : tensor<80x100xf32>, tensor<80x100xf32>, tensor<f32>
  // CHECK: tern.muon %{{.*}}, %{{.*}}, %{{.*}} learning_rate %{{.*}} momentum %{{.*}} decay %{{.*}} scale %{{.*}} : tensor<80x100xf32>, tensor<f32>
  %21, %22 = tern.muon %p, %g, %m learning_rate %s momentum %s decay %s scale %s : tensor<80x100xf32>, tensor<f32>
  return
}
