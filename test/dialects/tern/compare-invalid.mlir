// What comparisons and choices refuse.
// RUN: tern-opt %s -verify-diagnostics -split-input-file

func.func @sizes_of_equal(%a: tensor<2x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{dimension 1: sizes 3 and 4 do not broadcast}}
  %y = tern.equal %a, %b : tensor<2x3xf32>, tensor<4xf32>
  return
}

// -----

func.func @sizes_of_not_equal(%a: tensor<2x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{dimension 1: sizes 3 and 4 do not broadcast}}
  %y = tern.not_equal %a, %b : tensor<2x3xf32>, tensor<4xf32>
  return
}

// -----

func.func @sizes_of_less(%a: tensor<2x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{dimension 1: sizes 3 and 4 do not broadcast}}
  %y = tern.less %a, %b : tensor<2x3xf32>, tensor<4xf32>
  return
}

// -----

func.func @sizes_of_less_equal(%a: tensor<2x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{dimension 1: sizes 3 and 4 do not broadcast}}
  %y = tern.less_equal %a, %b : tensor<2x3xf32>, tensor<4xf32>
  return
}

// -----

func.func @sizes_of_greater(%a: tensor<2x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{dimension 1: sizes 3 and 4 do not broadcast}}
  %y = tern.greater %a, %b : tensor<2x3xf32>, tensor<4xf32>
  return
}

// -----

func.func @sizes_of_greater_equal(%a: tensor<2x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{dimension 1: sizes 3 and 4 do not broadcast}}
  %y = tern.greater_equal %a, %b : tensor<2x3xf32>, tensor<4xf32>
  return
}

// -----

func.func @element_types(%a: tensor<3xf32>, %b: tensor<3xi32>) {
  // expected-error @+1 {{tern.less: element types 'f32' and 'i32' differ}}
  %y = tern.less %a, %b : tensor<3xf32>, tensor<3xi32>
  return
}

// -----

func.func @bits(%a: tensor<3xi1>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.greater %a, %a : tensor<3xi1>, tensor<3xi1>
  return
}

// -----

func.func @choice_of_two_types(%c: tensor<3xi1>, %a: tensor<3xf32>, %b: tensor<3xf64>) {
  // expected-error @+1 {{tern.where: element types 'f32' and 'f64' differ}}
  %y = tern.where %c, %a, %b : tensor<3xi1>, tensor<3xf32>, tensor<3xf64>
  return
}

// -----

func.func @condition_of_another_size(%c: tensor<2x1xi1>, %a: tensor<3x4xf32>) {
  // expected-error @+1 {{dimension 0: sizes 3 and 2 do not broadcast}}
  %y = tern.where %c, %a, %a : tensor<2x1xi1>, tensor<3x4xf32>, tensor<3x4xf32>
  return
}

// -----

func.func @condition_of_integers(%c: tensor<3xi32>, %a: tensor<3xf32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of 1-bit signless integer}}
  %y = tern.where %c, %a, %a : tensor<3xi32>, tensor<3xf32>, tensor<3xf32>
  return
}

// -----

func.func @number_of_lengths(%n: tensor<3xi32>, %x: tensor<2x4xf32>) {
  // expected-error @+1 {{length_mask, number of lengths: expected 2, found 3}}
  %y = tern.length_mask %n like %x : tensor<3xi32>, tensor<2x4xf32>
  return
}

// -----

func.func @no_sequence(%n: tensor<2xi32>, %x: tensor<2xf32>) {
  // expected-error @+1 {{length_mask: takes lengths (B) of sequences (B, T, ...), found ranks 1 and 1}}
  %y = tern.length_mask %n like %x : tensor<2xi32>, tensor<2xf32>
  return
}
