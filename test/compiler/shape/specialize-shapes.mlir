// RUN: tern-opt %s "-tern-specialize-shapes=batch=4 seq=16" | FileCheck %s

// CHECK-LABEL: func.func @batch_and_seq_by_name(
// CHECK-SAME: tensor<4x16xi32>
// CHECK: return %{{.*}} : tensor<4x16x8xf32>
func.func @batch_and_seq_by_name(%tokens: tensor<?x?xi32> {tern.dims = ["batch", "seq"]}, %w: tensor<10x8xf32>) -> tensor<?x?x8xf32> {
  %x = tern.embedding %tokens, %w : tensor<?x?xi32>, tensor<10x8xf32>
  return %x : tensor<?x?x8xf32>
}

// CHECK-LABEL: func.func @a_function_has_its_own_sequence(
// CHECK-SAME: tensor<4x5xi32>
func.func @a_function_has_its_own_sequence(%tokens: tensor<?x?xi32> {tern.dims = ["batch", "seq"]}, %w: tensor<10x8xf32>) -> tensor<?x?x8xf32>
    attributes {tern.seq = 5 : i64} {
  %x = tern.embedding %tokens, %w : tensor<?x?xi32>, tensor<10x8xf32>
  return %x : tensor<?x?x8xf32>
}

// CHECK-LABEL: func.func @a_function_has_its_own_batch(
// CHECK-SAME: tensor<1x16xi32>
func.func @a_function_has_its_own_batch(%tokens: tensor<?x?xi32> {tern.dims = ["batch", "seq"]}, %w: tensor<10x8xf32>) -> tensor<?x?x8xf32>
    attributes {tern.batch = 1 : i64} {
  %x = tern.embedding %tokens, %w : tensor<?x?xi32>, tensor<10x8xf32>
  return %x : tensor<?x?x8xf32>
}

// The number of steps becomes known, and with it what a scan stacks.
// CHECK-LABEL: func.func @steps_of_a_scan(
// CHECK: tern.scan (%{{.*}} = %{{.*}}) over (%{{.*}} = %{{.*}}) : tensor<4x8xf32>, tensor<4x16x8xf32>
// CHECK: return %{{.*}} : tensor<4x16x8xf32>
func.func @steps_of_a_scan(%xs: tensor<?x?x8xf32> {tern.dims = ["batch", "seq", "channels"]}) -> tensor<?x?x8xf32> {
  %h0 = tern.zero_state %xs size 8 : tensor<?x?x8xf32>
  %last, %all = tern.scan (%h = %h0) over (%x = %xs) : tensor<?x8xf32>, tensor<?x?x8xf32> {
    %y = tern.add %h, %x : tensor<?x8xf32>, tensor<?x8xf32>
    tern.yield %y, %y : tensor<?x8xf32>, tensor<?x8xf32>
  }
  return %all : tensor<?x?x8xf32>
}
