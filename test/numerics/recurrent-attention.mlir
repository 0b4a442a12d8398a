// Attention over the states of an encoder, one query per step, inside a scan; keys behind the length of a row are not seen.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 --threads=2

// Dot-product scores (Luong et al. 2015): step by step as for all queries at once.
func.func @test_dot_product_step_by_step() {
  %zero = arith.constant dense<0> : tensor<i64>
  %q = tern.uniform [3, 5, 8] from -1.0 to 1.0 key %zero : f64
  %one = arith.constant dense<7046029254386353131> : tensor<i64>
  %k = tern.uniform [3, 6, 8] from -1.0 to 1.0 key %one : f64
  %two = arith.constant dense<-8446744073709551615> : tensor<i64>
  %v = tern.uniform [3, 6, 8] from -1.0 to 1.0 key %two : f64
  %n = arith.constant dense<[6, 1, 4]> : tensor<3xi32>
  %expected = tern.attention %q, %k, %v heads 2 lengths(%n : tensor<3xi32>) : tensor<3x5x8xf64>, tensor<3x6x8xf64>, tensor<3x6x8xf64>
  %all = tern.scan () over (%x = %q) : tensor<3x5x8xf64> {
    %one_query = tern.reshape %x to [0, 1, 8] : tensor<3x8xf64>
    %o = tern.attention %one_query, %k, %v heads 2 lengths(%n : tensor<3xi32>) :
        tensor<3x1x8xf64>, tensor<3x6x8xf64>, tensor<3x6x8xf64>
    %y = tern.reshape %o to [0, 8] : tensor<3x1x8xf64>
    tern.yield %y : tensor<3x8xf64>
  }
  check.almost_equal %all, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<3x5x8xf64>
  return
}

// A recurrence that reads a context: the state is the query, the context goes into the next state.
func.func @dot_product(%xs: tensor<2x5x4xf64>, %h0: tensor<2x4xf64>, %k: tensor<2x3x4xf64>, %v: tensor<2x3x4xf64>,
    %wi: tensor<4x4xf64>, %wh: tensor<4x4xf64>, %w: tensor<2x5x4xf64>) -> tensor<f64> {
  %n = arith.constant dense<[3, 2]> : tensor<2xi32>
  %steps = arith.constant dense<[5, 3]> : tensor<2xi32>
  %last, %all = tern.scan (%h = %h0) over (%x = %xs) lengths(%steps : tensor<2xi32>) : tensor<2x4xf64>, tensor<2x5x4xf64> {
    %q = tern.reshape %h to [0, 1, 4] : tensor<2x4xf64>
    %o = tern.attention %q, %k, %v heads 1 scale 1.0 lengths(%n : tensor<2xi32>) : tensor<2x1x4xf64>, tensor<2x3x4xf64>, tensor<2x3x4xf64>
    %context = tern.reshape %o to [0, 4] : tensor<2x1x4xf64>
    %in = tern.add %x, %context : tensor<2x4xf64>, tensor<2x4xf64>
    %y = tern.rnn_cell %in, %h weights %wi, %wh : tensor<2x4xf64>, tensor<2x4xf64>, tensor<4x4xf64>, tensor<4x4xf64>
    tern.yield %y, %y : tensor<2x4xf64>, tensor<2x4xf64>
  }
  %p = tern.mul %all, %w : tensor<2x5x4xf64>, tensor<2x5x4xf64>
  %s = tern.sum %p : tensor<2x5x4xf64>
  %e = tern.sum %last : tensor<2x4xf64>
  %loss = tern.add %s, %e : tensor<f64>, tensor<f64>
  return %loss : tensor<f64>
}
check.gradient @dot_product

// Additive scores v^T tanh(W q + U k) (Bahdanau et al. 2015), composed. The mask of -inf leaves no NaN in any gradient.
func.func @additive(%xs: tensor<2x5x3xf64>, %h0: tensor<2x4xf64>, %keys: tensor<2x3x4xf64>, %wq: tensor<4x6xf64>, %uk: tensor<4x6xf64>,
    %va: tensor<6x1xf64>, %wi: tensor<4x7xf64>, %wh: tensor<4x4xf64>, %w: tensor<2x5x4xf64>) -> tensor<f64> {
  %n = arith.constant dense<[3, 1]> : tensor<2xi32>
  %k = tern.linear %keys weight %uk : tensor<2x3x4xf64>, tensor<4x6xf64>
  %last, %all = tern.scan (%h = %h0) over (%x = %xs) : tensor<2x4xf64>, tensor<2x5x3xf64> {
    %q = tern.linear %h weight %wq : tensor<2x4xf64>, tensor<4x6xf64>
    %q1 = tern.reshape %q to [0, 1, 6] : tensor<2x6xf64>
    %sum = tern.add %q1, %k : tensor<2x1x6xf64>, tensor<2x3x6xf64>
    %t = tern.tanh %sum : tensor<2x3x6xf64>
    %scores = tern.linear %t weight %va : tensor<2x3x6xf64>, tensor<6x1xf64>
    %row = tern.reshape %scores to [0, 1, 3] : tensor<2x3x1xf64>
    %masked = tern.padding_mask %row lengths %n : tensor<2x1x3xf64>, tensor<2xi32>
    %weights = tern.softmax %masked : tensor<2x1x3xf64>
    %o = tern.matmul %weights, %keys : tensor<2x1x3xf64>, tensor<2x3x4xf64>
    %context = tern.reshape %o to [0, 4] : tensor<2x1x4xf64>
    %in = tern.concat %x, %context dim 1 : tensor<2x3xf64>, tensor<2x4xf64>
    %y = tern.rnn_cell %in, %h weights %wi, %wh : tensor<2x7xf64>, tensor<2x4xf64>, tensor<4x7xf64>, tensor<4x4xf64>
    tern.yield %y, %y : tensor<2x4xf64>, tensor<2x4xf64>
  }
  %p = tern.mul %all, %w : tensor<2x5x4xf64>, tensor<2x5x4xf64>
  %loss = tern.sum %p : tensor<2x5x4xf64>
  return %loss : tensor<f64>
}
check.gradient @additive
