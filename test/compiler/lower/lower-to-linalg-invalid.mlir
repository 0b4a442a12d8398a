// What is not ready to be lowered is refused at its place, all of it at once.
// RUN: tern-opt %s --tern-lower-to-linalg -verify-diagnostics -split-input-file

func.func @dynamic(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
  // expected-error @+1 {{'tern.exp' op has the dynamic shape 'tensor<?x3xf32>'; bind it with --batch and --seq}}
  %y = tern.exp %x : tensor<?x3xf32>
  // expected-error @+1 {{'tern.softmax' op has the dynamic shape}}
  %z = tern.softmax %y : tensor<?x3xf32>
  return %z : tensor<?x3xf32>
}

// -----

func.func @keyless(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  // expected-error @+1 {{'tern.dropout' op has no random key; run tern-seed-random before}}
  %y = tern.dropout %x rate 0.5 : tensor<3xf32>
  // expected-error @+1 {{'tern.normal' op has no random key}}
  %z = tern.normal [3] : f32
  return %y, %z : tensor<3xf32>, tensor<3xf32>
}

// -----

module {
  // expected-error @+1 {{failed to legalize operation 'tern.hyper'}}
  tern.hyper @d_model = 768
}

// -----

func.func @what_is_written_out_before(%x: tensor<2x8xf32>, %xs: tensor<2x5x8xf32>, %w: tensor<8x8xf32>) -> tensor<2x8xf32> {
  // expected-error@+1 {{is written out before; run tern-repeat-scan}}
  %last = tern.scan (%h = %x) over (%s = %xs) : tensor<2x8xf32>, tensor<2x5x8xf32> {
    // expected-error@+1 {{is written out before; run tern-decompose}}
    %y = tern.rnn_cell %s, %h weights %w, %w : tensor<2x8xf32>, tensor<2x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>
    tern.yield %y : tensor<2x8xf32>
  }
  return %last : tensor<2x8xf32>
}
