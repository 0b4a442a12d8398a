// RUN: tern-opt %s -split-input-file -verify-diagnostics

func.func @packed_channels(%qkv: tensor<1x4x25xf32>) {
  // expected-error@+1 {{25 packed channels do not split into 2 query heads and 2 x 2 key-value heads}}
  %0 = tern.attention %qkv heads 2 : tensor<1x4x25xf32>
  return
}

// -----

func.func @heads_share_unevenly(%q: tensor<1x4x12xf32>, %k: tensor<1x4x8xf32>) {
  // expected-error@+1 {{attention: 3 heads do not share 2 key-value heads evenly}}
  %0 = tern.attention %q, %k, %k heads 3 kv_heads 2 : tensor<1x4x12xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>
  return
}

// -----

func.func @channels_of_k(%q: tensor<1x4x8xf32>, %k: tensor<1x4x6xf32>) {
  // expected-error@+1 {{attention, channels of k: expected 8, found 6}}
  %0 = tern.attention %q, %k, %k heads 2 : tensor<1x4x8xf32>, tensor<1x4x6xf32>, tensor<1x4x6xf32>
  return
}

// -----

func.func @two_operands(%q: tensor<1x4x8xf32>) {
  // expected-error@+1 {{attention takes q, k, v or one packed operand, found 2 operands}}
  %0 = tern.attention %q, %q heads 2 : tensor<1x4x8xf32>, tensor<1x4x8xf32>
  return
}

// -----

func.func @certain_dropout(%qkv: tensor<1x4x24xf32>) {
  // expected-error@+1 {{dropout rate must be in [0, 1), found 1}}
  %0 = tern.attention %qkv heads 2 dropout 1.0 : tensor<1x4x24xf32>
  return
}

// -----

func.func @position_without_causal(%qkv: tensor<1x4x24xf32>, %p: tensor<i32>) {
  // expected-error@+1 {{position is that of causal queries; without `causal` no query has one}}
  %0 = tern.attention %qkv heads 2 position(%p : tensor<i32>) : tensor<1x4x24xf32>
  return
}

// -----

func.func @lengths_of_another_batch(%qkv: tensor<2x4x24xf32>, %n: tensor<3xi32>) {
  // expected-error@+1 {{attention, elements of lengths: expected 2, found 3}}
  %0 = tern.attention %qkv heads 2 lengths(%n : tensor<3xi32>) : tensor<2x4x24xf32>
  return
}

// -----

func.func @one_length(%qkv: tensor<2x4x24xf32>, %n: tensor<i32>) {
  // expected-error@+1 {{attention: lengths has rank 0, expected one length per batch row}}
  %0 = tern.attention %qkv heads 2 lengths(%n : tensor<i32>) : tensor<2x4x24xf32>
  return
}

// -----

func.func @type_of_o(%q: tensor<1x4x8xf32>, %o: tensor<1x3x8xf32>, %l: tensor<1x2x4xf32>) {
  // expected-error@+1 {{attention_grad: o has type 'tensor<1x3x8xf32>', expected 'tensor<1x4x8xf32>'}}
  %0:3 = tern.attention_grad %q, %q, %q, %o, %l, %q heads 2 kv_heads 2 scale 0.5 : tensor<1x4x8xf32>, tensor<1x4x8xf32>,
      tensor<1x4x8xf32>, tensor<1x3x8xf32>, tensor<1x2x4xf32>, tensor<1x4x8xf32>
  return
}

// -----

func.func @window_without_causal(%qkv: tensor<1x4x24xf32>) {
  // expected-error@+1 {{window holds the last keys up to the query's own; it needs `causal`}}
  %0 = tern.attention %qkv heads 2 window 2 : tensor<1x4x24xf32>
  return
}

// -----

func.func @more_queries_than_keys(%s: tensor<2x5x4xf32>) {
  // expected-error @+1 {{causal_mask: 5 queries see only 4 keys; the first ones would see nothing}}
  %y = tern.causal_mask %s : tensor<2x5x4xf32>
  return
}

