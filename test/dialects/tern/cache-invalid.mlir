// RUN: tern-opt %s -split-input-file -verify-diagnostics

func.func @rank(%c: tensor<64x8xf32>, %k: tensor<2x4x8xf32>, %p: tensor<2xi32>) {
  // expected-error@+1 {{cache_write: the cache has rank 2, expected 3}}
  %y = tern.cache_write %c, %k position %p count %p : tensor<64x8xf32>, tensor<2x4x8xf32>, tensor<2xi32>
  return
}

// -----

func.func @elements(%c: tensor<2x64x8xbf16>, %k: tensor<2x4x8xf32>, %p: tensor<2xi32>) {
  // expected-error@+1 {{cache_write: rows of 'f32' into a cache of 'bf16'}}
  %y = tern.cache_write %c, %k position %p count %p : tensor<2x64x8xbf16>, tensor<2x4x8xf32>, tensor<2xi32>
  return
}

// -----

func.func @batch(%c: tensor<4x64x8xf32>, %k: tensor<2x4x8xf32>, %p: tensor<2xi32>) {
  // expected-error@+1 {{cache_write, batch of rows: expected 4, found 2}}
  %y = tern.cache_write %c, %k position %p count %p : tensor<4x64x8xf32>, tensor<2x4x8xf32>, tensor<2xi32>
  return
}

// -----

func.func @batch_of_a_slot(%c: tensor<4x64x8xf32>, %k: tensor<4x4x8xf32>, %p: tensor<4xi32>, %s: tensor<i32>) {
  // expected-error@+1 {{cache_write, batch of rows: expected 1, found 4}}
  %y = tern.cache_write %c, %k position %p count %p slot %s : tensor<4x64x8xf32>, tensor<4x4x8xf32>, tensor<4xi32>
  return
}

// -----

func.func @channels(%c: tensor<2x64x8xf32>, %k: tensor<2x4x6xf32>, %p: tensor<2xi32>) {
  // expected-error@+1 {{cache_write, channels of rows: expected 8, found 6}}
  %y = tern.cache_write %c, %k position %p count %p : tensor<2x64x8xf32>, tensor<2x4x6xf32>, tensor<2xi32>
  return
}

// -----

func.func @positions(%c: tensor<2x64x8xf32>, %k: tensor<2x4x8xf32>, %p: tensor<3xi32>) {
  // expected-error@+1 {{cache_write, elements of position: expected 2, found 3}}
  %y = tern.cache_write %c, %k position %p count %p : tensor<2x64x8xf32>, tensor<2x4x8xf32>, tensor<3xi32>
  return
}

// -----

func.func @too_many_rows(%c: tensor<2x3x8xf32>, %k: tensor<2x4x8xf32>, %p: tensor<2xi32>) {
  // expected-error@+1 {{cache_write: 4 rows do not fit into the 3 of the cache}}
  %y = tern.cache_write %c, %k position %p count %p : tensor<2x3x8xf32>, tensor<2x4x8xf32>, tensor<2xi32>
  return
}

// -----

func.func @read_rank(%c: tensor<64x8xf32>, %s: tensor<i32>) {
  // expected-error@+1 {{cache_read: the cache has rank 2, expected 3}}
  %y = tern.cache_read %c slot %s : tensor<64x8xf32>
  return
}

// -----

func.func @row_rank(%x: tensor<4x8xf32>, %n: tensor<4xi32>) {
  // expected-error@+1 {{last_row: the operand has rank 2, expected 3}}
  %y = tern.last_row %x count %n : tensor<4x8xf32>, tensor<4xi32>
  return
}

// -----

func.func @row_count(%x: tensor<2x4x8xf32>, %n: tensor<4xi32>) {
  // expected-error@+1 {{last_row, elements of count: expected 2, found 4}}
  %y = tern.last_row %x count %n : tensor<2x4x8xf32>, tensor<4xi32>
  return
}

// -----

func.func @no_tokens(%x: tensor<2x0x8xf32>, %n: tensor<2xi32>) {
  // expected-error@+1 {{last_row: sequences of no tokens have no last one}}
  %y = tern.last_row %x count %n : tensor<2x0x8xf32>, tensor<2xi32>
  return
}

// -----

func.func @more_tokens_than_can_be_numbered(%x: tensor<65536x32768x8xf32>, %n: tensor<65536xi32>) {
  // expected-error@+1 {{last_row: 65536 sequences of 32768 tokens, at most 2147483647 in all}}
  %y = tern.last_row %x count %n : tensor<65536x32768x8xf32>, tensor<65536xi32>
  return
}
