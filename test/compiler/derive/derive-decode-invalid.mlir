// RUN: tern-opt %s -split-input-file -tern-derive-decode="context=32 slots=2" -verify-diagnostics
// RUN: not tern-opt %s -split-input-file -tern-derive-decode="cache=b16" 2>&1 | FileCheck %s -DCACHE=b16
// RUN: not tern-opt %s -split-input-file -tern-derive-decode="cache=i8" 2>&1 | FileCheck %s -DCACHE=i8
// RUN: not tern-opt %s -split-input-file -tern-derive-decode="cache=f64" 2>&1 | FileCheck %s -DCACHE=f64

// CHECK: error: cache '[[CACHE]]' is no floating-point type of 32 bits or less; choose bf16, f16 or f32, or leave it empty

func.func @sees_both_ways(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}) -> tensor<2x4x8xf32> attributes {tern.tokens = 1 : i64} {
  // expected-error@+1 {{looks at the whole sequence; decode needs a causal model, where no position depends on later ones; --prefill=0 leaves decode out}}
  %y = tern.attention %x, %x, %x heads 2 : tensor<2x4x8xf32>, tensor<2x4x8xf32>, tensor<2x4x8xf32>
  return %y : tensor<2x4x8xf32>
}

// -----

func.func @positions_of_its_own(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}, %p: tensor<i32>) -> tensor<2x4x8xf32> attributes {tern.tokens = 1 : i64} {
  // expected-error@+1 {{looks at the whole sequence; decode needs a causal model, where no position depends on later ones; --prefill=0 leaves decode out}}
  %y = tern.attention %x, %x, %x heads 2 causal position(%p : tensor<i32>) : tensor<2x4x8xf32>, tensor<2x4x8xf32>, tensor<2x4x8xf32>
  return %y : tensor<2x4x8xf32>
}

// -----

func.func @mean_of_all_positions(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}) -> tensor<2x8xf32> attributes {tern.tokens = 1 : i64} {
  // expected-error@+1 {{looks at the whole sequence; decode needs a causal model, where no position depends on later ones; --prefill=0 leaves decode out}}
  %y = tern.mean %x dims [1] : tensor<2x4x8xf32>
  return %y : tensor<2x8xf32>
}

// -----

func.func @softmax_over_time(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}) -> tensor<2x4x8xf32> attributes {tern.tokens = 1 : i64} {
  // expected-error@+1 {{looks at the whole sequence; decode needs a causal model, where no position depends on later ones; --prefill=0 leaves decode out}}
  %y = tern.softmax %x dim 1 : tensor<2x4x8xf32>
  return %y : tensor<2x4x8xf32>
}

// -----

func.func @time_is_cut(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}) -> tensor<2x8x4xf32> attributes {tern.tokens = 1 : i64} {
  // expected-error@+1 {{looks at the whole sequence; decode needs a causal model, where no position depends on later ones; --prefill=0 leaves decode out}}
  %y = tern.reshape %x to [2, 8, 4] : tensor<2x4x8xf32>
  return %y : tensor<2x8x4xf32>
}

// -----

func.func @earlier_half(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}) -> tensor<2x2x8xf32> attributes {tern.tokens = 1 : i64} {
  // expected-error@+1 {{looks at the whole sequence; decode needs a causal model, where no position depends on later ones; --prefill=0 leaves decode out}}
  %y = tern.slice %x offsets [0, 0, 0] sizes [2, 2, 8] : tensor<2x4x8xf32>
  return %y : tensor<2x2x8xf32>
}

// -----

func.func @scores(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}) -> tensor<2x4x4xf32> attributes {tern.tokens = 1 : i64} {
  // expected-error@+1 {{looks at the whole sequence; decode needs a causal model, where no position depends on later ones; --prefill=0 leaves decode out}}
  %y = tern.matmul %x, %x transpose_b : tensor<2x4x8xf32>, tensor<2x4x8xf32>
  return %y : tensor<2x4x4xf32>
}

// -----

func.func @linear_over_time(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}, %w: tensor<4x4xf32>) -> tensor<2x8x4xf32> attributes {tern.tokens = 1 : i64} {
  %t = tern.transpose %x [0, 2, 1] : tensor<2x4x8xf32>
  // expected-error@+1 {{looks at the whole sequence; decode needs a causal model, where no position depends on later ones; --prefill=0 leaves decode out}}
  %y = tern.linear %t weight %w : tensor<2x8x4xf32>, tensor<4x4xf32>
  return %y : tensor<2x8x4xf32>
}

// -----

func.func @number_per_position(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}, %w: tensor<4x8xf32>) -> tensor<2x4x8xf32> attributes {tern.tokens = 1 : i64} {
  // expected-error@+1 {{looks at the whole sequence; decode needs a causal model, where no position depends on later ones; --prefill=0 leaves decode out}}
  %y = tern.mul %x, %w : tensor<2x4x8xf32>, tensor<4x8xf32>
  return %y : tensor<2x4x8xf32>
}

// -----

