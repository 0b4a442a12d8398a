// RUN: tern-opt %s -split-input-file -verify-diagnostics

func.func @sequence_too_long(%x: tensor<2x32x8xf32>, %table: tensor<16x8xf32>) -> tensor<2x32x8xf32> {
  // expected-error@+1 {{a sequence of 32 tokens exceeds the 16 positions of the table}}
  %y = tern.position_embedding %x, %table : tensor<2x32x8xf32>, tensor<16x8xf32>
  return %y : tensor<2x32x8xf32>
}

// -----

func.func @other_channels(%x: tensor<2x4x8xf32>, %table: tensor<16x6xf32>) -> tensor<2x4x8xf32> {
  // expected-error@+1 {{position_embedding, channels of the table: expected 8, found 6}}
  %y = tern.position_embedding %x, %table : tensor<2x4x8xf32>, tensor<16x6xf32>
  return %y : tensor<2x4x8xf32>
}
