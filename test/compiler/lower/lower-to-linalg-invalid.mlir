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
