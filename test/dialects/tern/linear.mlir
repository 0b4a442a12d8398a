// RUN: tern-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @module_form(
// CHECK: tern.linear %{{.*}} "fc" out 16 : tensor<2x4x8xf32>
// CHECK: tern.linear %{{.*}} "fc2" out 16 bias normal(2.000000e-02) : tensor<2x4x8xf32>
// CHECK: tern.linear %{{.*}} "fc3" out 16 bias out_in : tensor<2x4x8xf32>
// CHECK: tern.linear %{{.*}} "fc4" out 16 bias @with normal(2.000000e-02) : tensor<2x4x8xf32>
func.func @module_form(%x: tensor<2x4x8xf32>) -> tensor<2x4x16xf32> {
  %a = tern.linear %x "fc" out 16 : tensor<2x4x8xf32>
  %b = tern.linear %x "fc2" out 16 bias normal(0.02) : tensor<2x4x8xf32>
  %c = tern.linear %x "fc3" out 16 bias out_in : tensor<2x4x8xf32>
  %d = tern.linear %x "fc4" out 16 bias @with normal(0.02) : tensor<2x4x8xf32>
  return %c : tensor<2x4x16xf32>
}

// CHECK-LABEL: func.func @operand_form(
// CHECK: tern.linear %{{.*}} weight %{{.*}} bias %{{.*}} : tensor<2x8xf32>, tensor<8x16xf32>, tensor<16xf32>
// CHECK: tern.linear %{{.*}} tied %{{.*}} : tensor<2x8xf32>, tensor<16x8xf32>
// CHECK: tern.linear %{{.*}} weight %{{.*}} bias %{{.*}} out_in : tensor<2x8xf32>, tensor<16x8xf32>, tensor<16xf32>
func.func @operand_form(%x: tensor<2x8xf32>, %w: tensor<8x16xf32>, %v: tensor<16x8xf32>, %b: tensor<16xf32>) {
  %0 = tern.linear %x weight %w bias %b : tensor<2x8xf32>, tensor<8x16xf32>, tensor<16xf32>
  %1 = tern.linear %x tied %v : tensor<2x8xf32>, tensor<16x8xf32>
  %2 = tern.linear %x weight %v bias %b out_in : tensor<2x8xf32>, tensor<16x8xf32>, tensor<16xf32>
  return
}

// CHECK-LABEL: func.func @matmul(
// CHECK: tern.matmul %{{.*}}, %{{.*}} : tensor<3x4x8xf32>, tensor<8x5xf32>
// CHECK: tern.matmul %{{.*}}, %{{.*}} transpose_a transpose_b : tensor<3x4x8xf32>, tensor<3x5x4xf32>
func.func @matmul(%a: tensor<3x4x8xf32>, %b: tensor<8x5xf32>, %c: tensor<3x5x4xf32>) -> (tensor<3x4x5xf32>, tensor<3x8x5xf32>) {
  %0 = tern.matmul %a, %b : tensor<3x4x8xf32>, tensor<8x5xf32>
  %1 = tern.matmul %a, %c transpose_a transpose_b : tensor<3x4x8xf32>, tensor<3x5x4xf32>
  return %0, %1 : tensor<3x4x5xf32>, tensor<3x8x5xf32>
}

// CHECK-LABEL: func.func @embedding(
// CHECK: tern.embedding %{{.*}}, %{{.*}} : tensor<2x4xi32>, tensor<10x8xf32>
// CHECK: tern.embedding_grad %{{.*}}, %{{.*}} rows 10 : tensor<2x4xi32>, tensor<2x4x8xf32>
// CHECK: tern.embedding_grad %{{.*}}, %{{.*}} rows 10 onto %{{.*}} : tensor<2x4xi32>, tensor<2x4x8xf32>, tensor<10x8xf32>
func.func @embedding(%t: tensor<2x4xi32>, %w: tensor<10x8xf32>) {
  %x = tern.embedding %t, %w : tensor<2x4xi32>, tensor<10x8xf32>
  %0 = tern.embedding_grad %t, %x rows 10 : tensor<2x4xi32>, tensor<2x4x8xf32>
  %1 = tern.embedding_grad %t, %x rows 10 onto %w : tensor<2x4xi32>, tensor<2x4x8xf32>, tensor<10x8xf32>
  return
}
