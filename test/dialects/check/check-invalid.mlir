// What checks refuse.
// RUN: tern-opt %s -verify-diagnostics -split-input-file

func.func @element_types(%a: tensor<2xf32>, %b: tensor<2xf64>) {
  // expected-error @+1 {{'check.almost_equal' op compares elements of 'f32' and 'f64'}}
  check.almost_equal %a, %b : tensor<2xf32>, tensor<2xf64>
  return
}

// -----

func.func @sizes(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) {
  // expected-error @+1 {{'check.almost_equal' op dimension 1: 3 and 4 differ}}
  check.almost_equal %a, %b : tensor<2x3xf32>, tensor<2x4xf32>
  return
}

// -----

func.func @ranks(%a: tensor<2x3xf32>, %b: tensor<6xf32>) {
  // expected-error @+1 {{'check.almost_equal' op compares rank 2 with rank 1}}
  check.almost_equal %a, %b : tensor<2x3xf32>, tensor<6xf32>
  return
}

// -----

func.func @tolerance(%a: tensor<2xf32>) {
  // expected-error @+1 {{'check.almost_equal' op has a negative tolerance}}
  check.almost_equal %a, %a rtol -1.0 : tensor<2xf32>
  return
}

// -----

// expected-error @+1 {{'check.gradient' op names @nobody, which is no function}}
check.gradient @nobody

// -----

func.func @vector(%a: tensor<2xf32>) -> tensor<2xf32> {
  return %a : tensor<2xf32>
}
// expected-error @+1 {{'check.gradient' op needs @vector to return one floating-point tensor of rank 0}}
check.gradient @vector

// -----

func.func @open(%a: tensor<?xf32>) -> tensor<f32> {
  %loss = tern.sum %a : tensor<?xf32>
  return %loss : tensor<f32>
}
// expected-error @+1 {{'check.gradient' op needs static shapes, but argument 0 is 'tensor<?xf32>'}}
check.gradient @open

// -----

func.func @number(%a: tensor<f32>) -> tensor<f32> {
  return %a : tensor<f32>
}
// expected-error @+1 {{'check.gradient' op draws arguments from}}
check.gradient @number low 1.0 high 1.0
