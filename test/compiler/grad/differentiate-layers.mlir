// RUN: tern-opt %s -tern-differentiate -canonicalize -cse | FileCheck %s
// RUN: tern-opt %s -tern-differentiate=remat=layer -canonicalize -cse | FileCheck %s --check-prefix=REMAT
// RUN: tern-opt %s -tern-differentiate=remat=selective -canonicalize -cse | FileCheck %s --check-prefix=CHEAP
// RUN: not tern-opt %s -tern-differentiate=remat=some 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// UNKNOWN: remat 'some' is not supported; choose none, selective or layer

// The forward repeat stashes what the gradient needs, one slice per layer; the backward repeat runs the other way and
// stacks the gradients of the stacked parameter.
// CHECK-LABEL: func.func @stash(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x4xf32>, %[[W:[a-z0-9]+]]: tensor<3x4x4xf32>
// CHECK: %[[FORWARD:.*]]:3 = tern.layers 3 (%[[H:.*]] = %[[X]]) stacked (%[[WI:.*]] = %[[W]])
// CHECK: %[[Y:.*]] = tern.linear %[[H]] weight %[[WI]]
// CHECK: %[[T:.*]] = tern.tanh %[[Y]]
// CHECK: tern.yield %[[T]], %[[T]], %[[H]]
// CHECK: %[[BACKWARD:.*]]:2 = tern.layers 3 reverse (%{{.*}} = %{{.*}}) stacked (%{{.*}} = %[[FORWARD]]#1, %{{.*}} = %[[W]], %{{.*}} = %[[FORWARD]]#2)
// CHECK: return %{{.*}}, %[[BACKWARD]]#0, %[[BACKWARD]]#1

// Only the input of each layer is kept; the layer is computed again.
// REMAT-LABEL: func.func @stash(
// REMAT: %[[FORWARD:.*]]:2 = tern.layers 3 (%[[H:.*]] = %{{.*}}) stacked
// REMAT: tern.yield %{{.*}}, %[[H]]
// REMAT: tern.layers 3 reverse
// REMAT: tern.linear
// REMAT: tern.tanh
func.func @stash(%x: tensor<2x4xf32>, %w: tensor<3x4x4xf32>) -> tensor<f32> attributes {tern.differentiate} {
  %y = tern.layers 3 (%h = %x) stacked (%wi = %w) : tensor<2x4xf32>, tensor<3x4x4xf32> {
    %a = tern.linear %h weight %wi : tensor<2x4xf32>, tensor<4x4xf32>
    %t = tern.tanh %a : tensor<2x4xf32>
    tern.yield %t : tensor<2x4xf32>
  }
  %loss = tern.sum %y : tensor<2x4xf32>
  return %loss : tensor<f32>
}

// A parameter from outside that every layer uses: its gradient is carried and summed.
// CHECK-LABEL: func.func @shared_by_all_layers(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x4xf32>, %[[W:[a-z0-9]+]]: tensor<4x4xf32>
// CHECK: tern.layers 3 reverse (%{{.*}} = %{{.*}}, %[[DW:.*]] = %{{.*}}) stacked
// CHECK: %[[HERE:.*]] = tern.matmul
// CHECK: %[[NEXT:.*]] = tern.add %[[DW]], %[[HERE]]
// CHECK: tern.yield %{{.*}}, %[[NEXT]]
func.func @shared_by_all_layers(%x: tensor<2x4xf32>, %w: tensor<4x4xf32>) -> tensor<f32> attributes {tern.differentiate} {
  %y = tern.layers 3 (%h = %x) : tensor<2x4xf32> {
    %a = tern.linear %h weight %w : tensor<2x4xf32>, tensor<4x4xf32>
    tern.yield %a : tensor<2x4xf32>
  }
  %loss = tern.sum %y : tensor<2x4xf32>
  return %loss : tensor<f32>
}

// Both halves are needed, so their whole is kept: halves would be copied out of it.
// CHECK-LABEL: func.func @stash_the_whole_of_its_parts(
// CHECK: tern.layers 3 (%[[H:.*]] = %{{.*}})
// CHECK: %[[WHOLE:.*]] = tern.tanh
// CHECK: tern.yield %{{.*}}, %[[WHOLE]] : tensor<2x4xf32>, tensor<2x8xf32>
// CHECK: tern.layers 3 reverse (%{{.*}} = %{{.*}}) stacked (%[[STASHED:.*]] = %{{.*}})
// CHECK: %[[HALVES:.*]]:2 = tern.split %[[STASHED]] dim 1 into 2
func.func @stash_the_whole_of_its_parts(%x: tensor<2x4xf32>) -> tensor<f32> attributes {tern.differentiate} {
  %y = tern.layers 3 (%h = %x) : tensor<2x4xf32> {
    %c = tern.concat %h, %h dim 1 : tensor<2x4xf32>, tensor<2x4xf32>
    %t = tern.tanh %c : tensor<2x8xf32>
    %a, %b = tern.split %t dim 1 into 2 : tensor<2x8xf32>
    %m = tern.mul %a, %b : tensor<2x4xf32>, tensor<2x4xf32>
    tern.yield %m : tensor<2x4xf32>
  }
  %loss = tern.sum %y : tensor<2x4xf32>
  return %loss : tensor<f32>
}

// The activation and the norm are computed again from what their own gradients read; the product between them is kept. The
// activation that follows its product alone is kept too, as nothing else needs the product.
// CHECK-LABEL: func.func @cheap_ops(
// CHECK: tern.gelu
// CHECK: tern.layers 3 reverse
// CHECK-NOT: tern.gelu %
// CHECK: return
// CHEAP-LABEL: func.func @cheap_ops(
// CHEAP: tern.layers 3 (%[[H:.*]] = %{{.*}}) stacked
// CHEAP: %[[N:.*]] = tern.layer_norm %[[H]]
// CHEAP: %[[F:.*]] = tern.linear %[[N]]
// CHEAP: %[[G:.*]] = tern.gelu %[[F]]
// CHEAP: %[[T:.*]] = tern.tanh
// CHEAP: tern.yield %{{.*}}, %[[T]], %[[F]], %[[H]] :
// CHEAP: tern.layers 3 reverse
// CHEAP: tern.gelu %
// CHEAP: tern.layer_norm
func.func @cheap_ops(%x: tensor<2x4xf32>, %w: tensor<3x4x4xf32>, %u: tensor<3x4x4xf32>, %s: tensor<3x4xf32>) -> tensor<f32>
    attributes {tern.differentiate} {
  %y = tern.layers 3 (%h = %x) stacked (%wi = %w, %ui = %u, %si = %s)
      : tensor<2x4xf32>, tensor<3x4x4xf32>, tensor<3x4x4xf32>, tensor<3x4xf32> {
    %n = tern.layer_norm %h weight %si bias %si : tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>
    %f = tern.linear %n weight %wi : tensor<2x4xf32>, tensor<4x4xf32>
    %g = tern.gelu %f : tensor<2x4xf32>
    %m = tern.linear %g weight %ui : tensor<2x4xf32>, tensor<4x4xf32>
    %t = tern.tanh %m : tensor<2x4xf32>
    %e = tern.add %h, %t : tensor<2x4xf32>, tensor<2x4xf32>
    tern.yield %e : tensor<2x4xf32>
  }
  %loss = tern.sum %y : tensor<2x4xf32>
  return %loss : tensor<f32>
}
