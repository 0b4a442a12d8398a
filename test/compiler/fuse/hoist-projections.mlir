// RUN: tern-opt %s -tern-hoist-projections -split-input-file | FileCheck %s
// RUN: tern-opt %s -tern-hoist-projections -split-input-file --remarks=hoist-projections -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// A look-up, then a product of what it gives: both leave the loop, and nothing is left of the tokens in it.
// CHECK-LABEL: func.func @embedding_and_product(
// CHECK-SAME: %[[H0:.*]]: tensor<2x8xf32>, %[[TOKENS:.*]]: tensor<5x2xi32>, %[[TABLE:.*]]: tensor<10x4xf32>, %[[W:.*]]: tensor<4x8xf32>, %[[B:.*]]: tensor<8xf32>
// CHECK: %[[E:.*]] = tern.embedding %[[TOKENS]], %[[TABLE]] : tensor<5x2xi32>, tensor<10x4xf32>
// CHECK: %[[P:.*]] = tern.linear %[[E]] weight %[[W]] bias %[[B]] : tensor<5x2x4xf32>
// CHECK: tern.layers 5 (%[[H:.*]] = %[[H0]]) stacked (%[[S:.*]] = %[[P]]) : tensor<2x8xf32>, tensor<5x2x8xf32> {
// CHECK-NEXT: tern.add %[[H]], %[[S]]
// REMARK-DAG: hoisted: one product for all 5 iterations
func.func @embedding_and_product(%h0: tensor<2x8xf32>, %tokens: tensor<5x2xi32>, %table: tensor<10x4xf32>, %w: tensor<4x8xf32>,
    %b: tensor<8xf32>) -> tensor<2x8xf32> {
  %last = tern.layers 5 (%h = %h0) stacked (%token = %tokens) : tensor<2x8xf32>, tensor<5x2xi32> {
    %e = tern.embedding %token, %table : tensor<2xi32>, tensor<10x4xf32>
    %p = tern.linear %e weight %w bias %b : tensor<2x4xf32>, tensor<4x8xf32>, tensor<8xf32>
    %y = tern.add %h, %p : tensor<2x8xf32>, tensor<2x8xf32>
    tern.yield %y : tensor<2x8xf32>
  }
  return %last : tensor<2x8xf32>
}

// -----

// CHECK-LABEL: func.func @no_hoist_of_the_state(
// CHECK: tern.layers
// CHECK: tern.linear
func.func @no_hoist_of_the_state(%h0: tensor<2x8xf32>, %xs: tensor<5x2x8xf32>, %w: tensor<8x8xf32>) -> tensor<2x8xf32> {
  %last = tern.layers 5 (%h = %h0) stacked (%x = %xs) : tensor<2x8xf32>, tensor<5x2x8xf32> {
    %p = tern.linear %h weight %w : tensor<2x8xf32>, tensor<8x8xf32>
    %y = tern.add %x, %p : tensor<2x8xf32>, tensor<2x8xf32>
    tern.yield %y : tensor<2x8xf32>
  }
  return %last : tensor<2x8xf32>
}

// -----

// CHECK-LABEL: func.func @no_hoist_of_own_parameters(
// CHECK: tern.layers
// CHECK: tern.linear
// REMARK-DAG: not hoisted: every iteration has its own parameters
func.func @no_hoist_of_own_parameters(%h0: tensor<2x8xf32>, %xs: tensor<5x2x8xf32>, %ws: tensor<5x8x8xf32>) -> tensor<2x8xf32> {
  %last = tern.layers 5 (%h = %h0) stacked (%x = %xs, %w = %ws) : tensor<2x8xf32>, tensor<5x2x8xf32>, tensor<5x8x8xf32> {
    %p = tern.linear %x weight %w : tensor<2x8xf32>, tensor<8x8xf32>
    %y = tern.add %h, %p : tensor<2x8xf32>, tensor<2x8xf32>
    tern.yield %y : tensor<2x8xf32>
  }
  return %last : tensor<2x8xf32>
}

// -----

// Its name has the number of the layer in it.
// CHECK-LABEL: func.func @no_hoist_of_declared_parameters(
// CHECK: tern.layers 5 "h"
// CHECK-NEXT: tern.linear %{{.*}} "proj" out 8
// REMARK-DAG: not hoisted: every iteration has its own parameters
func.func @no_hoist_of_declared_parameters(%h0: tensor<2x8xf32>, %xs: tensor<5x2x4xf32>) -> tensor<2x8xf32> {
  %last = tern.layers 5 "h" (%h = %h0) stacked (%x = %xs) : tensor<2x8xf32>, tensor<5x2x4xf32> {
    %p = tern.linear %x "proj" out 8 : tensor<2x4xf32>
    %y = tern.add %h, %p : tensor<2x8xf32>, tensor<2x8xf32>
    tern.yield %y : tensor<2x8xf32>
  }
  return %last : tensor<2x8xf32>
}
