// RUN: tern-opt %s -tern-sink-products -canonicalize -split-input-file | FileCheck %s
// RUN: tern-opt %s -tern-sink-products -split-input-file --remarks=sink-products -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// The gradients of a weight and of its bias. The product stacks what the sum over rows then needs too.
// CHECK-LABEL: func.func @weight_and_bias(
// CHECK-SAME: %[[D0:.*]]: tensor<2x8xf32>, %[[HS:.*]]: tensor<5x2x4xf32>)
// CHECK: %[[R:.*]]:2 = tern.layers 5 reverse (%[[D:.*]] = %[[D0]]) stacked (%{{.*}} = %[[HS]])
// CHECK: %[[Y:.*]] = tern.mul %[[D]], %[[D]]
// CHECK-NEXT: tern.yield %[[Y]], %[[Y]]
// CHECK-DAG: %[[A:.*]] = tern.reshape %[[HS]] to [10, 4]
// CHECK-DAG: %[[B:.*]] = tern.reshape %[[R]]#1 to [10, 8]
// CHECK-DAG: %[[DW:.*]] = tern.matmul %[[A]], %[[B]] transpose_a
// CHECK-DAG: %[[DB:.*]] = tern.sum %[[R]]#1 dims [0, 1]
// CHECK: return %[[R]]#0, %[[DB]], %[[DW]]
// REMARK-DAG: sunk: one product or sum after 5 iterations
func.func @weight_and_bias(%d0: tensor<2x8xf32>, %hs: tensor<5x2x4xf32>) -> (tensor<2x8xf32>, tensor<8xf32>, tensor<4x8xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4x8xf32>
  %zeros = arith.constant dense<0.0> : tensor<8xf32>
  %last, %db, %dw = tern.layers 5 reverse (%d = %d0, %bias = %zeros, %sum = %zero) stacked (%h = %hs) :
      tensor<2x8xf32>, tensor<8xf32>, tensor<4x8xf32>, tensor<5x2x4xf32> {
    %y = tern.mul %d, %d : tensor<2x8xf32>, tensor<2x8xf32>
    %rows = tern.sum %y dims [0] : tensor<2x8xf32>
    %t = tern.add %bias, %rows : tensor<8xf32>, tensor<8xf32>
    %p = tern.matmul %h, %y transpose_a : tensor<2x4xf32>, tensor<2x8xf32>
    %s = tern.add %sum, %p : tensor<4x8xf32>, tensor<4x8xf32>
    tern.yield %y, %t, %s : tensor<2x8xf32>, tensor<8xf32>, tensor<4x8xf32>
  }
  return %last, %db, %dw : tensor<2x8xf32>, tensor<8xf32>, tensor<4x8xf32>
}

// -----

// Products of a batch: steps go behind the batch and are rows there. What the sum starts from is added.
// CHECK-LABEL: func.func @batched(
// CHECK-SAME: %[[START:.*]]: tensor<3x4x8xf32>, %[[AS:.*]]: tensor<5x3x2x4xf32>, %[[BS:.*]]: tensor<5x3x2x8xf32>)
// CHECK-DAG: %[[A:.*]] = tern.transpose %[[AS]] [1, 0, 2, 3]
// CHECK-DAG: %[[AR:.*]] = tern.reshape %[[A]] to [3, 10, 4]
// CHECK-DAG: %[[B:.*]] = tern.transpose %[[BS]] [1, 0, 2, 3]
// CHECK-DAG: %[[BR:.*]] = tern.reshape %[[B]] to [3, 10, 8]
// CHECK: %[[P:.*]] = tern.matmul %[[AR]], %[[BR]] transpose_a : tensor<3x10x4xf32>, tensor<3x10x8xf32>
// CHECK: %[[R:.*]] = tern.add %[[START]], %[[P]]
// CHECK: return %[[R]]
func.func @batched(%start: tensor<3x4x8xf32>, %as: tensor<5x3x2x4xf32>, %bs: tensor<5x3x2x8xf32>) -> tensor<3x4x8xf32> {
  %sum = tern.layers 5 (%s = %start) stacked (%a = %as, %b = %bs) : tensor<3x4x8xf32>, tensor<5x3x2x4xf32>, tensor<5x3x2x8xf32> {
    %p = tern.matmul %a, %b transpose_a : tensor<3x2x4xf32>, tensor<3x2x8xf32>
    %t = tern.add %s, %p : tensor<3x4x8xf32>, tensor<3x4x8xf32>
    tern.yield %t : tensor<3x4x8xf32>
  }
  return %sum : tensor<3x4x8xf32>
}

// -----

// CHECK-LABEL: func.func @no_sink_of_the_same_factor(
// CHECK: tern.layers 5 (%{{.*}} = %{{.*}}) stacked
// CHECK: tern.matmul
// REMARK-DAG: not sunk: a factor is the same in every iteration
func.func @no_sink_of_the_same_factor(%start: tensor<4x8xf32>, %a: tensor<2x4xf32>, %bs: tensor<5x2x8xf32>) -> tensor<4x8xf32> {
  %sum = tern.layers 5 (%s = %start) stacked (%b = %bs) : tensor<4x8xf32>, tensor<5x2x8xf32> {
    %p = tern.matmul %a, %b transpose_a : tensor<2x4xf32>, tensor<2x8xf32>
    %t = tern.add %s, %p : tensor<4x8xf32>, tensor<4x8xf32>
    tern.yield %t : tensor<4x8xf32>
  }
  return %sum : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @no_sink_of_large_factors(
// CHECK: tern.layers 5 (%{{.*}} = %{{.*}}) stacked
// CHECK: tern.matmul
// REMARK-DAG: not sunk: its factors, 64 elements of each iteration, are larger than the sum, 4
func.func @no_sink_of_large_factors(%start: tensor<2x2xf32>, %as: tensor<5x16x2xf32>) -> tensor<2x2xf32> {
  %sum = tern.layers 5 (%s = %start) stacked (%a = %as) : tensor<2x2xf32>, tensor<5x16x2xf32> {
    %b = tern.tanh %a : tensor<16x2xf32>
    %c = tern.exp %a : tensor<16x2xf32>
    %p = tern.matmul %b, %c transpose_a : tensor<16x2xf32>, tensor<16x2xf32>
    %t = tern.add %s, %p : tensor<2x2xf32>, tensor<2x2xf32>
    tern.yield %t : tensor<2x2xf32>
  }
  return %sum : tensor<2x2xf32>
}

// -----

// Who looks at the sum in between needs it in between.
// CHECK-LABEL: func.func @no_sink_where_the_sum_is_read(
// CHECK: tern.layers 5 (%{{.*}} = %{{.*}}) stacked
// CHECK: tern.matmul
func.func @no_sink_where_the_sum_is_read(%start: tensor<4x8xf32>, %as: tensor<5x2x4xf32>, %bs: tensor<5x2x8xf32>) -> tensor<5x4x8xf32> {
  %sum, %all = tern.layers 5 (%s = %start) stacked (%a = %as, %b = %bs) : tensor<4x8xf32>, tensor<5x2x4xf32>, tensor<5x2x8xf32> {
    %p = tern.matmul %a, %b transpose_a : tensor<2x4xf32>, tensor<2x8xf32>
    %t = tern.add %s, %p : tensor<4x8xf32>, tensor<4x8xf32>
    tern.yield %t, %t : tensor<4x8xf32>, tensor<4x8xf32>
  }
  return %all : tensor<5x4x8xf32>
}
