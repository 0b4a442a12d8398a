// RUN: tern-opt %s -tern-seed-random | FileCheck %s

// CHECK-LABEL: func.func @training_gets_keys(
// CHECK-SAME: %[[SEED:[a-z0-9]+]]: tensor<i64> {tern.role = "seed"}, %[[STEP:[a-z0-9]+]]: tensor<i64> {tern.role = "step"}, %[[MICRO:[a-z0-9]+]]: tensor<i64> {tern.role = "microbatch"}
// CHECK: %[[KEY:.*]] = tern.random_key %[[SEED]], %[[STEP]], %[[MICRO]] site "tern.dropout.0"
// CHECK: tern.dropout %{{.*}} key %[[KEY]]
func.func @training_gets_keys(%x: tensor<4xf32>) -> tensor<4xf32> attributes {tern.differentiate} {
  %y = tern.dropout %x rate 0.1 : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @layers_give_their_number(
// CHECK: tern.layers 3 index %[[I:.*]] (
// CHECK: tern.random_key %{{.*}}, %{{.*}}, %{{.*}} layer %[[I]] site
func.func @layers_give_their_number(%x: tensor<4xf32>) -> tensor<4xf32> attributes {tern.differentiate} {
  %z = tern.layers 3 (%h = %x) : tensor<4xf32> {
    %y = tern.dropout %h rate 0.1 : tensor<4xf32>
    tern.yield %y : tensor<4xf32>
  }
  return %z : tensor<4xf32>
}

// CHECK-LABEL: func.func @elsewhere_dropout_is_the_identity(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT: return %[[X]]
func.func @elsewhere_dropout_is_the_identity(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = tern.dropout %x rate 0.1 : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @attention_without_dropout_stays(
// CHECK-NOT: key
func.func @attention_without_dropout_stays(%x: tensor<1x4x24xf32>) -> tensor<1x4x8xf32> attributes {tern.differentiate} {
  %y = tern.attention %x heads 2 causal : tensor<1x4x24xf32>
  return %y : tensor<1x4x8xf32>
}

// CHECK-LABEL: func.func @elsewhere_attention_drops_nothing(
// CHECK: tern.attention %{{.*}} heads 2 causal : tensor<1x4x24xf32>
func.func @elsewhere_attention_drops_nothing(%x: tensor<1x4x24xf32>) -> tensor<1x4x8xf32> {
  %y = tern.attention %x heads 2 causal dropout 0.1 : tensor<1x4x24xf32>
  return %y : tensor<1x4x8xf32>
}

// Every step of every layer has its own numbers.
// CHECK-LABEL: func.func @loops_inside_of_loops(
// CHECK: tern.layers 3 index %[[I:[a-z0-9]+]] (
// CHECK: tern.scan index %[[T:[a-z0-9]+]] (
// CHECK: %[[START:.*]] = tern.random_key %[[SEED:.*]], %[[STEP:.*]], %[[MICRO:.*]] layer %[[I]] site "loop"
// CHECK: tern.random_key %[[START]], %[[STEP]], %[[MICRO]] layer %[[T]] site "tern.dropout.0"
func.func @loops_inside_of_loops(%xs: tensor<2x5x4xf32>) -> tensor<2x5x4xf32> attributes {tern.differentiate} {
  %z = tern.layers 3 (%h = %xs) : tensor<2x5x4xf32> {
    %all = tern.scan () over (%x = %h) : tensor<2x5x4xf32> {
      %y = tern.dropout %x rate 0.1 : tensor<2x4xf32>
      tern.yield %y : tensor<2x4xf32>
    }
    tern.yield %all : tensor<2x5x4xf32>
  }
  return %z : tensor<2x5x4xf32>
}
