// RUN: tern-opt %s -split-input-file -verify-diagnostics -tern-derive-decode="context=32 slots=3" | FileCheck %s

// What the layers of a decoder take of its source lasts as well: @encode writes it and does nothing else, steps read it, and @fork
// copies it with the rest. The length of the source stays an input.

// CHECK-LABEL: func.func @encode(
// CHECK-SAME: %[[SOURCE:[a-z0-9]*]]: tensor<1x6x8xf32> {tern.role = "source"},
// CHECK-SAME: %[[W:[a-z0-9]*]]: tensor<2x8x4xf32>,
// CHECK-SAME: %[[MEMORY:[a-z0-9]*]]: tensor<2x3x6x4xf32> {tern.variable = "cache:decoder.{i}.memory"},
// CHECK-SAME: %[[SLOT:[a-z0-9]*]]: tensor<i32> {tern.role = "slot"})
// CHECK-SAME: -> (tensor<2x3x6x4xf32> {tern.updates = "cache:decoder.{i}.memory"})
// CHECK: %[[L:.*]] = tern.layers 2 "decoder" () stacked (%[[W0:.*]] = %[[W]], %[[M0:.*]] = %[[MEMORY]])
// CHECK-DAG: %[[SEEN:.*]] = tern.linear %[[SOURCE]] weight %[[W0]]
// CHECK-DAG: %[[ROWS:.*]] = tern.reshape %[[SEEN]] to [1, 6, 4]
// CHECK: %[[M1:.*]] = tern.cache_write %[[M0]], %[[ROWS]] position %{{.*}} count %{{.*}} slot %[[SLOT]]
// CHECK-NEXT: tern.yield %[[M1]]
// CHECK: return %[[L]]
func.func @encode(%tokens: tensor<1x4x4xf32> {tern.dims = ["batch", "seq", "channels"], tern.role = "tokens"},
                  %source: tensor<1x6x8xf32> {tern.role = "source"}, %lengths: tensor<1xi32> {tern.role = "source_lengths"},
                  %ws: tensor<2x8x4xf32>, %us: tensor<2x4x4xf32>)
    -> (tensor<1x4x4xf32> {tern.role = "logits"}) attributes {tern.entry = "encode", tern.tokens = 0 : i64} {
  %x = tern.layers 2 "decoder" (%h = %tokens) stacked (%w = %ws, %u = %us) : tensor<1x4x4xf32>, tensor<2x8x4xf32>, tensor<2x4x4xf32> {
    %memory = tern.linear %source weight %w : tensor<1x6x8xf32>, tensor<8x4xf32>
    %q = tern.linear %h weight %u : tensor<1x4x4xf32>, tensor<4x4xf32>
    %a = tern.attention %q, %memory, %memory heads 2 lengths(%lengths : tensor<1xi32>) : tensor<1x4x4xf32>, tensor<1x6x4xf32>, tensor<1x6x4xf32>
    tern.yield %a : tensor<1x4x4xf32>
  }
  return %x : tensor<1x4x4xf32>
}

// CHECK-LABEL: func.func @decode(
// CHECK-SAME: tensor<3x1x4xf32> {tern.dims = ["batch", "seq", "channels"], tern.role = "tokens"},
// CHECK-SAME: %[[LENGTHS:[a-z0-9]*]]: tensor<3xi32> {tern.role = "source_lengths"}, %[[U:[a-z0-9]*]]: tensor<2x4x4xf32>,
// CHECK-SAME: %[[MEMORY:[a-z0-9]*]]: tensor<2x3x6x4xf32> {tern.variable = "cache:decoder.{i}.memory"})
// CHECK: tern.layers 2 "decoder" (%{{.*}} = %{{.*}}) stacked (%{{.*}} = %[[U]], %[[M0:.*]] = %[[MEMORY]])
// CHECK-NEXT: %[[M:.*]] = tern.reshape %[[M0]] to [3, 6, 4]
// CHECK-NEXT: %[[Q:.*]] = tern.linear
// CHECK-NEXT: tern.attention %[[Q]], %[[M]], %[[M]] heads 2 lengths(%[[LENGTHS]] : tensor<3xi32>)
func.func @decode(%tokens: tensor<3x4x4xf32> {tern.dims = ["batch", "seq", "channels"], tern.role = "tokens"},
                  %source: tensor<3x6x8xf32> {tern.role = "source"}, %lengths: tensor<3xi32> {tern.role = "source_lengths"},
                  %ws: tensor<2x8x4xf32>, %us: tensor<2x4x4xf32>)
    -> (tensor<3x4x4xf32> {tern.role = "logits"}) attributes {tern.entry = "decode", tern.tokens = 1 : i64} {
  %x = tern.layers 2 "decoder" (%h = %tokens) stacked (%w = %ws, %u = %us) : tensor<3x4x4xf32>, tensor<2x8x4xf32>, tensor<2x4x4xf32> {
    %memory = tern.linear %source weight %w : tensor<3x6x8xf32>, tensor<8x4xf32>
    %q = tern.linear %h weight %u : tensor<3x4x4xf32>, tensor<4x4xf32>
    %a = tern.attention %q, %memory, %memory heads 2 lengths(%lengths : tensor<3xi32>) : tensor<3x4x4xf32>, tensor<3x6x4xf32>, tensor<3x6x4xf32>
    tern.yield %a : tensor<3x4x4xf32>
  }
  return %x : tensor<3x4x4xf32>
}

