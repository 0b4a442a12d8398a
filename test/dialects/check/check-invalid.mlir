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

// -----

func.func @equal_element_types(%a: tensor<2xi32>, %b: tensor<2xi64>) {
  // expected-error @+1 {{'check.equal' op compares elements of 'i32' and 'i64'}}
  check.equal %a, %b : tensor<2xi32>, tensor<2xi64>
  return
}

// -----

func.func @equal_sizes(%a: tensor<3xi32>, %b: tensor<4xi32>) {
  // expected-error @+1 {{'check.equal' op dimension 0: 3 and 4 differ}}
  check.equal %a, %b : tensor<3xi32>, tensor<4xi32>
  return
}

// -----

// expected-error @+1 {{'check.deterministic' op names @nobody, which is no function}}
check.deterministic @nobody

// -----

func.func @nothing(%a: tensor<2xf32>) {
  return
}
// expected-error @+1 {{'check.deterministic' op needs @nothing to return something}}
check.deterministic @nothing

// -----

func.func @open_sizes(%a: tensor<?xf32>) -> tensor<?xf32> {
  return %a : tensor<?xf32>
}
// expected-error @+1 {{'check.deterministic' op needs static shapes, but argument 0 is 'tensor<?xf32>'}}
check.deterministic @open_sizes

// -----

func.func @same(%a: tensor<2xf32>) -> tensor<2xf32> {
  return %a : tensor<2xf32>
}
// expected-error @+1 {{'check.deterministic' op runs with 0 threads; expected 1 to 256}}
check.deterministic @same threads [1, 0]

// -----

func.func @same(%a: tensor<2xf32>) -> tensor<2xf32> {
  return %a : tensor<2xf32>
}
// expected-error @+1 {{'check.deterministic' op runs with 1000 threads; expected 1 to 256}}
check.deterministic @same threads [1000]

// -----

func.func @same(%a: tensor<2xf32>) -> tensor<2xf32> {
  return %a : tensor<2xf32>
}
// expected-error @+1 {{'check.deterministic' op compares nothing: expected at least two runs in all}}
check.deterministic @same threads [2] runs 1

// -----

func.func @same(%a: tensor<2xf32>) -> tensor<2xf32> {
  return %a : tensor<2xf32>
}
// expected-error @+1 {{'check.deterministic' op compares nothing: expected at least two runs in all}}
check.deterministic @same threads []

// -----

func.func @same(%a: tensor<2xf32>) -> tensor<2xf32> {
  return %a : tensor<2xf32>
}
// expected-error @+1 {{'check.deterministic' op draws arguments from}}
check.deterministic @same low 1.0 high 1.0

// -----

func.func @same(%a: tensor<2xf32>) -> tensor<2xf32> {
  return %a : tensor<2xf32>
}
// expected-error @+1 {{'check.deterministic' op takes at least one class}}
check.deterministic @same classes 0
