// RUN: tern-opt %s -tern-derive-decode="context=32 slots=2" | FileCheck %s
// RUN: tern-opt %s -tern-derive-decode="context=32 slots=2 cache=bf16" | FileCheck %s --check-prefix=NARROW

// CHECK: module attributes {tern.context = 32 : i64}

// One token of each sequence: every extent along the sequence is 1, caches are stacked per layer and grow beside the carried value.
// CHECK-LABEL: func.func @decode(
// CHECK-SAME: tensor<2x1xi32>
// CHECK-SAME: %[[P:[a-z0-9]*]]: tensor<2xi32> {tern.role = "position"}
// CHECK-SAME: %[[KEYS:[a-z0-9]*]]: tensor<3x2x32x4xf32> {tern.variable = "cache:h.{i}.key"}
// CHECK-SAME: %[[N:[a-z0-9]*]]: tensor<2xi32> {tern.role = "count"}
// CHECK-SAME: %[[VALUES:[a-z0-9]*]]: tensor<3x2x32x4xf32> {tern.variable = "cache:h.{i}.value"}
// CHECK-SAME: -> (tensor<2x1x10xf32> {tern.role = "logits"}, tensor<3x2x32x4xf32> {tern.updates = "cache:h.{i}.key"}, tensor<3x2x32x4xf32> {tern.updates = "cache:h.{i}.value"})
// CHECK-NOT: tern.tokens
// CHECK: tern.position_embedding %{{.*}}, %{{.*}} position(%[[P]] : tensor<2xi32>) : tensor<2x1x8xf32>, tensor<40x8xf32>
// CHECK: %[[L:.*]]:3 = tern.layers 3 "h" (%{{.*}} = %{{.*}}) stacked (%{{.*}} = %{{.*}}, %[[K0:.*]] = %[[KEYS]], %[[V0:.*]] = %[[VALUES]])
// CHECK: %[[Q:.*]] = tern.slice %{{.*}} offsets [0, 0, 0] sizes [2, 1, 8]
// CHECK: %[[K1:.*]] = tern.cache_write %[[K0]], %{{.*}} position %[[P]] count %[[N]] : tensor<2x32x4xf32>, tensor<2x1x4xf32>
// CHECK: %[[V1:.*]] = tern.cache_write %[[V0]]
// CHECK: tern.attention %[[Q]], %[[K1]], %[[V1]] heads 4 kv_heads 2 causal position(%[[P]] : tensor<2xi32>)
// CHECK: tern.yield %{{.*}}, %[[K1]], %[[V1]]
// CHECK: tern.reshape %{{.*}} to [2, 8] : tensor<2x1x8xf32>
// CHECK: return %{{.*}}, %[[L]]#1, %[[L]]#2

// NARROW-LABEL: func.func @decode(
// NARROW-SAME: tensor<3x2x32x4xbf16> {tern.variable = "cache:h.{i}.key"}
// NARROW: %[[H:.*]] = arith.truncf %{{.*}} : tensor<2x1x4xf32> to tensor<2x1x4xbf16>
// NARROW: tern.cache_write %{{.*}}, %[[H]]
// NARROW: tern.attention {{.*}} : tensor<2x1x8xf32>, tensor<2x32x4xbf16>, tensor<2x32x4xbf16>
func.func @decode(%tokens: tensor<2x4xi32> {tern.dims = ["batch", "seq"], tern.role = "tokens"}, %wte: tensor<10x8xf32>, %wpe: tensor<40x8xf32>,
                  %w: tensor<3x8x16xf32>) -> (tensor<2x4x10xf32> {tern.role = "logits"}) attributes {tern.entry = "decode", tern.tokens = 1 : i64} {
  %x = tern.embedding %tokens, %wte : tensor<2x4xi32>, tensor<10x8xf32>
  %x0 = tern.position_embedding %x, %wpe : tensor<2x4x8xf32>, tensor<40x8xf32>
  %y = tern.layers 3 "h" (%h = %x0) stacked (%wi = %w) : tensor<2x4x8xf32>, tensor<3x8x16xf32> {
    %qkv = tern.linear %h weight %wi : tensor<2x4x8xf32>, tensor<8x16xf32>
    %a = tern.attention %qkv heads 4 kv_heads 2 causal : tensor<2x4x16xf32>
    %h1 = tern.add %h, %a : tensor<2x4x8xf32>, tensor<2x4x8xf32>
    tern.yield %h1 : tensor<2x4x8xf32>
  }
  %rows = tern.reshape %y to [8, 8] : tensor<2x4x8xf32>
  %out = tern.linear %rows weight %wte out_in : tensor<8x8xf32>, tensor<10x8xf32>
  %logits = tern.reshape %out to [2, 4, 10] : tensor<8x10xf32>
  return %logits : tensor<2x4x10xf32>
}

