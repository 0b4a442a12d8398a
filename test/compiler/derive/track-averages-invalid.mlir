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

// -----

#m = #tern.parameter<name = "bn.running_mean", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = false>
#v = #tern.parameter<name = "bn.running_var", layers = 0, first_layer = 0, init = <"ones", []>, trainable = false>

func.func @shared_by_steps(%x: tensor<4x3x2xf32>, %h0: tensor<4x2xf32>, %w: tensor<2xf32>, %m: tensor<2xf32> {tern.parameter = #m},
                          %v: tensor<2xf32> {tern.parameter = #v}) -> tensor<f32> attributes {tern.differentiate} {
  %e = tern.scan (%h = %h0) over (%s = %x) : tensor<4x2xf32>, tensor<4x3x2xf32> {
    // expected-error @+1 {{moves running averages that several iterations share; declare them in one tern.layers around the op, which gives each layer its own, or move the op out of the loop}}
    %y = tern.batch_norm %h weight %w bias %w running %m, %v :
        tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
    tern.yield %y : tensor<4x2xf32>
  }
  %loss = tern.sum %e : tensor<4x2xf32>
  return %loss : tensor<f32>
}

// -----

#m = #tern.parameter<name = "bn.running_mean", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = false>
#v = #tern.parameter<name = "bn.running_var", layers = 0, first_layer = 0, init = <"ones", []>, trainable = false>

func.func @shared_by_layers(%x: tensor<4x3x2xf32>, %h0: tensor<4x2xf32>, %w: tensor<2xf32>, %m: tensor<2xf32> {tern.parameter = #m},
                          %v: tensor<2xf32> {tern.parameter = #v}) -> tensor<f32> attributes {tern.differentiate} {
  %e = tern.layers 3 (%h = %h0) : tensor<4x2xf32> {
    // expected-error @+1 {{moves running averages that several iterations share; declare them in one tern.layers around the op, which gives each layer its own, or move the op out of the loop}}
    %y = tern.batch_norm %h weight %w bias %w running %m, %v :
        tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
    tern.yield %y : tensor<4x2xf32>
  }
  %loss = tern.sum %e : tensor<4x2xf32>
  return %loss : tensor<f32>
}

// -----

#m = #tern.parameter<name = "h.{i}.bn.running_mean", layers = 3, first_layer = 0, init = <"zeros", []>, trainable = false>
#v = #tern.parameter<name = "h.{i}.bn.running_var", layers = 3, first_layer = 0, init = <"ones", []>, trainable = false>

func.func @shared_by_inner_layers(%x: tensor<4x2xf32>, %w: tensor<2xf32>, %ms: tensor<3x2xf32> {tern.parameter = #m},
                                  %vs: tensor<3x2xf32> {tern.parameter = #v}) -> tensor<f32> attributes {tern.differentiate} {
  %e = tern.layers 3 (%h = %x) stacked (%m = %ms, %v = %vs) : tensor<4x2xf32>, tensor<3x2xf32>, tensor<3x2xf32> {
    %i = tern.layers 2 (%g = %h) : tensor<4x2xf32> {
      // expected-error @+1 {{moves running averages that several iterations share}}
      %y = tern.batch_norm %g weight %w bias %w running %m, %v :
          tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
      tern.yield %y : tensor<4x2xf32>
    }
    tern.yield %i : tensor<4x2xf32>
  }
  %loss = tern.sum %e : tensor<4x2xf32>
  return %loss : tensor<f32>
}
