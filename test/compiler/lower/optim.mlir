// An update is one pass over parameter, gradient and state, in place.
// RUN: tern-opt %s --tern-lower-to-linalg -canonicalize -cse | FileCheck %s

// CHECK-LABEL: func @adamw
// CHECK-SAME: %[[P:[^:]*]]: tensor<4x5xf32>, %[[G:[^:]*]]: tensor<4x5xf32>, %[[M:[^:]*]]: tensor<4x5xf32>, %[[V:[^:]*]]: tensor<4x5xf32>
// The bias correction is computed in f64, once for both moments here.
// CHECK-COUNT-1: math.powf %{{.*}}, %{{.*}} : f64
// CHECK: %[[R:.*]]:3 = linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} ins(%[[G]],
// CHECK-SAME: outs(%[[P]], %[[M]], %[[V]] :
// CHECK-NOT: linalg.generic
// CHECK: return %[[R]]#0, %[[R]]#1, %[[R]]#2
func.func @adamw(%p: tensor<4x5xf32>, %g: tensor<4x5xf32>, %m: tensor<4x5xf32>, %v: tensor<4x5xf32>, %s: tensor<f32>,
    %t: tensor<i64>) -> (tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>) {
  %p1, %m1, %v1 = tern.adamw %p, %g, %m, %v learning_rate %s beta1 %s beta2 %s epsilon %s decay %s scale %s step %t :
      tensor<4x5xf32>, tensor<f32>
  return %p1, %m1, %v1 : tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>
}

// CHECK-LABEL: func @sgd
// CHECK-SAME: %[[P:[^:]*]]: tensor<4xf32>, %[[G:[^:]*]]: tensor<4xf32>, %[[B:[^:]*]]: tensor<4xf32>
// CHECK-COUNT-1: linalg.generic {{.*}} outs(%[[P]], %[[B]] :
func.func @sgd(%p: tensor<4xf32>, %g: tensor<4xf32>, %b: tensor<4xf32>, %s: tensor<f32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %p1, %b1 = tern.sgd %p, %g, %b learning_rate %s momentum %s decay %s scale %s : tensor<4xf32>, tensor<f32>
  return %p1, %b1 : tensor<4xf32>, tensor<4xf32>
}

// A select, not a product: the old content may be anything when the flag is off.
// CHECK-LABEL: func @accumulate
// CHECK-SAME: %[[OLD:.*]]: tensor<4xf32>, %[[VALUE:.*]]: tensor<4xf32>, %[[FLAG:.*]]: tensor<i1>
// CHECK: linalg.generic {{.*}} ins(%[[VALUE]], %[[FLAG]] : tensor<4xf32>, tensor<i1>) outs(%[[OLD]] : tensor<4xf32>)
// CHECK: arith.addf
// CHECK: arith.select
func.func @accumulate(%old: tensor<4xf32>, %value: tensor<4xf32>, %flag: tensor<i1>) -> tensor<4xf32> {
  %y = tern.accumulate %old, %value if %flag : tensor<4xf32>
  return %y : tensor<4xf32>
}

// Blocks of 4096 side by side, their sums in order, then the rest: the bits do not depend on threads.
// CHECK-LABEL: func @global_norm
// CHECK: tensor.expand_shape {{.*}} : tensor<8192xf32> into tensor<2x4096xf32>
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} {{.*}} outs(%{{.*}} : tensor<2xf32>)
// CHECK: linalg.generic {{.*}} iterator_types = ["reduction"]} ins(%{{.*}} : tensor<2xf32>) outs(%{{.*}} : tensor<f64>)
// CHECK: linalg.generic {{.*}} iterator_types = ["reduction"]} ins(%{{.*}} : tensor<8xf32>) outs(%{{.*}} : tensor<f64>)
// CHECK: math.sqrt %{{.*}} : f64
func.func @global_norm(%x: tensor<82x100xf32>, %scale: tensor<f32>) -> tensor<f32> {
  %y = tern.global_norm %x scale %scale : tensor<82x100xf32> scale tensor<f32>
  return %y : tensor<f32>
}