// -----

func.func @window_of_nothing(%qkv: tensor<1x4x24xf32>) {
  // expected-error@+1 {{window must be 1 or more, found 0}}
  %0 = tern.attention %qkv heads 2 causal window 0 : tensor<1x4x24xf32>
  return
}

// -----

func.func @two_biases(%qkv: tensor<1x4x24xf32>, %t: tensor<8x2xf32>) {
  // expected-error@+1 {{adds alibi and relative positions to the scores; use one}}
  %0 = tern.attention %qkv heads 2 alibi relative(%t : tensor<8x2xf32>) : tensor<1x4x24xf32>
  return
}

// -----

func.func @distance_of_nothing(%qkv: tensor<1x4x24xf32>) {
  // expected-error@+1 {{max_distance is that of relative positions; say relative(TABLE) too}}
  %0 = tern.attention %qkv heads 2 max_distance 64 : tensor<1x4x24xf32>
  return
}

// -----

func.func @odd_buckets(%qkv: tensor<1x4x24xf32>, %t: tensor<7x2xf32>) {
  // expected-error@+1 {{relative table has 7 buckets, expected four or more, and two equal halves without `causal`}}
  %0 = tern.attention %qkv heads 2 relative(%t : tensor<7x2xf32>) : tensor<1x4x24xf32>
  return
}

// -----

func.func @few_buckets(%qkv: tensor<1x4x24xf32>, %t: tensor<2x2xf32>) {
  // expected-error@+1 {{relative table has 2 buckets, expected four or more}}
  %0 = tern.attention %qkv heads 2 causal relative(%t : tensor<2x2xf32>) : tensor<1x4x24xf32>
  return
}

// -----

func.func @short_distance(%qkv: tensor<1x4x24xf32>, %t: tensor<8x2xf32>) {
  // expected-error@+1 {{max_distance is 4, expected more than 4, which have a bucket each}}
  %0 = tern.attention %qkv heads 2 causal relative(%t : tensor<8x2xf32>) max_distance 4 : tensor<1x4x24xf32>
  return
}

// -----

func.func @heads_of_the_table(%qkv: tensor<1x4x24xf32>, %t: tensor<8x3xf32>) {
  // expected-error@+1 {{attention, heads of the relative table: expected 2, found 3}}
  %0 = tern.attention %qkv heads 2 relative(%t : tensor<8x3xf32>) : tensor<1x4x24xf32>
  return
}

// -----

func.func @rank_of_the_table(%qkv: tensor<1x4x24xf32>, %t: tensor<8xf32>) {
  // expected-error@+1 {{attention: the relative table has rank 1, expected (buckets, heads)}}
  %0 = tern.attention %qkv heads 2 relative(%t : tensor<8xf32>) : tensor<1x4x24xf32>
  return
}

// -----

func.func @type_of_the_table(%qkv: tensor<1x4x24xf32>, %t: tensor<8x2xf64>) {
  // expected-error@+1 {{attention: the relative table has elements of type 'f64', expected 'f32'}}
  %0 = tern.attention %qkv heads 2 relative(%t : tensor<8x2xf64>) : tensor<1x4x24xf32>
  return
}

// -----

func.func @scores_of_rank_one(%s: tensor<4xf32>) {
  // expected-error @+1 {{causal_mask takes scores (..., T, S), found rank 1}}
  %y = tern.causal_mask %s : tensor<4xf32>
  return
}

// -----

func.func @no_distance(%qkv: tensor<1x4x24xf32>, %t: tensor<8x2xf32>) {
  // expected-error@+1 {{max_distance is 0, expected more than 2, which have a bucket each}}
  %0 = tern.attention %qkv heads 2 relative(%t : tensor<8x2xf32>) max_distance 0 : tensor<1x4x24xf32>
  return
}
