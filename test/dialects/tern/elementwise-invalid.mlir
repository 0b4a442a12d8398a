// What elementwise ops refuse: shapes that do not broadcast, element types that differ.
// RUN: tern-opt %s -verify-diagnostics -split-input-file

func.func @sizes_differ(%a: tensor<2x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{dimension 1: sizes 3 and 4 do not broadcast}}
  %y = tern.add %a, %b : tensor<2x3xf32>, tensor<4xf32>
  return
}

// -----

func.func @element_types_differ(%a: tensor<3xf32>, %b: tensor<3xf64>) {
  // expected-error @+1 {{tern.mul: element types 'f32' and 'f64' differ}}
  %y = tern.mul %a, %b : tensor<3xf32>, tensor<3xf64>
  return
}

// -----

func.func @result_type(%a: tensor<3xf32>) {
  // expected-error @+2 {{'tern.exp' op failed to infer returned types}}
  // expected-error @+1 {{op inferred type(s) 'tensor<3xf32>' are incompatible with return type(s) of operation 'tensor<4xf32>'}}
  %y = "tern.exp"(%a) : (tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @integers(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.tanh %a : tensor<3xi32>
  return
}

// -----

func.func @slope_that_widens(%x: tensor<2x4xf32>, %slope: tensor<3x1x4xf32>) {
  // expected-error @+1 {{prelu: a slope of 'tensor<3x1x4xf32>' widens 'tensor<2x4xf32>'}}
  %y = tern.prelu %x slope %slope : tensor<2x4xf32>, tensor<3x1x4xf32>
  return
}

// -----

func.func @slope_of_another_size(%x: tensor<2x4xf32>, %slope: tensor<3xf32>) {
  // expected-error @+1 {{dimension 1: sizes 4 and 3 do not broadcast}}
  %y = tern.prelu %x slope %slope : tensor<2x4xf32>, tensor<3xf32>
  return
}

// -----

func.func @no_slope(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{'tern.prelu' op needs its slope as an operand, or a name to declare it}}
  %y = tern.prelu %x : tensor<2x4xf32>
  return
}

// -----

func.func @name_and_slope(%x: tensor<2x4xf32>, %slope: tensor<4xf32>) {
  // expected-error @+1 {{'tern.prelu' op 'act' has a slope; a name belongs to the module form}}
  %y = tern.prelu %x "act" slope %slope : tensor<2x4xf32>, tensor<4xf32>
  return
}

// -----

func.func @per_channel_and_slope(%x: tensor<2x4xf32>, %slope: tensor<4xf32>) {
  // expected-error @+1 {{'tern.prelu' op has a slope; `per_channel` belongs to the module form}}
  %y = tern.prelu %x per_channel slope %slope : tensor<2x4xf32>, tensor<4xf32>
  return
}