// CHECK-LABEL: func @adam
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]}
// CHECK-NOT: linalg.generic
func.func @adam(%p: tensor<4x5xf32>, %g: tensor<4x5xf32>, %m: tensor<4x5xf32>, %v: tensor<4x5xf32>, %s: tensor<f32>,
    %t: tensor<i64>) -> (tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>) {
  %p1, %m1, %v1 = tern.adam %p, %g, %m, %v learning_rate %s beta1 %s beta2 %s epsilon %s decay %s scale %s step %t :
      tensor<4x5xf32>, tensor<f32>
  return %p1, %m1, %v1 : tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>
}

// CHECK-LABEL: func @lion
// CHECK-SAME: %[[P:[^:]*]]: tensor<4xf32>, %[[G:[^:]*]]: tensor<4xf32>, %[[M:[^:]*]]: tensor<4xf32>
// CHECK-COUNT-1: linalg.generic {{.*}} outs(%[[P]], %[[M]] :
// CHECK: math.copysign
func.func @lion(%p: tensor<4xf32>, %g: tensor<4xf32>, %m: tensor<4xf32>, %s: tensor<f32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %p1, %m1 = tern.lion %p, %g, %m learning_rate %s beta1 %s beta2 %s decay %s scale %s : tensor<4xf32>, tensor<f32>
  return %p1, %m1 : tensor<4xf32>, tensor<4xf32>
}

// A select, not a product: the old average may be anything when it starts anew.
// CHECK-LABEL: func @ema
// CHECK: linalg.generic
// CHECK: arith.select
func.func @ema(%a: tensor<4xf32>, %p: tensor<4xf32>, %d: tensor<f32>) -> tensor<4xf32> {
  %y = tern.ema %a, %p decay %d : tensor<4xf32>, tensor<f32>
  return %y : tensor<4xf32>
}

// The squares are never stored; sums run over rows side by side, then over what is left of each layer.
// CHECK-LABEL: func @adafactor
// CHECK-SAME: %[[P:[^:]*]]: tensor<2x4x5xf32>, %[[G:[^:]*]]: tensor<2x4x5xf32>, %[[R:[^:]*]]: tensor<2x4xf32>, %[[C:[^:]*]]: tensor<2x5xf32>
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]} ins(%[[G]],
// CHECK: linalg.generic {{.*}} outs(%[[R]] : tensor<2x4xf32>)
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction", "parallel"]} ins(%[[G]],
// CHECK: linalg.generic {{.*}} outs(%[[C]] : tensor<2x5xf32>)
// CHECK: linalg.generic {{.*}} outs(%[[P]] : tensor<2x4x5xf32>)
func.func @adafactor(%p: tensor<2x4x5xf32>, %g: tensor<2x4x5xf32>, %r: tensor<2x4xf32>, %c: tensor<2x5xf32>, %s: tensor<f32>,
    %t: tensor<i64>) -> (tensor<2x4x5xf32>, tensor<2x4xf32>, tensor<2x5xf32>) {
  %p1, %r1, %c1 = tern.adafactor %p, %g, %r column(%c : tensor<2x5xf32>) learning_rate %s decay %s scale %s step %t stacked :
      tensor<2x4x5xf32>, tensor<2x4xf32>, tensor<f32>
  return %p1, %r1, %c1 : tensor<2x4x5xf32>, tensor<2x4xf32>, tensor<2x5xf32>
}

// A loop over matrices, in it one over iterations; the small Gram matrix (4, 4) is what is squared.
// CHECK-LABEL: func @muon
// CHECK: scf.for
// CHECK: scf.for
// CHECK: tern_kernel.contract {{.*}} tensor<4x4xf32>
// CHECK: tern_kernel.contract {{.*}} tensor<4x4xf32>
// CHECK: tern_kernel.contract {{.*}} tensor<5x4xf32>
func.func @muon(%p: tensor<2x5x4xf32>, %g: tensor<2x5x4xf32>, %b: tensor<2x5x4xf32>, %s: tensor<f32>)
    -> (tensor<2x5x4xf32>, tensor<2x5x4xf32>) {
  %p1, %b1 = tern.muon %p, %g, %b learning_rate %s momentum %s decay %s scale %s : tensor<2x5x4xf32>, tensor<f32>
  return %p1, %b1 : tensor<2x5x4xf32>, tensor<2x5x4xf32>
}
