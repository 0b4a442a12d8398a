// What is nearly attention says in which point it differs, where the model says p v. Other products say nothing.
// RUN: tern-opt %s --tern-raise-attention --remarks=raise-attention --verify-diagnostics --mlir-print-op-on-diagnostic=false -o %t

func.func @raised(%q: tensor<2x4x6xf32>, %k: tensor<2x5x6xf32>, %v: tensor<2x5x6xf32>) -> tensor<2x4x6xf32> {
  %scores = tern.matmul %q, %k transpose_b : tensor<2x4x6xf32>, tensor<2x5x6xf32>
  %p = tern.softmax %scores : tensor<2x4x5xf32>
  // expected-remark @+1 {{[passed] raise-attention: raised: tern.matmul became tern.attention}}
  %o = tern.matmul %p, %v : tensor<2x4x5xf32>, tensor<2x5x6xf32>
  return %o : tensor<2x4x6xf32>
}

// A mixture of rows by a gate is no attention: its scores are not made by a product.
func.func @gate(%gate: tensor<2x4x5xf32>, %v: tensor<2x5x6xf32>) -> tensor<2x4x6xf32> {
  %p = tern.softmax %gate : tensor<2x4x5xf32>
  %o = tern.matmul %p, %v : tensor<2x4x5xf32>, tensor<2x5x6xf32>
  return %o : tensor<2x4x6xf32>
}

func.func @plain_product(%a: tensor<2x4x5xf32>, %b: tensor<2x5x6xf32>) -> tensor<2x4x6xf32> {
  %o = tern.matmul %a, %b : tensor<2x4x5xf32>, tensor<2x5x6xf32>
  return %o : tensor<2x4x6xf32>
}

func.func @probabilities_are_read(%q: tensor<2x4x6xf32>, %k: tensor<2x4x6xf32>, %v: tensor<2x4x6xf32>) -> (tensor<2x4x6xf32>, tensor<2x4x4xf32>) {
  %scores = tern.matmul %q, %k transpose_b : tensor<2x4x6xf32>, tensor<2x4x6xf32>
  %p = tern.softmax %scores : tensor<2x4x4xf32>
  // expected-remark @+1 {{[missed] raise-attention: not raised: somebody else reads the probabilities}}
  %o = tern.matmul %p, %v : tensor<2x4x4xf32>, tensor<2x4x6xf32>
  return %o, %p : tensor<2x4x6xf32>, tensor<2x4x4xf32>
}

func.func @scores_are_read(%q: tensor<2x4x6xf32>, %k: tensor<2x4x6xf32>, %v: tensor<2x4x6xf32>) -> (tensor<2x4x6xf32>, tensor<2x4x4xf32>) {
  %scores = tern.matmul %q, %k transpose_b : tensor<2x4x6xf32>, tensor<2x4x6xf32>
  %p = tern.softmax %scores : tensor<2x4x4xf32>
  // expected-remark @+1 {{somebody else reads the scores}}
  %o = tern.matmul %p, %v : tensor<2x4x4xf32>, tensor<2x4x6xf32>
  return %o, %scores : tensor<2x4x6xf32>, tensor<2x4x4xf32>
}

func.func @softmax_over_queries(%q: tensor<2x2x6xf32>, %k: tensor<2x2x6xf32>, %v: tensor<2x2x6xf32>) -> tensor<2x2x6xf32> {
  %scores = tern.matmul %q, %k transpose_b : tensor<2x2x6xf32>, tensor<2x2x6xf32>
  %p = tern.softmax %scores dim 1 : tensor<2x2x2xf32>
  // expected-remark @+1 {{the softmax is not over the keys, the last dimension}}
  %o = tern.matmul %p, %v : tensor<2x2x2xf32>, tensor<2x2x6xf32>
  return %o : tensor<2x2x6xf32>
}

func.func @other_mask(%q: tensor<2x2x6xf32>, %k: tensor<2x2x6xf32>, %v: tensor<2x2x6xf32>) -> tensor<2x2x6xf32> {
  %mask = arith.constant dense<[[-1.0e+30, 0.0], [0.0, 0.0]]> : tensor<2x2xf32>
  %scores = tern.matmul %q, %k transpose_b : tensor<2x2x6xf32>, tensor<2x2x6xf32>
  %masked = tern.add %scores, %mask : tensor<2x2x2xf32>, tensor<2x2xf32>
  %p = tern.softmax %masked : tensor<2x2x2xf32>
  // expected-remark @+1 {{'tern.add' stands between q k^T and the softmax, where only a constant scale and then a causal mask may}}
  %o = tern.matmul %p, %v : tensor<2x2x2xf32>, tensor<2x2x6xf32>
  return %o : tensor<2x2x6xf32>
}

func.func @negative_scale(%q: tensor<2x2x6xf32>, %k: tensor<2x2x6xf32>, %v: tensor<2x2x6xf32>) -> tensor<2x2x6xf32> {
  %scale = arith.constant dense<-1.0> : tensor<f32>
  %scores = tern.matmul %q, %k transpose_b : tensor<2x2x6xf32>, tensor<2x2x6xf32>
  %scaled = tern.mul %scores, %scale : tensor<2x2x2xf32>, tensor<f32>
  %p = tern.softmax %scaled : tensor<2x2x2xf32>
  // expected-remark @+1 {{the scale is not positive}}
  %o = tern.matmul %p, %v : tensor<2x2x2xf32>, tensor<2x2x6xf32>
  return %o : tensor<2x2x6xf32>
}

