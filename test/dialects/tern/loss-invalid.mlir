// What losses refuse, each with the dimension and both sizes.
// RUN: tern-opt %s -verify-diagnostics -split-input-file

func.func @labels(%p: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error @+1 {{mse, dimension 1 of the label: expected 3, found 4}}
  %loss = tern.mse %p, %y : tensor<2x3xf32>, tensor<2x4xf32>
  return
}

// -----

func.func @label_rank(%p: tensor<2x1xf32>, %y: tensor<2xf32>) {
  // expected-error @+1 {{binary_cross_entropy: 'tensor<2x1xf32>' and 'tensor<2xf32>' differ in rank or element type}}
  %loss = tern.binary_cross_entropy %p, %y : tensor<2x1xf32>, tensor<2xf32>
  return
}

// -----

func.func @targets(%l: tensor<2x3x5xf32>, %t: tensor<2x4xi32>) {
  // expected-error @+1 {{cross_entropy, dimension 1 of the targets: expected 3, found 4}}
  %loss = tern.cross_entropy %l, %t : tensor<2x3x5xf32>, tensor<2x4xi32>
  return
}

// -----

func.func @target_rank(%l: tensor<2x3x5xf32>, %t: tensor<6xi32>) {
  // expected-error @+1 {{nll: targets of rank 1 for a tensor of rank 3, expected rank 2}}
  %loss = tern.nll %l, %t : tensor<2x3x5xf32>, tensor<6xi32>
  return
}

// -----

func.func @channels(%x: tensor<2x3x8xf32>, %w: tensor<5x4xf32>, %t: tensor<2x3xi32>) {
  // expected-error @+1 {{linear_cross_entropy, channels of the weight: expected 8, found 4}}
  %loss = tern.linear_cross_entropy %x, %w, %t : tensor<2x3x8xf32>, tensor<5x4xf32>, tensor<2x3xi32>
  return
}

// -----

func.func @cotangent(%l: tensor<3x5xf32>, %t: tensor<3xi32>, %d: tensor<3xf32>) {
  // expected-error @+1 {{cross_entropy_grad: the loss's cotangent has rank 1, expected 0}}
  %g = tern.cross_entropy_grad %l, %t, %d : tensor<3x5xf32>, tensor<3xi32>, tensor<3xf32>
  return
}

// -----

func.func @onto(%x: tensor<3x8xf32>, %w: tensor<5x8xf32>, %t: tensor<3xi32>, %d: tensor<f32>, %old: tensor<4x8xf32>, %f: tensor<i1>) {
  // expected-error @+1 {{linear_cross_entropy_grad: onto has type 'tensor<4x8xf32>', expected the weight's 'tensor<5x8xf32>'}}
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %t, %d onto %old if %f :
      tensor<3x8xf32>, tensor<5x8xf32>, tensor<3xi32>, tensor<f32> onto tensor<4x8xf32> if tensor<i1>
  return
}

// -----

func.func @huber_labels(%p: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error @+1 {{huber, dimension 1 of the label: expected 3, found 4}}
  %loss = tern.huber %p, %y : tensor<2x3xf32>, tensor<2x4xf32>
  return
}

// -----

func.func @delta(%p: tensor<2x3xf32>) {
  // expected-error @+1 {{'tern.huber' op has a delta of 0.000000e+00, expected one above zero}}
  %loss = tern.huber %p, %p delta 0.0 : tensor<2x3xf32>, tensor<2x3xf32>
  return
}

// -----

func.func @divergence_of_two_sizes(%p: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error @+1 {{kl_div, dimension 1 of the label: expected 3, found 4}}
  %loss = tern.kl_div %p, %y : tensor<2x3xf32>, tensor<2x4xf32>
  return
}

// -----

func.func @divergence_of_numbers(%p: tensor<f32>) {
  // expected-error @+1 {{kl_div: takes rows of probabilities, found rank 0}}
  %loss = tern.kl_div %p, %p : tensor<f32>, tensor<f32>
  return
}

// -----

func.func @smoothing(%l: tensor<3x5xf32>, %t: tensor<3xi32>) {
  // expected-error @+1 {{cross_entropy: a label smoothing of 1.500000e+00, expected one in [0, 1]}}
  %loss = tern.cross_entropy %l, %t label_smoothing 1.5 : tensor<3x5xf32>, tensor<3xi32>
  return
}

// -----

func.func @smoothing_of_the_gradient(%l: tensor<3x5xf32>, %t: tensor<3xi32>, %d: tensor<f32>) {
  // expected-error @+1 {{cross_entropy_grad: a label smoothing of -1.000000e-01, expected one in [0, 1]}}
  %g = tern.cross_entropy_grad %l, %t, %d label_smoothing -0.1 : tensor<3x5xf32>, tensor<3xi32>, tensor<f32>
  return
}

// -----

func.func @smoothing_of_the_product(%x: tensor<3x8xf32>, %w: tensor<5x8xf32>, %t: tensor<3xi32>) {
  // expected-error @+1 {{linear_cross_entropy: a label smoothing of 2.000000e+00, expected one in [0, 1]}}
  %loss = tern.linear_cross_entropy %x, %w, %t label_smoothing 2.0 : tensor<3x8xf32>, tensor<5x8xf32>, tensor<3xi32>
  return
}

// -----

func.func @rank_of_the_cotangent(%t: tensor<3xi32>, %d: tensor<1xf32>) {
  // expected-error @+1 {{nll_grad: the loss's cotangent has rank 1, expected 0}}
  %g = tern.nll_grad %t, %d classes 5 : tensor<3xi32>, tensor<1xf32>
  return
}