// CHECK-LABEL: func.func @fork(
// CHECK-SAME: %[[FROM:[a-z0-9]*]]: tensor<i32> {tern.role = "from"}, %[[TO:[a-z0-9]*]]: tensor<i32> {tern.role = "slot"},
// CHECK-SAME: %[[MEMORY:[a-z0-9]*]]: tensor<2x3x6x4xf32> {tern.variable = "cache:decoder.{i}.memory"})
// CHECK: tern.layers 2 () stacked (%[[M:.*]] = %[[MEMORY]])
// CHECK: %[[ROWS:.*]] = tern.cache_read %[[M]] slot %[[FROM]]
// CHECK: %[[NEW:.*]] = tern.cache_write %[[M]], %[[ROWS]] position %{{.*}} count %{{.*}} slot %[[TO]]
// CHECK: tern.yield %[[NEW]]

// -----

// Integers are computed again in each step; what they follow from lasts.

// CHECK-LABEL: func.func @integers(
// CHECK-SAME: %[[MEMORY:[a-z0-9]*]]: tensor<3x1x8xf32> {tern.variable = "cache:memory"})
// CHECK: %[[E:.*]] = tern.reshape %[[MEMORY]] to [3, 8]
// CHECK: %{{.*}}, %[[I:.*]] = tern.top_k %[[E]]
// CHECK: tern.one_hot %[[I]]
func.func @integers(%tokens: tensor<3x4x8xf32> {tern.dims = ["batch", "seq", "channels"], tern.role = "tokens"},
                    %source: tensor<3x8xf32> {tern.role = "source"}) -> tensor<3x4x8xf32> attributes {tern.tokens = 1 : i64} {
  %e = tern.exp %source : tensor<3x8xf32>
  %best, %places = tern.top_k %e k 1 : tensor<3x8xf32>
  %ones = tern.one_hot %places classes 8 : tensor<3x1xi32>, f32
  %y = tern.mul %tokens, %ones : tensor<3x4x8xf32>, tensor<3x1x8xf32>
  return %y : tensor<3x4x8xf32>
}

// -----

func.func @batch_is_not_first(%tokens: tensor<3x4x8xf32> {tern.dims = ["batch", "seq", "channels"], tern.role = "tokens"},
                              %source: tensor<8x3xf32> {tern.role = "source"}) -> tensor<3x4x8xf32> attributes {tern.tokens = 1 : i64} {
  // expected-error@+1 {{computes 'tensor<8xf32>' from the source, which generation keeps for each sequence; make the batch its first dimension}}
  %mean = tern.mean %source dims [1] : tensor<8x3xf32>
  %y = tern.add %tokens, %mean : tensor<3x4x8xf32>, tensor<8xf32>
  return %y : tensor<3x4x8xf32>
}

// -----

// expected-error@+1 {{computes nothing from its source that its tokens look at; --objective=causal-lm is for such models}}
func.func @no_source(%tokens: tensor<1x4x8xf32> {tern.dims = ["batch", "seq", "channels"], tern.role = "tokens"},
                     %source: tensor<1x8xf32> {tern.role = "source"}) -> tensor<1x4x8xf32> attributes {tern.tokens = 0 : i64} {
  %y = tern.exp %tokens : tensor<1x4x8xf32>
  return %y : tensor<1x4x8xf32>
}

// -----

// A repeat may carry the source beside the tokens: it loses it, and attention behind it still gets its caches. What is not
// floating-point is an input of each step.

// CHECK-LABEL: func.func @carried(
// CHECK: %[[H:.*]]:2 = tern.layers 2 (%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) stacked
// CHECK: tern.yield %{{[a-z0-9_]*}}, %{{[a-z0-9]*}} : tensor<3x1x8xf32>, tensor<3xi32>
// CHECK: tern.cache_write %{{.*}}, %[[H]]#0
// CHECK: tern.attention %[[H]]#0, {{.*}} causal position(
func.func @carried(%tokens: tensor<3x4x8xf32> {tern.dims = ["batch", "seq", "channels"], tern.role = "tokens"},
                   %source: tensor<3x6x8xf32> {tern.role = "source"}, %lengths: tensor<3xi32> {tern.role = "source_lengths"},
                   %ws: tensor<2x8x8xf32>) -> tensor<3x4x8xf32> attributes {tern.tokens = 1 : i64} {
  %x, %end, %n = tern.layers 2 (%h = %tokens, %m = %source, %l = %lengths) stacked (%w = %ws)
      : tensor<3x4x8xf32>, tensor<3x6x8xf32>, tensor<3xi32>, tensor<2x8x8xf32> {
    %m1 = tern.linear %m weight %w : tensor<3x6x8xf32>, tensor<8x8xf32>
    %a = tern.attention %h, %m1, %m1 heads 2 lengths(%l : tensor<3xi32>) : tensor<3x4x8xf32>, tensor<3x6x8xf32>, tensor<3x6x8xf32>
    tern.yield %a, %m1, %l : tensor<3x4x8xf32>, tensor<3x6x8xf32>, tensor<3xi32>
  }
  %y = tern.attention %x, %x, %x heads 2 causal : tensor<3x4x8xf32>, tensor<3x4x8xf32>, tensor<3x4x8xf32>
  return %y : tensor<3x4x8xf32>
}
