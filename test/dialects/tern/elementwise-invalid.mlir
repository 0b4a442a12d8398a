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

// -----

func.func @integers_of_neg(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.neg %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_exp(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.exp %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_log(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.log %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_sqrt(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.sqrt %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_rsqrt(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.rsqrt %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_abs(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.abs %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_sin(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.sin %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_cos(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.cos %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_erf(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.erf %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_sigmoid(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.sigmoid %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_step(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.step %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_relu(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.relu %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_silu(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.silu %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_leaky_relu(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.leaky_relu %a slope 0.2 : tensor<3xi32>
  return
}

// -----

func.func @integers_of_elu(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.elu %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_gelu(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.gelu %a : tensor<3xi32>
  return
}

// -----

func.func @integers_of_pow(%a: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of}}
  %y = tern.pow %a exponent 2.0 : tensor<3xi32>
  return
}

// -----

func.func @sizes_of_sub(%a: tensor<2x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{dimension 1: sizes 3 and 4 do not broadcast}}
  %y = tern.sub %a, %b : tensor<2x3xf32>, tensor<4xf32>
  return
}

// -----

func.func @sizes_of_div(%a: tensor<2x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{dimension 1: sizes 3 and 4 do not broadcast}}
  %y = tern.div %a, %b : tensor<2x3xf32>, tensor<4xf32>
  return
}

// -----

func.func @sizes_of_maximum(%a: tensor<2x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{dimension 1: sizes 3 and 4 do not broadcast}}
  %y = tern.maximum %a, %b : tensor<2x3xf32>, tensor<4xf32>
  return
}

// -----

func.func @sizes_of_minimum(%a: tensor<2x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{dimension 1: sizes 3 and 4 do not broadcast}}
  %y = tern.minimum %a, %b : tensor<2x3xf32>, tensor<4xf32>
  return
}

// -----

func.func @cotangent_of_gelu(%a: tensor<3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{'tern.gelu_grad' op requires all operands to have the same type}}
  %y = "tern.gelu_grad"(%a, %b) : (tensor<3xf32>, tensor<4xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @cotangent_of_silu(%a: tensor<3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{'tern.silu_grad' op requires all operands to have the same type}}
  %y = "tern.silu_grad"(%a, %b) : (tensor<3xf32>, tensor<4xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @scaled_integers(%x: tensor<4xi32>) {
  // expected-error @+1 {{'tern.scale' op operand #0 must be ranked tensor of}}
  %y = tern.scale %x factor 2.0 : tensor<4xi32>
  return
}
