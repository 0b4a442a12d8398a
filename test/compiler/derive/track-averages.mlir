// The program that trains moves running averages and returns them; every other uses them.
// RUN: tern-opt %s --tern-track-averages | FileCheck %s
// What moves them already stays.
// RUN: tern-opt %s --tern-track-averages --tern-track-averages | FileCheck %s

#w = #tern.parameter<name = "bn.weight", layers = 0, first_layer = 0, init = <"ones", []>, trainable = true>
#m = #tern.parameter<name = "bn.running_mean", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = false>
#v = #tern.parameter<name = "bn.running_var", layers = 0, first_layer = 0, init = <"ones", []>, trainable = false>

// CHECK-LABEL: func.func @loss(
// CHECK: tern.batch_norm
// CHECK-NOT: training
// CHECK: return
func.func @loss(%x: tensor<4x2xf32>, %w: tensor<2xf32> {tern.parameter = #w}, %m: tensor<2xf32> {tern.parameter = #m},
                %v: tensor<2xf32> {tern.parameter = #v}) -> tensor<f32> {
  %y = tern.batch_norm %x weight %w bias %w running %m, %v :
      tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
  %loss = tern.sum %y : tensor<4x2xf32>
  return %loss : tensor<f32>
}

// CHECK-LABEL: func.func @grad(
// CHECK-SAME: -> (tensor<f32>, tensor<2xf32> {tern.updates = "parameter:bn.running_mean"}, tensor<2xf32> {tern.updates = "parameter:bn.running_var"})
// CHECK: %[[Y:.*]], %[[MOVED:.*]]:2 = tern.batch_norm {{.*}} training
// CHECK: %[[LOSS:.*]] = tern.sum %[[Y]]
// CHECK: return %[[LOSS]], %[[MOVED]]#0, %[[MOVED]]#1
func.func @grad(%x: tensor<4x2xf32>, %w: tensor<2xf32> {tern.parameter = #w}, %m: tensor<2xf32> {tern.parameter = #m},
                %v: tensor<2xf32> {tern.parameter = #v}) -> tensor<f32> attributes {tern.differentiate} {
  %y = tern.batch_norm %x weight %w bias %w running %m, %v :
      tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
  %loss = tern.sum %y : tensor<4x2xf32>
  return %loss : tensor<f32>
}

#w2 = #tern.parameter<name = "h.{i}.bn.weight", layers = 3, first_layer = 0, init = <"ones", []>, trainable = true>
#m2 = #tern.parameter<name = "h.{i}.bn.running_mean", layers = 3, first_layer = 0, init = <"zeros", []>, trainable = false>
#v2 = #tern.parameter<name = "h.{i}.bn.running_var", layers = 3, first_layer = 0, init = <"ones", []>, trainable = false>

// Averages of layers are stacked.
// CHECK-LABEL: func.func @layers(
// CHECK-SAME: -> (tensor<f32>, tensor<3x2xf32> {tern.updates = "parameter:h.{i}.bn.running_mean"}, tensor<3x2xf32> {tern.updates = "parameter:h.{i}.bn.running_var"})
// CHECK: %[[RESULTS:.*]]:3 = tern.layers 3
// CHECK: %[[Y:.*]], %[[MOVED:.*]]:2 = tern.batch_norm {{.*}} training
// CHECK: tern.yield %[[Y]], %[[MOVED]]#0, %[[MOVED]]#1
// CHECK: tern.sum %[[RESULTS]]#0
// CHECK: return %{{.*}}, %[[RESULTS]]#1, %[[RESULTS]]#2
func.func @layers(%x: tensor<4x2xf32>, %ws: tensor<3x2xf32> {tern.parameter = #w2}, %ms: tensor<3x2xf32> {tern.parameter = #m2},
                  %vs: tensor<3x2xf32> {tern.parameter = #v2}) -> tensor<f32> attributes {tern.differentiate} {
  %h = tern.layers 3 (%a = %x) stacked (%w = %ws, %m = %ms, %v = %vs)
      : tensor<4x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32> {
    %y = tern.batch_norm %a weight %w bias %w running %m, %v :
        tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
    tern.yield %y : tensor<4x2xf32>
  }
  %loss = tern.sum %h : tensor<4x2xf32>
  return %loss : tensor<f32>
}