// A chunk of one of the two sequences. Behind the layers only the last token that is there is computed.
// CHECK-LABEL: func.func @prefill(
// CHECK-SAME: tensor<1x4xi32>
// CHECK-SAME: %[[SLOT:[a-z0-9]*]]: tensor<i32> {tern.role = "slot"}
// CHECK-SAME: -> (tensor<1x1x10xf32> {tern.role = "logits"}
// CHECK: %[[L:.*]]:3 = tern.layers 3
// CHECK: %[[K1:.*]] = tern.cache_write %{{.*}}, %{{.*}} position %{{.*}} count %{{.*}} slot %[[SLOT]] : tensor<2x32x4xf32>, tensor<1x4x4xf32>, tensor<1xi32>
// CHECK: %[[KS:.*]] = tern.cache_read %[[K1]] slot %[[SLOT]]
// CHECK: tern.attention %{{.*}}, %[[KS]], %{{.*}} heads 4 kv_heads 2 causal position(%{{.*}} : tensor<1xi32>)
// CHECK: tern.yield %{{.*}}, %[[K1]], %{{.*}} : tensor<1x4x8xf32>
// CHECK: %[[LAST:.*]] = tern.last_row %[[L]]#0 count %{{.*}} : tensor<1x4x8xf32>, tensor<1xi32>
// CHECK: tern.rms_norm %[[LAST]] weight %{{.*}} : tensor<1x1x8xf32>
// CHECK: tern.linear %{{.*}} : tensor<1x1x8xf32>
func.func @prefill(%tokens: tensor<1x4xi32> {tern.dims = ["batch", "seq"], tern.role = "tokens"}, %wte: tensor<10x8xf32>, %n: tensor<8xf32>,
                   %w: tensor<3x8x16xf32>) -> (tensor<1x4x10xf32> {tern.role = "logits"}) attributes {tern.entry = "prefill", tern.tokens = 4 : i64} {
  %x = tern.embedding %tokens, %wte : tensor<1x4xi32>, tensor<10x8xf32>
  %y = tern.layers 3 "h" (%h = %x) stacked (%wi = %w) : tensor<1x4x8xf32>, tensor<3x8x16xf32> {
    %qkv = tern.linear %h weight %wi : tensor<1x4x8xf32>, tensor<8x16xf32>
    %a = tern.attention %qkv heads 4 kv_heads 2 causal : tensor<1x4x16xf32>
    tern.yield %a : tensor<1x4x8xf32>
  }
  %z = tern.rms_norm %y weight %n : tensor<1x4x8xf32>, tensor<8xf32>
  %logits = tern.linear %z weight %wte out_in : tensor<1x4x8xf32>, tensor<10x8xf32>
  return %logits : tensor<1x4x10xf32>
}

