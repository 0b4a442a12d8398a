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

// -----

func.func @positions_of_another_batch(%x: tensor<2x4x8xf32>, %t: tensor<16x8xf32>, %p: tensor<3xi32>) {
  // expected-error@+1 {{position_embedding, elements of position: expected 2, found 3}}
  %y = tern.position_embedding %x, %t position(%p : tensor<3xi32>) : tensor<2x4x8xf32>, tensor<16x8xf32>
  return
}

// -----

func.func @sines_without_cosines(%x: tensor<2x4x7xf32>) {
  // expected-error@+1 {{sinusoidal: 7 channels are no pairs of a sine and a cosine}}
  %y = tern.sinusoidal %x : tensor<2x4x7xf32>
  return
}

// -----

func.func @sinusoidal_rank(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{sinusoidal takes (B, T, C), found rank 2}}
  %y = tern.sinusoidal %x : tensor<4x8xf32>
  return
}

// -----

func.func @sinusoidal_batch(%x: tensor<2x4x8xf32>, %p: tensor<3xi32>) {
  // expected-error@+1 {{sinusoidal, elements of position: expected 2, found 3}}
  %y = tern.sinusoidal %x position(%p : tensor<3xi32>) : tensor<2x4x8xf32>
  return
}

// -----

func.func @sinusoidal_half(%x: tensor<2x4x8xbf16>) {
  // expected-error@+1 {{computes in f32 or f64, found elements of type 'bf16'}}
  %y = tern.sinusoidal %x : tensor<2x4x8xbf16>
  return
}

// -----

func.func @rope_rank(%x: tensor<2x4x2x4xf32>) {
  // expected-error@+1 {{rope takes (B, T, C), found rank 4}}
  %y = tern.rope %x heads 2 half_split : tensor<2x4x2x4xf32>
  return
}

// -----

func.func @rope_heads(%x: tensor<2x4x8xf32>) {
  // expected-error@+1 {{rope: 8 channels do not split into 3 heads}}
  %y = tern.rope %x heads 3 half_split : tensor<2x4x8xf32>
  return
}

// -----

func.func @rope_packed_heads(%x: tensor<2x4x8xf32>) {
  // expected-error@+1 {{rope: 8 channels do not split into 6 heads}}
  %y = tern.rope %x heads 2 kv_heads 2 half_split : tensor<2x4x8xf32>
  return
}

// -----

func.func @rope_no_heads(%x: tensor<2x4x8xf32>) {
  // expected-error@+1 {{rope: heads must be positive}}
  %y = tern.rope %x heads 0 half_split : tensor<2x4x8xf32>
  return
}

// -----

func.func @rope_odd(%x: tensor<2x4x8xf32>) {
  // expected-error@+1 {{rope: 3 channels of a head of 4 are to turn; expected an even number from 2 to 4}}
  %y = tern.rope %x heads 2 half_split rotary 3 : tensor<2x4x8xf32>
  return
}

// -----

func.func @rope_too_many(%x: tensor<2x4x8xf32>) {
  // expected-error@+1 {{rope: 6 channels of a head of 4 are to turn; expected an even number from 2 to 4}}
  %y = tern.rope %x heads 2 half_split rotary 6 : tensor<2x4x8xf32>
  return
}

// -----

func.func @rope_theta(%x: tensor<2x4x8xf32>) {
  // expected-error@+1 {{theta must be positive, found 0}}
  %y = tern.rope %x heads 2 half_split theta 0.0 : tensor<2x4x8xf32>
  return
}

// -----

func.func @rope_factor(%x: tensor<2x4x8xf32>) {
  // expected-error@+1 {{linear must be positive, found -2}}
  %y = tern.rope %x heads 2 half_split linear -2.0 : tensor<2x4x8xf32>
  return
}

// -----

func.func @rope_two_scalings(%x: tensor<2x4x8xf32>) {
  // expected-error@+1 {{has two scalings of positions, linear and ntk; use one}}
  %y = tern.rope %x heads 2 half_split linear 2.0 ntk 2.0 : tensor<2x4x8xf32>
  return
}

// -----

func.func @rope_ntk_of_one_pair(%x: tensor<2x4x8xf32>) {
  // expected-error@+1 {{ntk stretches slow pairs and keeps fast ones; one pair is not enough}}
  %y = tern.rope %x heads 2 half_split rotary 2 ntk 2.0 : tensor<2x4x8xf32>
  return
}

// -----

func.func @rope_batch(%x: tensor<2x4x8xf32>, %p: tensor<1xi32>) {
  // expected-error@+1 {{rope, elements of position: expected 2, found 1}}
  %y = tern.rope %x heads 2 half_split position(%p : tensor<1xi32>) : tensor<2x4x8xf32>
  return
}

// -----

func.func @rope_half(%x: tensor<2x4x8xf16>) {
  // expected-error@+1 {{computes in f32 or f64, found elements of type 'f16'}}
  %y = tern.rope %x heads 2 half_split : tensor<2x4x8xf16>
  return
}
