// RUN: tern-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @cells_in_module_form(
func.func @cells_in_module_form(%x: tensor<2x4xf32>, %h: tensor<2x8xf32>, %c: tensor<2x8xf32>) {
  // CHECK: tern.rnn_cell %{{.*}}, %{{.*}} "rnn" bias : tensor<2x4xf32>, tensor<2x8xf32>
  %r = tern.rnn_cell %x, %h "rnn" bias : tensor<2x4xf32>, tensor<2x8xf32>
  // CHECK: tern.gru_cell %{{.*}}, %{{.*}} "gru" init normal(1.000000e-01) : tensor<2x4xf32>, tensor<2x8xf32>
  %g = tern.gru_cell %x, %h "gru" init normal(0.1) : tensor<2x4xf32>, tensor<2x8xf32>
  // CHECK: %{{.*}}, %{{.*}} = tern.lstm_cell %{{.*}}, %{{.*}}, %{{.*}} "lstm" bias : tensor<2x4xf32>, tensor<2x8xf32>, tensor<2x8xf32>
  %l, %lc = tern.lstm_cell %x, %h, %c "lstm" bias : tensor<2x4xf32>, tensor<2x8xf32>, tensor<2x8xf32>
  return
}

// CHECK-LABEL: func.func @cells_in_operand_form(
func.func @cells_in_operand_form(%x: tensor<?x4xf32>, %h: tensor<?x8xf32>, %c: tensor<?x8xf32>, %wi: tensor<8x4xf32>,
    %wh: tensor<8x8xf32>, %vi: tensor<32x4xf32>, %vh: tensor<32x8xf32>, %b: tensor<32xf32>) -> tensor<?x8xf32> {
  // CHECK: tern.rnn_cell %{{.*}}, %{{.*}} weights %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<?x8xf32>, tensor<8x4xf32>, tensor<8x8xf32>
  %r = tern.rnn_cell %x, %h weights %wi, %wh : tensor<?x4xf32>, tensor<?x8xf32>, tensor<8x4xf32>, tensor<8x8xf32>
  // CHECK: tern.lstm_cell %{{.*}}, %{{.*}}, %{{.*}} weights %{{.*}}, %{{.*}} biases %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %l, %lc = tern.lstm_cell %x, %r, %c weights %vi, %vh biases %b, %b : tensor<?x4xf32>, tensor<?x8xf32>, tensor<?x8xf32>,
      tensor<32x4xf32>, tensor<32x8xf32>, tensor<32xf32>, tensor<32xf32>
  return %lc : tensor<?x8xf32>
}

// CHECK-LABEL: func.func @rows(
func.func @rows(%x: tensor<2x8xf32>, %old: tensor<2x8xf32>, %t: tensor<i64>, %n: tensor<2xi32>) {
  // CHECK: tern.zero_state %{{.*}} size 16 : tensor<2x8xf32>
  %z = tern.zero_state %x size 16 : tensor<2x8xf32>
  // CHECK: tern.zero_state %{{.*}} size 2 * @d_model : tensor<2x8xf32>
  %y = tern.zero_state %x size 2 * @d_model : tensor<2x8xf32>
  // CHECK: tern.valid_rows %{{.*}} step %{{.*}} lengths %{{.*}} else %{{.*}} : tensor<2x8xf32>, tensor<2xi32>, tensor<2x8xf32>
  %v = tern.valid_rows %x step %t lengths %n else %old : tensor<2x8xf32>, tensor<2xi32>, tensor<2x8xf32>
  // CHECK: tern.valid_rows %{{.*}} step %{{.*}} lengths %{{.*}} : tensor<2x8xf32>, tensor<2xi32>
  %w = tern.valid_rows %x step %t lengths %n : tensor<2x8xf32>, tensor<2xi32>
  // CHECK: tern.padding_mask %{{.*}} lengths %{{.*}} : tensor<2x8xf32>, tensor<2xi32>
  %p = tern.padding_mask %x lengths %n : tensor<2x8xf32>, tensor<2xi32>
  // CHECK: tern.padding_mask %{{.*}} dim 1 fill 0.000000e+00 lengths %{{.*}} : tensor<2x8xf32>, tensor<2xi32>
  %q = tern.padding_mask %x dim 1 fill 0.0 lengths %n : tensor<2x8xf32>, tensor<2xi32>
  return
}
