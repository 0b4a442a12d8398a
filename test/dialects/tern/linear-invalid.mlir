// RUN: tern-opt %s -split-input-file -verify-diagnostics

func.func @contracted_dimension(%a: tensor<4x8xf32>, %b: tensor<7x5xf32>) {
  // expected-error@+1 {{matmul, contracted dimension of the right operand: expected 8, found 7}}
  %0 = tern.matmul %a, %b : tensor<4x8xf32>, tensor<7x5xf32>
  return
}

// -----

func.func @input_dimension_of_the_weight(%x: tensor<4x8xf32>, %w: tensor<7x5xf32>) {
  // expected-error@+1 {{linear, input dimension of the weight: expected 8, found 7}}
  %0 = tern.linear %x weight %w : tensor<4x8xf32>, tensor<7x5xf32>
  return
}

// -----

func.func @size_of_the_bias(%x: tensor<4x8xf32>, %w: tensor<8x5xf32>, %b: tensor<6xf32>) {
  // expected-error@+1 {{linear, size of the bias: expected 5, found 6}}
  %0 = tern.linear %x weight %w bias %b : tensor<4x8xf32>, tensor<8x5xf32>, tensor<6xf32>
  return
}

// -----

func.func @table_of_rank_one(%t: tensor<4xi32>, %w: tensor<10xf32>) {
  // expected-error@+1 {{embedding takes a table of rank 2, found rank 1}}
  %0 = tern.embedding %t, %w : tensor<4xi32>, tensor<10xf32>
  return
}

// -----

func.func @no_outputs(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{'fc' has at least 1 output, found 0}}
  %0 = tern.linear %x "fc" out 0 : tensor<4x8xf32>
  return
}

// -----

func.func @rank_of_the_cotangent(%t: tensor<2x4xi32>, %d: tensor<8x3xf32>) {
  // expected-error @+1 {{embedding_grad: cotangent has rank 2, expected 3}}
  %y = tern.embedding_grad %t, %d rows 7 : tensor<2x4xi32>, tensor<8x3xf32>
  return
}

// -----

func.func @another_table(%t: tensor<4xi32>, %d: tensor<4x3xf32>, %old: tensor<6x3xf32>) {
  // expected-error @+1 {{embedding_grad: onto has type 'tensor<6x3xf32>', expected 'tensor<7x3xf32>'}}
  %y = tern.embedding_grad %t, %d rows 7 onto %old : tensor<4xi32>, tensor<4x3xf32>, tensor<6x3xf32>
  return
}

// -----

func.func @table_without_rows(%t: tensor<4xi32>, %w: tensor<0x8xf32>) {
  // expected-error@+1 {{embedding takes a table with rows, found none}}
  %0 = tern.embedding %t, %w : tensor<4xi32>, tensor<0x8xf32>
  return
}
