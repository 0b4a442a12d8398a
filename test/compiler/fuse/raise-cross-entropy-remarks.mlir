// A loss over classes that stays says why.
// RUN: tern-opt %s --tern-raise-cross-entropy --remarks=raise-cross-entropy --verify-diagnostics --mlir-print-op-on-diagnostic=false -o %t

func.func @raised(%x: tensor<4x8xf32>, %w: tensor<16x8xf32>, %targets: tensor<4xi32>) -> tensor<f32> {
  %logits = tern.linear %x tied %w : tensor<4x8xf32>, tensor<16x8xf32>
  // expected-remark @+1 {{[passed] raise-cross-entropy: raised: tern.cross_entropy became tern.linear_cross_entropy}}
  %loss = tern.cross_entropy %logits, %targets : tensor<4x16xf32>, tensor<4xi32>
  return %loss : tensor<f32>
}

func.func @other_logarithm(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %l = tern.log %x : tensor<4x8xf32>
  return %l : tensor<4x8xf32>
}

func.func @probabilities_are_read(%x: tensor<4x16xf32>) -> (tensor<4x16xf32>, tensor<4x16xf32>) {
  %p = tern.softmax %x : tensor<4x16xf32>
  // expected-remark @+1 {{[missed] raise-cross-entropy: not raised: somebody else reads the softmax}}
  %l = tern.log %p : tensor<4x16xf32>
  return %l, %p : tensor<4x16xf32>, tensor<4x16xf32>
}

func.func @over_another_dimension(%x: tensor<4x16xf32>, %targets: tensor<4xi32>) -> tensor<f32> {
  %l = tern.log_softmax %x dim 0 : tensor<4x16xf32>
  // expected-remark @+1 {{does not read a log_softmax over the last dimension}}
  %loss = tern.nll %l, %targets : tensor<4x16xf32>, tensor<4xi32>
  return %loss : tensor<f32>
}

func.func @logits_are_read(%x: tensor<4x8xf32>, %w: tensor<16x8xf32>, %targets: tensor<4xi32>) -> (tensor<f32>, tensor<4x16xf32>) {
  %logits = tern.linear %x tied %w : tensor<4x8xf32>, tensor<16x8xf32>
  // expected-remark @+1 {{somebody else reads the logits}}
  %loss = tern.cross_entropy %logits, %targets : tensor<4x16xf32>, tensor<4xi32>
  return %loss, %logits : tensor<f32>, tensor<4x16xf32>
}

func.func @weight_of_other_layout(%x: tensor<4x8xf32>, %w: tensor<8x16xf32>, %targets: tensor<4xi32>) -> tensor<f32> {
  %logits = tern.linear %x weight %w : tensor<4x8xf32>, tensor<8x16xf32>
  // expected-remark @+1 {{the logits are not x W^T with W stored (V, C)}}
  %loss = tern.cross_entropy %logits, %targets : tensor<4x16xf32>, tensor<4xi32>
  return %loss : tensor<f32>
}

func.func @reshape_changes_classes(%x: tensor<4x8xf32>, %w: tensor<16x8xf32>, %targets: tensor<8xi32>) -> tensor<f32> {
  %logits = tern.linear %x tied %w : tensor<4x8xf32>, tensor<16x8xf32>
  %flat = tern.reshape %logits to [8, 8] : tensor<4x16xf32>
  // expected-remark @+1 {{the reshape before it changes the classes}}
  %loss = tern.cross_entropy %flat, %targets : tensor<8x8xf32>, tensor<8xi32>
  return %loss : tensor<f32>
}
