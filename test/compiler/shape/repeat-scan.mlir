// RUN: tern-opt %s -tern-repeat-scan -split-input-file | FileCheck %s

// Time goes in front, there and back.
// CHECK-LABEL: func.func @forward(
// CHECK-SAME: %[[H0:.*]]: tensor<2x4xf32>, %[[XS:.*]]: tensor<2x5x4xf32>
// CHECK: %[[XT:.*]] = tern.transpose %[[XS]] [1, 0, 2] : tensor<2x5x4xf32>
// CHECK: %[[R:.*]]:2 = tern.layers 5 (%[[H:.*]] = %[[H0]]) stacked (%[[X:.*]] = %[[XT]]) : tensor<2x4xf32>, tensor<5x2x4xf32> {
// CHECK: %[[Y:.*]] = tern.add %[[H]], %[[X]]
// CHECK: tern.yield %[[Y]], %[[Y]] : tensor<2x4xf32>, tensor<2x4xf32>
// CHECK: %[[ALL:.*]] = tern.transpose %[[R]]#1 [1, 0, 2] : tensor<5x2x4xf32>
// CHECK: return %[[R]]#0, %[[ALL]]
func.func @forward(%h0: tensor<2x4xf32>, %xs: tensor<2x5x4xf32>) -> (tensor<2x4xf32>, tensor<2x5x4xf32>) {
  %last, %all = tern.scan (%h = %h0) over (%x = %xs) : tensor<2x4xf32>, tensor<2x5x4xf32> {
    %y = tern.add %h, %x : tensor<2x4xf32>, tensor<2x4xf32>
    tern.yield %y, %y : tensor<2x4xf32>, tensor<2x4xf32>
  }
  return %last, %all : tensor<2x4xf32>, tensor<2x5x4xf32>
}

// -----

// What is in front already stays there. A row that is over keeps its state and gives zeros.
// CHECK-LABEL: func.func @lengths(
// CHECK-SAME: %[[H0:.*]]: tensor<2x4xf32>, %[[XS:.*]]: tensor<5x2x4xf32>, %[[N:.*]]: tensor<2xi32>
// CHECK-NEXT: %[[R:.*]]:2 = tern.layers 5 reverse index %[[T:.*]] (%[[H:.*]] = %[[H0]]) stacked (%[[X:.*]] = %[[XS]])
// CHECK: %[[Y:.*]] = tern.add
// CHECK: %[[STATE:.*]] = tern.valid_rows %[[Y]] step %[[T]] lengths %[[N]] else %[[H]]
// CHECK: %[[OUT:.*]] = tern.valid_rows %[[Y]] step %[[T]] lengths %[[N]]
// CHECK: tern.yield %[[STATE]], %[[OUT]]
// CHECK: return %[[R]]#1
func.func @lengths(%h0: tensor<2x4xf32>, %xs: tensor<5x2x4xf32>, %n: tensor<2xi32>) -> tensor<5x2x4xf32> {
  %last, %all = tern.scan reverse (%h = %h0) over (%x = %xs) dim 0 lengths(%n : tensor<2xi32>) : tensor<2x4xf32>, tensor<5x2x4xf32> {
    %y = tern.add %h, %x : tensor<2x4xf32>, tensor<2x4xf32>
    tern.yield %y, %y : tensor<2x4xf32>, tensor<2x4xf32>
  }
  return %all : tensor<5x2x4xf32>
}
