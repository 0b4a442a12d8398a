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