// Two attentions outside of layers have two pairs of caches; the sequence is followed through other arrangements of dimensions.
// CHECK-LABEL: func.func @arrangements(
// CHECK-SAME: "cache:key"
// CHECK-SAME: "cache:value"
// CHECK-SAME: "cache:key.1"
// CHECK-SAME: "cache:value.1"
// CHECK: tern.reshape %{{.*}} to [2, 1, 2, 4] : tensor<2x1x8xf32>
// CHECK: tern.transpose %{{.*}} [0, 2, 1, 3] : tensor<2x1x2x4xf32>
// CHECK: tern.softmax %{{.*}} : tensor<2x2x1x4xf32>
// CHECK: tern.split %{{.*}} dim 3 into 2 : tensor<2x2x1x4xf32>
// CHECK: tern.concat %{{.*}} dim 3 : tensor<2x2x1x2xf32>
// CHECK: tern.matmul %{{.*}} : tensor<2x1x8xf32>, tensor<8x8xf32>
// CHECK: tern.mean %{{.*}} dims [2] keep_dims : tensor<2x1x8xf32>
// CHECK: tern.broadcast %{{.*}} to [2, 1, 8] : tensor<2x1x1xf32>
func.func @arrangements(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"], tern.role = "tokens"}, %w: tensor<8x8xf32>)
    -> (tensor<2x4x8xf32> {tern.role = "logits"}) attributes {tern.tokens = 1 : i64} {
  %a = tern.attention %x, %x, %x heads 2 causal : tensor<2x4x8xf32>, tensor<2x4x8xf32>, tensor<2x4x8xf32>
  %b = tern.attention %a, %x, %a heads 2 causal : tensor<2x4x8xf32>, tensor<2x4x8xf32>, tensor<2x4x8xf32>
  %heads = tern.reshape %b to [0, 0, 2, 4] : tensor<2x4x8xf32>
  %front = tern.transpose %heads [0, 2, 1, 3] : tensor<2x4x2x4xf32>
  %s = tern.softmax %front : tensor<2x2x4x4xf32>
  %l, %r = tern.split %s dim 3 into 2 : tensor<2x2x4x4xf32>
  %c = tern.concat %r, %l dim 3 : tensor<2x2x4x2xf32>, tensor<2x2x4x2xf32>
  %back = tern.transpose %c [0, 2, 1, 3] : tensor<2x2x4x4xf32>
  %joined = tern.reshape %back to [0, 0, -1] : tensor<2x4x2x4xf32>
  %m = tern.matmul %joined, %w : tensor<2x4x8xf32>, tensor<8x8xf32>
  %mean = tern.mean %m dims [2] keep_dims : tensor<2x4x8xf32>
  %wide = tern.broadcast %mean to [2, 4, 8] : tensor<2x4x1xf32>
  %e = math.exp %wide : tensor<2x4x8xf32>
  return %e : tensor<2x4x8xf32>
}

// Keys that are the same at all positions, such as those of an encoder, need no cache.
// CHECK-LABEL: func.func @across(
// CHECK-NOT: cache
// CHECK: tern.attention %{{.*}} heads 2 : tensor<2x1x8xf32>, tensor<2x5x8xf32>, tensor<2x5x8xf32>
func.func @across(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"], tern.role = "tokens"}, %k: tensor<2x5x8xf32>)
    -> (tensor<2x4x8xf32> {tern.role = "logits"}) attributes {tern.tokens = 1 : i64} {
  %a = tern.attention %x, %k, %k heads 2 : tensor<2x4x8xf32>, tensor<2x5x8xf32>, tensor<2x5x8xf32>
  return %a : tensor<2x4x8xf32>
}

// Without `tern.tokens` nothing happens.
// CHECK-LABEL: func.func @forward(
// CHECK: tern.attention %{{.*}} heads 2 causal : tensor<2x4x24xf32>
func.func @forward(%x: tensor<2x4x24xf32> {tern.dims = ["batch", "seq", "channels"]}) -> tensor<2x4x8xf32> {
  %a = tern.attention %x heads 2 causal : tensor<2x4x24xf32>
  return %a : tensor<2x4x8xf32>
}

// A loop over time goes on with the state that the last call left, or starts with its own at position 0; where no token is, it stays.
// CHECK-LABEL: func.func @recurrent(
// CHECK-SAME: %[[H:[a-z0-9]*]]: tensor<2x1x8xf32> {tern.variable = "cache:state"}
// CHECK-SAME: %[[P:[a-z0-9]*]]: tensor<2xi32> {tern.role = "position"}
// CHECK-SAME: %[[N:[a-z0-9]*]]: tensor<2xi32> {tern.role = "count"}
// CHECK-SAME: tensor<2x1x8xf32> {tern.updates = "cache:state"}) attributes {tern.carries}
// CHECK: %[[ZERO:.*]] = tern.zero_state
// CHECK: %[[OLD:.*]] = tern.reshape %[[H]] to [2, 8] : tensor<2x1x8xf32>
// CHECK: %[[START:.*]] = tern.valid_rows %[[OLD]] step %{{.*}} lengths %[[P]] else %[[ZERO]]
// CHECK: %[[R:.*]]:2 = tern.scan (%{{.*}} = %[[START]]) over (%{{.*}} = %{{.*}}) lengths(%[[N]] : tensor<2xi32>) : tensor<2x8xf32>, tensor<2x1x8xf32>
// CHECK: %[[END:.*]] = tern.reshape %[[R]]#0 to [2, 1, 8]
// CHECK: %[[NEW:.*]] = tern.cache_write %[[H]], %[[END]]
// CHECK: return %[[R]]#1, %[[NEW]]
func.func @recurrent(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"], tern.role = "tokens"})
    -> (tensor<2x4x8xf32> {tern.role = "logits"}) attributes {tern.tokens = 1 : i64} {
  %zero = tern.zero_state %x size 8 : tensor<2x4x8xf32>
  %end, %all = tern.scan (%h = %zero) over (%xt = %x) : tensor<2x8xf32>, tensor<2x4x8xf32> {
    %s = tern.add %h, %xt : tensor<2x8xf32>, tensor<2x8xf32>
    %y = tern.tanh %s : tensor<2x8xf32>
    tern.yield %y, %y : tensor<2x8xf32>, tensor<2x8xf32>
  }
  return %all : tensor<2x4x8xf32>
}
