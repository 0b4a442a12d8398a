// RUN: tern-opt %s -tern-hoist-params | FileCheck %s

// CHECK-LABEL: func.func @parameters_become_arguments
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x4xf32>,
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<4x8xf32> {tern.parameter = #tern.parameter<name = "fc.weight", layers = 0
// CHECK-SAME: %[[B:[a-z0-9]+]]: tensor<8xf32> {tern.parameter = #tern.parameter<name = "fc.bias", layers = 0
// CHECK: tern.linear %[[X]] weight %[[W]] bias %[[B]]
func.func @parameters_become_arguments(%x: tensor<2x4xf32>) -> tensor<2x8xf32> {
  %y = tern.linear %x "fc" out 8 bias : tensor<2x4xf32>
  return %y : tensor<2x8xf32>
}

// CHECK-LABEL: func.func @layers_stack_their_parameters
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<3x4xf32> {tern.parameter = #tern.parameter<name = "h.{i}.ln.weight", layers = 3, first_layer = 0, init = <"ones", []>, trainable = true>}
// CHECK-SAME: %[[B:[a-z0-9]+]]: tensor<3x4xf32> {tern.parameter = #tern.parameter<name = "h.{i}.ln.bias", layers = 3
// CHECK: tern.layers 3 "h" (%[[H:.*]] = %{{.*}}) stacked (%[[WI:.*]] = %[[W]], %[[BI:.*]] = %[[B]])
// CHECK: tern.layer_norm %[[H]] weight %[[WI]] bias %[[BI]]
func.func @layers_stack_their_parameters(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = tern.layers 3 "h" (%h = %x) : tensor<2x4xf32> {
    %n = tern.layer_norm %h "ln" : tensor<2x4xf32>
    tern.yield %n : tensor<2x4xf32>
  }
  return %y : tensor<2x4xf32>
}

// CHECK-LABEL: func.func @out_in_swaps_the_sizes
// CHECK-SAME: tensor<8x4xf32> {tern.parameter = #tern.parameter<name = "fc.weight"
func.func @out_in_swaps_the_sizes(%x: tensor<2x4xf32>) -> tensor<2x8xf32> {
  %y = tern.linear %x "fc" out 8 out_in : tensor<2x4xf32>
  return %y : tensor<2x8xf32>
}

// CHECK-LABEL: func.func @frozen_is_not_trainable
// CHECK-SAME: trainable = false
func.func @frozen_is_not_trainable() -> tensor<4xf32> {
  %w = tern.param "w" [4] zeros frozen : tensor<4xf32>
  return %w : tensor<4xf32>
}

// All steps of a scan share a parameter; inside of layers it belongs to the layer.
// CHECK-LABEL: func.func @steps_share_their_parameters
// CHECK-SAME: %[[WI:[a-z0-9]+]]: tensor<8x4xf32> {tern.parameter = #tern.parameter<name = "rnn.weight_ih", layers = 0, first_layer = 0, init = <"uniform", [-0.35355339059327373, 0.35355339059327373]>, trainable = true>}
// CHECK-SAME: %[[WH:[a-z0-9]+]]: tensor<8x8xf32> {tern.parameter = #tern.parameter<name = "rnn.weight_hh"
// CHECK-SAME: %[[BI:[a-z0-9]+]]: tensor<8xf32> {tern.parameter = #tern.parameter<name = "rnn.bias_ih"
// CHECK-SAME: %[[BH:[a-z0-9]+]]: tensor<8xf32> {tern.parameter = #tern.parameter<name = "rnn.bias_hh"
// CHECK: tern.scan (%{{.*}} = %{{.*}}) over (%{{.*}} = %{{.*}}) : tensor<2x8xf32>, tensor<2x?x4xf32> {
// CHECK: tern.rnn_cell %{{.*}}, %{{.*}} weights %[[WI]], %[[WH]] biases %[[BI]], %[[BH]]
func.func @steps_share_their_parameters(%h0: tensor<2x8xf32>, %xs: tensor<2x?x4xf32>) -> tensor<2x8xf32> {
  %last = tern.scan (%h = %h0) over (%x = %xs) : tensor<2x8xf32>, tensor<2x?x4xf32> {
    %y = tern.rnn_cell %x, %h "rnn" bias : tensor<2x4xf32>, tensor<2x8xf32>
    tern.yield %y : tensor<2x8xf32>
  }
  return %last : tensor<2x8xf32>
}

// CHECK-LABEL: func.func @scan_in_layers
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<3x4x4xf32> {tern.parameter = #tern.parameter<name = "lstm.{i}.fc.weight", layers = 3
// CHECK: tern.layers 3 "lstm" (%{{.*}} = %{{.*}}) stacked (%[[WI:.*]] = %[[W]])
// CHECK: tern.scan
// CHECK: tern.linear %{{.*}} weight %[[WI]]
func.func @scan_in_layers(%h0: tensor<2x4xf32>, %xs: tensor<2x5x4xf32>) -> tensor<2x5x4xf32> {
  %ys = tern.layers 3 "lstm" (%seq = %xs) : tensor<2x5x4xf32> {
    %last, %all = tern.scan (%h = %h0) over (%x = %seq) : tensor<2x4xf32>, tensor<2x5x4xf32> {
      %p = tern.linear %x "fc" out 4 : tensor<2x4xf32>
      %y = tern.add %h, %p : tensor<2x4xf32>, tensor<2x4xf32>
      tern.yield %y, %y : tensor<2x4xf32>, tensor<2x4xf32>
    }
    tern.yield %all : tensor<2x5x4xf32>
  }
  return %ys : tensor<2x5x4xf32>
}

// Running averages are parameters too, which are not trained.
// CHECK-LABEL: func.func @batch_norm_has_four
// CHECK-SAME: tensor<4xf32> {tern.parameter = #tern.parameter<name = "bn.weight", layers = 0, first_layer = 0, init = <"ones", []>, trainable = true>}
// CHECK-SAME: tensor<4xf32> {tern.parameter = #tern.parameter<name = "bn.bias", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>}
// CHECK-SAME: tensor<4xf32> {tern.parameter = #tern.parameter<name = "bn.running_mean", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = false>}
// CHECK-SAME: tensor<4xf32> {tern.parameter = #tern.parameter<name = "bn.running_var", layers = 0, first_layer = 0, init = <"ones", []>, trainable = false>}
func.func @batch_norm_has_four(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = tern.batch_norm %x "bn" : tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// CHECK-LABEL: func.func @group_norm_has_two
// CHECK-SAME: name = "gn.weight"
// CHECK-SAME: name = "gn.bias"
// CHECK: tern.group_norm %{{.*}} weight %{{.*}} bias %{{.*}} groups 2
func.func @group_norm_has_two(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = tern.group_norm %x "gn" groups 2 : tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// CHECK-LABEL: func.func @slopes
// CHECK-SAME: tensor<1xf32> {tern.parameter = #tern.parameter<name = "one.weight", layers = 0, first_layer = 0, init = <"constant", [2.500000e-01]>
// CHECK-SAME: tensor<4xf32> {tern.parameter = #tern.parameter<name = "each.weight", layers = 0, first_layer = 0, init = <"constant", [2.500000e-01]>
// CHECK: tern.prelu %{{.*}} slope %{{.*}} : tensor<2x4xf32>, tensor<1xf32>
// CHECK: tern.prelu %{{.*}} slope %{{.*}} : tensor<2x4xf32>, tensor<4xf32>
func.func @slopes(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = tern.prelu %x "one" : tensor<2x4xf32>
  %z = tern.prelu %y "each" per_channel : tensor<2x4xf32>
  return %z : tensor<2x4xf32>
}
