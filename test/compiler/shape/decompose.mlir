// RUN: tern-opt %s -tern-decompose | FileCheck %s

// All gates of the input are one product, all gates of the state another.
// CHECK-LABEL: func.func @lstm(
// CHECK-SAME: %[[X:.*]]: tensor<2x4xf32>, %[[H:.*]]: tensor<2x8xf32>, %[[C:.*]]: tensor<2x8xf32>, %[[WI:.*]]: tensor<32x4xf32>, %[[WH:.*]]: tensor<32x8xf32>, %[[BI:.*]]: tensor<32xf32>, %[[BH:.*]]: tensor<32xf32>)
// CHECK: %[[P:.*]] = tern.linear %[[X]] weight %[[WI]] bias %[[BI]] out_in
// CHECK: %[[Q:.*]] = tern.linear %[[H]] weight %[[WH]] bias %[[BH]] out_in
// CHECK: %[[SUM:.*]] = tern.add %[[P]], %[[Q]]
// CHECK: %[[G:.*]]:4 = tern.split %[[SUM]] dim 1 sizes [8, 8, 8, 8]
// CHECK: %[[I:.*]] = tern.sigmoid %[[G]]#0
// CHECK: %[[F:.*]] = tern.sigmoid %[[G]]#1
// CHECK: %[[CANDIDATE:.*]] = tern.tanh %[[G]]#2
// CHECK: %[[KEPT:.*]] = tern.mul %[[F]], %[[C]]
// CHECK: %[[NEW:.*]] = tern.mul %[[I]], %[[CANDIDATE]]
// CHECK: %[[C1:.*]] = tern.add %[[KEPT]], %[[NEW]]
// CHECK-DAG: %[[O:.*]] = tern.sigmoid %[[G]]#3
// CHECK-DAG: %[[T:.*]] = tern.tanh %[[C1]]
// CHECK: %[[H1:.*]] = tern.mul %[[O]], %[[T]]
// CHECK: return %[[H1]], %[[C1]]
func.func @lstm(%x: tensor<2x4xf32>, %h: tensor<2x8xf32>, %c: tensor<2x8xf32>, %wi: tensor<32x4xf32>, %wh: tensor<32x8xf32>,
    %bi: tensor<32xf32>, %bh: tensor<32xf32>) -> (tensor<2x8xf32>, tensor<2x8xf32>) {
  %h1, %c1 = tern.lstm_cell %x, %h, %c weights %wi, %wh biases %bi, %bh : tensor<2x4xf32>, tensor<2x8xf32>,
      tensor<2x8xf32>, tensor<32x4xf32>, tensor<32x8xf32>, tensor<32xf32>, tensor<32xf32>
  return %h1, %c1 : tensor<2x8xf32>, tensor<2x8xf32>
}

// The reset gate multiplies the state's part of the candidate only.
// CHECK-LABEL: func.func @gru(
// CHECK: %[[X:.*]]:2 = tern.split %{{.*}} dim 1 sizes [16, 8]
// CHECK: %[[H:.*]]:2 = tern.split %{{.*}} dim 1 sizes [16, 8]
// CHECK: %[[SUM:.*]] = tern.add %[[X]]#0, %[[H]]#0
// CHECK: %[[RZ:.*]] = tern.sigmoid %[[SUM]]
// CHECK: %[[GATES:.*]]:2 = tern.split %[[RZ]] dim 1 sizes [8, 8]
// CHECK: %[[RESET:.*]] = tern.mul %[[GATES]]#0, %[[H]]#1
// CHECK: %[[INNER:.*]] = tern.add %[[X]]#1, %[[RESET]]
// CHECK: tern.tanh %[[INNER]]
func.func @gru(%x: tensor<2x4xf32>, %h: tensor<2x8xf32>, %wi: tensor<24x4xf32>, %wh: tensor<24x8xf32>) -> tensor<2x8xf32> {
  %h1 = tern.gru_cell %x, %h weights %wi, %wh : tensor<2x4xf32>, tensor<2x8xf32>, tensor<24x4xf32>, tensor<24x8xf32>
  return %h1 : tensor<2x8xf32>
}