func.func @transposed_v(%q: tensor<2x2x6xf32>, %k: tensor<2x2x6xf32>, %v: tensor<2x6x2xf32>) -> tensor<2x2x6xf32> {
  %scores = tern.matmul %q, %k transpose_b : tensor<2x2x6xf32>, tensor<2x2x6xf32>
  %p = tern.softmax %scores : tensor<2x2x2xf32>
  // expected-remark @+1 {{the product of probabilities and v transposes one of them}}
  %o = tern.matmul %p, %v transpose_b : tensor<2x2x2xf32>, tensor<2x6x2xf32>
  return %o : tensor<2x2x6xf32>
}

func.func @transposed_q(%q: tensor<2x6x2xf32>, %k: tensor<2x6x2xf32>, %v: tensor<2x2x6xf32>) -> tensor<2x2x6xf32> {
  %scores = tern.matmul %q, %k transpose_a : tensor<2x6x2xf32>, tensor<2x6x2xf32>
  %p = tern.softmax %scores : tensor<2x2x2xf32>
  // expected-remark @+1 {{the product that makes the scores transposes q}}
  %o = tern.matmul %p, %v : tensor<2x2x2xf32>, tensor<2x2x6xf32>
  return %o : tensor<2x2x6xf32>
}

func.func @other_channels(%q: tensor<2x2x6xf32>, %k: tensor<2x2x6xf32>, %v: tensor<2x2x4xf32>) -> tensor<2x2x4xf32> {
  %scores = tern.matmul %q, %k transpose_b : tensor<2x2x6xf32>, tensor<2x2x6xf32>
  %p = tern.softmax %scores : tensor<2x2x2xf32>
  // expected-remark @+1 {{q, k and v have not the shapes (B, T, D), (B, S, D), (B, S, D) of one head}}
  %o = tern.matmul %p, %v : tensor<2x2x2xf32>, tensor<2x2x4xf32>
  return %o : tensor<2x2x4xf32>
}

func.func @heads_not_joined(%q: tensor<2x3x4x2xf32>, %k: tensor<2x3x4x2xf32>, %v: tensor<2x3x4x2xf32>) -> tensor<2x3x4x2xf32> {
  %scores = tern.matmul %q, %k transpose_b : tensor<2x3x4x2xf32>, tensor<2x3x4x2xf32>
  %p = tern.softmax %scores : tensor<2x3x4x4xf32>
  // expected-remark @+1 {{transpose [0, 2, 1, 3] and reshape do not join the heads of the result}}
  %o = tern.matmul %p, %v : tensor<2x3x4x4xf32>, tensor<2x3x4x2xf32>
  return %o : tensor<2x3x4x2xf32>
}

func.func @heads_not_split(%q: tensor<2x4x6xf32>, %k: tensor<2x3x4x2xf32>, %v: tensor<2x3x4x2xf32>) -> tensor<2x4x6xf32> {
  %q4 = tern.reshape %q to [0, 0, 3, 2] : tensor<2x4x6xf32>
  %qh = tern.transpose %q4 [0, 2, 1, 3] : tensor<2x4x3x2xf32>
  %scores = tern.matmul %qh, %k transpose_b : tensor<2x3x4x2xf32>, tensor<2x3x4x2xf32>
  %p = tern.softmax %scores : tensor<2x3x4x4xf32>
  // expected-remark @+1 {{k is not (B, T, H D) that reshape and transpose split into heads}}
  %oh = tern.matmul %p, %v : tensor<2x3x4x4xf32>, tensor<2x3x4x2xf32>
  %o4 = tern.transpose %oh [0, 2, 1, 3] : tensor<2x3x4x2xf32>
  %o = tern.reshape %o4 to [2, 4, 6] : tensor<2x4x3x2xf32>
  return %o : tensor<2x4x6xf32>
}

func.func @other_head_size(%q: tensor<2x4x6xf32>, %k: tensor<2x4x6xf32>, %v: tensor<2x4x3xf32>) -> tensor<2x4x3xf32> {
  %q4 = tern.reshape %q to [0, 0, 3, 2] : tensor<2x4x6xf32>
  %k4 = tern.reshape %k to [0, 0, 3, 2] : tensor<2x4x6xf32>
  %v4 = tern.reshape %v to [0, 0, 3, 1] : tensor<2x4x3xf32>
  %qh = tern.transpose %q4 [0, 2, 1, 3] : tensor<2x4x3x2xf32>
  %kh = tern.transpose %k4 [0, 2, 1, 3] : tensor<2x4x3x2xf32>
  %vh = tern.transpose %v4 [0, 2, 1, 3] : tensor<2x4x3x1xf32>
  %scores = tern.matmul %qh, %kh transpose_b : tensor<2x3x4x2xf32>, tensor<2x3x4x2xf32>
  %p = tern.softmax %scores : tensor<2x3x4x4xf32>
  // expected-remark @+1 {{the result has not the shape of q}}
  %oh = tern.matmul %p, %vh : tensor<2x3x4x4xf32>, tensor<2x3x4x1xf32>
  %o4 = tern.transpose %oh [0, 2, 1, 3] : tensor<2x3x4x1xf32>
  %o = tern.reshape %o4 to [2, 4, 3] : tensor<2x4x3x1xf32>
  return %o : tensor<2x4x3xf32>
}