func.func @no_interface(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}, %t: tensor<2x4xi32>) -> tensor<f32> attributes {tern.tokens = 1 : i64} {
  // expected-error@+1 {{does not say how it depends on the sequence (interface Sequential), which decode needs; --prefill=0 leaves decode out}}
  %y = tern.cross_entropy %x, %t : tensor<2x4x8xf32>, tensor<2x4xi32>
  return %y : tensor<f32>
}

// -----

func.func @short_table(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}, %w: tensor<16x8xf32>) -> tensor<2x4x8xf32> attributes {tern.tokens = 1 : i64} {
  // expected-error@+1 {{has a table of 16 positions, but generation may reach 32; choose --context=16 or less}}
  %y = tern.position_embedding %x, %w : tensor<2x4x8xf32>, tensor<16x8xf32>
  return %y : tensor<2x4x8xf32>
}

// -----

func.func @nested(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}) -> tensor<2x4x8xf32> attributes {tern.tokens = 1 : i64} {
  %y = tern.layers 2 (%h = %x) : tensor<2x4x8xf32> {
    %z = tern.layers 2 (%g = %h) : tensor<2x4x8xf32> {
      // expected-error@+1 {{is inside nested 'tern.layers'; what it keeps between steps may be one level deep}}
      %a = tern.attention %g, %g, %g heads 2 causal : tensor<2x4x8xf32>, tensor<2x4x8xf32>, tensor<2x4x8xf32>
      tern.yield %a : tensor<2x4x8xf32>
    }
    tern.yield %z : tensor<2x4x8xf32>
  }
  return %y : tensor<2x4x8xf32>
}

// -----

func.func @positions_as_layers(%x: tensor<4x2x8xf32> {tern.dims = ["seq", "batch", "channels"]}, %h0: tensor<2x8xf32>) -> tensor<2x8xf32> attributes {tern.tokens = 1 : i64} {
  // expected-error@+1 {{takes a position of the sequence as a layer; decode needs layers that work on all positions}}
  %y = tern.layers 4 (%h = %h0) stacked (%xt = %x) : tensor<2x8xf32>, tensor<4x2x8xf32> {
    %z = tern.add %h, %xt : tensor<2x8xf32>, tensor<2x8xf32>
    tern.yield %z : tensor<2x8xf32>
  }
  return %y : tensor<2x8xf32>
}

// -----

// expected-error@+1 {{has no argument with a dimension "seq" (tern.dims), which decode needs}}
func.func @no_sequence(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "time", "channels"]}) -> tensor<2x4x8xf32> attributes {tern.tokens = 1 : i64} {
  return %x : tensor<2x4x8xf32>
}

// -----

// expected-error@+1 {{returns 'tensor<4x2x8xf32>', not one row of logits per token}}
func.func @no_rows_of_logits(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}) -> tensor<4x2x8xf32> attributes {tern.tokens = 4 : i64} {
  %y = tern.transpose %x [1, 0, 2] : tensor<2x4x8xf32>
  return %y : tensor<4x2x8xf32>
}

// -----

func.func @from_the_end(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}, %h0: tensor<2x8xf32>) -> tensor<2x4x8xf32> attributes {tern.tokens = 1 : i64} {
  // expected-error@+1 {{looks at the whole sequence; decode needs a causal model, where no position depends on later ones; --prefill=0 leaves decode out}}
  %end, %all = tern.scan reverse (%h = %h0) over (%xt = %x) : tensor<2x8xf32>, tensor<2x4x8xf32> {
    %y = tern.add %h, %xt : tensor<2x8xf32>, tensor<2x8xf32>
    tern.yield %y, %y : tensor<2x8xf32>, tensor<2x8xf32>
  }
  return %all : tensor<2x4x8xf32>
}

// -----

func.func @state_at_the_end(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}, %h0: tensor<2x8xf32>) -> tensor<2x8xf32> attributes {tern.tokens = 1 : i64} {
  // expected-error@+1 {{looks at the whole sequence; decode needs a causal model, where no position depends on later ones; --prefill=0 leaves decode out}}
  %end = tern.scan (%h = %h0) over (%xt = %x) : tensor<2x8xf32>, tensor<2x4x8xf32> {
    %y = tern.add %h, %xt : tensor<2x8xf32>, tensor<2x8xf32>
    tern.yield %y : tensor<2x8xf32>
  }
  return %end : tensor<2x8xf32>
}

// -----

// expected-error@+1 {{works on 3 sequences at a time, expected 1 or the number of slots, 2}}
func.func @more_sequences_than_slots(%x: tensor<3x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}) -> tensor<3x4x8xf32> attributes {tern.tokens = 1 : i64} {
  %y = tern.attention %x, %x, %x heads 2 causal : tensor<3x4x8xf32>, tensor<3x4x8xf32>, tensor<3x4x8xf32>
  return %y : tensor<3x4x8xf32>
}

// -----

// expected-error@+1 {{returns 'tensor<f32>', expected the logits first, one row per token}}
func.func @a_number(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}, %y: tensor<f32>) -> tensor<f32> attributes {tern.tokens = 1 : i64} {
  return %y : tensor<f32>
}

// -----

// expected-error@+1 {{expected the logits first, one row per token}}
func.func @nothing(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"]}) attributes {tern.tokens = 1 : i64} {
  return
}
