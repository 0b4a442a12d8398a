// Running averages belong to parameters.
// RUN: tern-opt %s --tern-track-averages --split-input-file -verify-diagnostics

func.func @no_parameters(%x: tensor<4x2xf32>, %w: tensor<2xf32>) -> tensor<f32> attributes {tern.differentiate} {
  // expected-error @+1 {{moves running averages that are no parameters of @no_parameters; declare them with tern.param and `frozen`, or name the op}}
  %y = tern.batch_norm %x weight %w bias %w running %w, %w :
      tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
  %loss = tern.sum %y : tensor<4x2xf32>
  return %loss : tensor<f32>
}

// -----

#m = #tern.parameter<name = "bn.running_mean", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = false>
#v = #tern.parameter<name = "bn.running_var", layers = 0, first_layer = 0, init = <"ones", []>, trainable = false>

func.func @shared(%x: tensor<4x2xf32>, %w: tensor<2xf32>, %m: tensor<2xf32> {tern.parameter = #m},
                  %v: tensor<2xf32> {tern.parameter = #v}) -> tensor<f32> attributes {tern.differentiate} {
  %y = tern.batch_norm %x weight %w bias %w running %m, %v :
      tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
  // expected-error @+1 {{moves 'bn.running_mean', which another op moves too; give each its own}}
  %z = tern.batch_norm %y weight %w bias %w running %m, %v :
      tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
  %loss = tern.sum %z : tensor<4x2xf32>
  return %loss : tensor<f32>
}
