// RUN: tern-opt %s -split-input-file -verify-diagnostics

func.func @size_of_the_weight(%x: tensor<2x8xf32>, %w: tensor<7xf32>) {
  // expected-error@+1 {{size of the weight: expected 8, found 7}}
  %0 = tern.rms_norm %x weight %w : tensor<2x8xf32>, tensor<7xf32>
  return
}

// -----

func.func @no_parameters(%x: tensor<2x8xf32>) {
  // expected-error@+1 {{needs its parameters as operands, or a name to declare them}}
  %0 = tern.rms_norm %x : tensor<2x8xf32>
  return
}

// -----

func.func @name_and_operands(%x: tensor<2x8xf32>, %w: tensor<8xf32>) {
  // expected-error@+1 {{'n' has operands; a name belongs to the module form}}
  %0 = tern.rms_norm %x "n" weight %w : tensor<2x8xf32>, tensor<8xf32>
  return
}

// -----

func.func @groups(%x: tensor<2x6x8xf32>, %w: tensor<8xf32>) {
  // expected-error @+1 {{group_norm: 8 channels do not split into 3 groups}}
  %y = tern.group_norm %x weight %w bias %w groups 3 : tensor<2x6x8xf32>, tensor<8xf32>, tensor<8xf32>
  return
}

// -----

func.func @no_batch(%x: tensor<8xf32>) {
  // expected-error @+1 {{group_norm: takes (B, ..., C), found rank 1}}
  %y = tern.group_norm %x "n" groups 2 : tensor<8xf32>
  return
}

// -----

func.func @size_of_the_bias(%x: tensor<2x8xf32>, %w: tensor<8xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{size of the bias: expected 8, found 4}}
  %y = tern.layer_norm %x weight %w bias %b : tensor<2x8xf32>, tensor<8xf32>, tensor<4xf32>
  return
}

// -----

func.func @no_rows(%x: tensor<8xf32>) {
  // expected-error @+1 {{batch_norm: takes (..., C), found rank 1}}
  %y = tern.batch_norm %x "n" : tensor<8xf32>
  return
}

// -----

func.func @size_of_an_average(%x: tensor<2x8xf32>, %w: tensor<8xf32>, %m: tensor<4xf32>) {
  // expected-error @+1 {{size of the running mean: expected 8, found 4}}
  %y = tern.batch_norm %x weight %w bias %w running %m, %w : tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<4xf32>, tensor<8xf32>
  return
}

// -----

func.func @no_averages(%x: tensor<2x8xf32>, %w: tensor<8xf32>) {
  // expected-error @+1 {{'tern.batch_norm' op needs its parameters as operands, or a name to declare them}}
  %y = tern.batch_norm %x weight %w bias %w : tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>
  return
}

// -----

func.func @momentum(%x: tensor<2x8xf32>) {
  // expected-error @+1 {{'tern.batch_norm' op has a momentum of 1.5}}
  %y = tern.batch_norm %x "n" momentum 1.5 : tensor<2x8xf32>
  return
}

// -----

func.func @module_that_trains(%x: tensor<2x8xf32>) {
  // expected-error @+1 {{'tern.batch_norm' op 'n' names its parameters; its form for training takes them}}
  %y = tern.batch_norm %x "n" training : tensor<2x8xf32>
  return
}
