// RUN: tern-opt %s -split-input-file -verify-diagnostics

func.func @no_weights(%x: tensor<2x4xf32>, %h: tensor<2x8xf32>) {
  // expected-error@+1 {{needs its weights as operands, or a name to declare them}}
  %r = tern.rnn_cell %x, %h : tensor<2x4xf32>, tensor<2x8xf32>
  return
}

// -----

func.func @both_forms(%x: tensor<2x4xf32>, %h: tensor<2x8xf32>, %wi: tensor<8x4xf32>, %wh: tensor<8x8xf32>) {
  // expected-error@+1 {{'rnn' has operands; a name belongs to the module form}}
  %r = tern.rnn_cell %x, %h "rnn" weights %wi, %wh : tensor<2x4xf32>, tensor<2x8xf32>, tensor<8x4xf32>, tensor<8x8xf32>
  return
}

// -----

func.func @a_whole_sequence(%x: tensor<2x5x4xf32>, %h: tensor<2x8xf32>) {
  // expected-error@+1 {{tern.rnn_cell takes an input (B, I) and a state (B, H), found ranks 3 and 2}}
  %r = tern.rnn_cell %x, %h "rnn" : tensor<2x5x4xf32>, tensor<2x8xf32>
  return
}

// -----

func.func @two_batches(%x: tensor<2x4xf32>, %h: tensor<3x8xf32>) {
  // expected-error@+1 {{tern.gru_cell, batch of the state: expected 2, found 3}}
  %r = tern.gru_cell %x, %h "gru" : tensor<2x4xf32>, tensor<3x8xf32>
  return
}

// -----

func.func @too_few_gates(%x: tensor<2x4xf32>, %h: tensor<2x8xf32>, %wi: tensor<16x4xf32>, %wh: tensor<24x8xf32>) {
  // expected-error@+1 {{tern.gru_cell, weight_ih, dimension 0: expected 24, found 16}}
  %r = tern.gru_cell %x, %h weights %wi, %wh : tensor<2x4xf32>, tensor<2x8xf32>, tensor<16x4xf32>, tensor<24x8xf32>
  return
}

// -----

func.func @two_states_of_two_sizes(%x: tensor<2x4xf32>, %h: tensor<2x8xf32>, %c: tensor<2x6xf32>) {
  // expected-error@+1 {{tern.lstm_cell, cell state, dimension 1: expected 8, found 6}}
  %r, %rc = tern.lstm_cell %x, %h, %c "lstm" : tensor<2x4xf32>, tensor<2x8xf32>, tensor<2x6xf32>
  return
}

// -----

func.func @no_channels(%x: tensor<2x4xf32>) {
  // expected-error@+1 {{has at least 1 channel, found 0}}
  %z = tern.zero_state %x size 0 : tensor<2x4xf32>
  return
}

// -----

func.func @rows_of_two_types(%x: tensor<2x4xf32>, %y: tensor<2x5xf32>, %t: tensor<i64>, %n: tensor<2xi32>) {
  // expected-error@+1 {{valid_rows: 'tensor<2x4xf32>' and 'tensor<2x5xf32>' are two types}}
  %v = tern.valid_rows %x step %t lengths %n else %y : tensor<2x4xf32>, tensor<2xi32>, tensor<2x5xf32>
  return
}

// -----

func.func @more_lengths_than_rows(%x: tensor<2x4xf32>, %t: tensor<i64>, %n: tensor<3xi32>) {
  // expected-error@+1 {{valid_rows, number of lengths: expected 2, found 3}}
  %v = tern.valid_rows %x step %t lengths %n : tensor<2x4xf32>, tensor<3xi32>
  return
}

// -----

func.func @rows_end_along_the_batch(%x: tensor<2x4xf32>, %n: tensor<2xi32>) {
  // expected-error@+1 {{padding_mask: rows of a tensor of rank 2 do not end along dimension 0}}
  %v = tern.padding_mask %x dim 0 lengths %n : tensor<2x4xf32>, tensor<2xi32>
  return
}

// -----

func.func @states_of_another_type(%x: tensor<2x4xf32>, %h: tensor<2x8xf64>, %wi: tensor<8x4xf32>, %wh: tensor<8x8xf64>) {
  // expected-error@+1 {{tern.rnn_cell has operands of 'f32' and of 'f64', expected one type of elements}}
  %r = tern.rnn_cell %x, %h weights %wi, %wh : tensor<2x4xf32>, tensor<2x8xf64>, tensor<8x4xf32>, tensor<8x8xf64>
  return
}
