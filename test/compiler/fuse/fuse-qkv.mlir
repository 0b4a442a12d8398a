// RUN: tern-opt %s -split-input-file -tern-fuse-qkv --remarks=fuse-qkv -mlir-print-op-on-diagnostic=false \
// RUN:   -verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @forward(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x3x8xf32>,
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<16x8xf32> {tern.parameter = #tern.parameter<name = "q.weight|k.weight|v.weight", layers = 0, first_layer = 0, trainable = true,
// CHECK-SAME: parts = <name = "q.weight", rows = 8, init = <"normal", [2.000000e-02]>>, <name = "k.weight", rows = 4, init = <"ones", []>>, <name = "v.weight", rows = 4, init = <"normal", [2.000000e-02]>>>}
// CHECK-SAME: %[[B:[a-z0-9]+]]: tensor<16xf32> {tern.parameter = #tern.parameter<name = "q.bias|k.bias|v.bias",
// CHECK: %[[QKV:.*]] = tern.linear %[[X]] weight %[[W]] bias %[[B]] out_in
// CHECK: tern.attention %[[QKV]] heads 2 kv_heads 1 causal
func.func @forward(%x: tensor<2x3x8xf32>,
    %qw: tensor<8x8xf32> {tern.parameter = #tern.parameter<name = "q.weight", layers = 0, first_layer = 0, init = <"normal", [2.000000e-02]>, trainable = true>},
    %qb: tensor<8xf32> {tern.parameter = #tern.parameter<name = "q.bias", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>},
    %kw: tensor<4x8xf32> {tern.parameter = #tern.parameter<name = "k.weight", layers = 0, first_layer = 0, init = <"ones", []>, trainable = true>},
    %kb: tensor<4xf32> {tern.parameter = #tern.parameter<name = "k.bias", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>},
    %vw: tensor<4x8xf32> {tern.parameter = #tern.parameter<name = "v.weight", layers = 0, first_layer = 0, init = <"normal", [2.000000e-02]>, trainable = true>},
    %vb: tensor<4xf32> {tern.parameter = #tern.parameter<name = "v.bias", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>}) -> tensor<2x3x8xf32> {
  // expected-remark @+1 {{merged: 3 products of one input}}
  %q = tern.linear %x weight %qw bias %qb out_in : tensor<2x3x8xf32>, tensor<8x8xf32>, tensor<8xf32>
  %k = tern.linear %x weight %kw bias %kb out_in : tensor<2x3x8xf32>, tensor<4x8xf32>, tensor<4xf32>
  %v = tern.linear %x weight %vw bias %vb out_in : tensor<2x3x8xf32>, tensor<4x8xf32>, tensor<4xf32>
  %o = tern.attention %q, %k, %v heads 2 kv_heads 1 causal : tensor<2x3x8xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>
  return %o : tensor<2x3x8xf32>
}

// -----

// q and k turn where they lie.
// CHECK-LABEL: func.func @rope_in_between(
// CHECK: %[[QKV:.*]] = tern.linear {{.*}} tied
// CHECK: %[[TURNED:.*]] = tern.rope %[[QKV]] heads 2 kv_heads 1 half_split theta 5.000000e+05 : tensor<2x3x16xf32>
// CHECK: tern.attention %[[TURNED]] heads 2 kv_heads 1 causal
func.func @rope_in_between(%x: tensor<2x3x8xf32>,
    %qw: tensor<8x8xf32> {tern.parameter = #tern.parameter<name = "q.weight", layers = 0, first_layer = 0, init = <"ones", []>, trainable = true>},
    %kw: tensor<4x8xf32> {tern.parameter = #tern.parameter<name = "k.weight", layers = 0, first_layer = 0, init = <"ones", []>, trainable = true>},
    %vw: tensor<4x8xf32> {tern.parameter = #tern.parameter<name = "v.weight", layers = 0, first_layer = 0, init = <"ones", []>, trainable = true>}) -> tensor<2x3x8xf32> {
  // expected-remark @+1 {{merged: 3 products of one input}}
  %q = tern.linear %x tied %qw : tensor<2x3x8xf32>, tensor<8x8xf32>
  %k = tern.linear %x tied %kw : tensor<2x3x8xf32>, tensor<4x8xf32>
  %v = tern.linear %x tied %vw : tensor<2x3x8xf32>, tensor<4x8xf32>
  %q1 = tern.rope %q heads 2 half_split theta 5.0e5 : tensor<2x3x8xf32>
  %k1 = tern.rope %k heads 1 half_split theta 5.0e5 : tensor<2x3x4xf32>
  %o = tern.attention %q1, %k1, %v heads 2 kv_heads 1 causal : tensor<2x3x8xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>
  return %o : tensor<2x3x8xf32>
}

// -----

// Two ropes that turn in different ways stay two.
// CHECK-LABEL: func.func @ropes_differ(
// CHECK: tern.split
// CHECK-COUNT-2: tern.rope
// CHECK: tern.attention %{{.*}}, %{{.*}}, %{{.*}} heads 2 kv_heads 1 causal
func.func @ropes_differ(%qkv: tensor<2x3x16xf32>) -> tensor<2x3x8xf32> {
  %q, %k, %v = tern.split %qkv dim 2 sizes [8, 4, 4] : tensor<2x3x16xf32>
  %q1 = tern.rope %q heads 2 half_split : tensor<2x3x8xf32>
  %k1 = tern.rope %k heads 1 interleaved : tensor<2x3x4xf32>
  %o = tern.attention %q1, %k1, %v heads 2 kv_heads 1 causal : tensor<2x3x8xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>
  return %o : tensor<2x3x8xf32>
}

// -----

#gate = #tern.parameter<name = "h.{i}.gate.weight", layers = 2, first_layer = 0, init = <"zeros", []>, trainable = true>
#up = #tern.parameter<name = "h.{i}.up.weight", layers = 2, first_layer = 0, init = <"zeros", []>, trainable = true>

// CHECK-LABEL: func.func @stacked_in_layers(
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<2x16x8xf32> {tern.parameter = #tern.parameter<name = "h.{i}.gate.weight|h.{i}.up.weight", layers = 2,
// CHECK: tern.layers 2 "h" (%[[H:.*]] = %{{.*}}) stacked (%[[SLICE:.*]] = %[[W]])
// CHECK: %[[BOTH:.*]] = tern.linear %[[H]] tied %[[SLICE]] : tensor<3x8xf32>, tensor<16x8xf32>
// CHECK: %[[PARTS:.*]]:2 = tern.split %[[BOTH]] dim 1 sizes [8, 8]
// CHECK: tern.mul %[[PARTS]]#0, %[[PARTS]]#1
func.func @stacked_in_layers(%x: tensor<3x8xf32>, %gate: tensor<2x8x8xf32> {tern.parameter = #gate},
                             %up: tensor<2x8x8xf32> {tern.parameter = #up}) -> tensor<3x8xf32> {
  %y = tern.layers 2 "h" (%h = %x) stacked (%g = %gate, %u = %up) : tensor<3x8xf32>, tensor<2x8x8xf32>, tensor<2x8x8xf32> {
    // expected-remark @+1 {{[passed] fuse-qkv: merged: 2 products of one input}}
    %a = tern.linear %h weight %g out_in : tensor<3x8xf32>, tensor<8x8xf32>
    %b = tern.linear %h weight %u out_in : tensor<3x8xf32>, tensor<8x8xf32>
    %c = tern.mul %a, %b : tensor<3x8xf32>, tensor<3x8xf32>
    tern.yield %c : tensor<3x8xf32>
  }
  return %y : tensor<3x8xf32>
}

// -----

#a = #tern.parameter<name = "a", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>
#b = #tern.parameter<name = "b", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>
#c = #tern.parameter<name = "c", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>
#frozen = #tern.parameter<name = "c", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = false>

// CHECK-LABEL: func.func @no_fuse_different_inputs(
// CHECK-COUNT-2: tern.linear
func.func @no_fuse_different_inputs(%x: tensor<3x8xf32>, %y: tensor<3x8xf32>, %a: tensor<4x8xf32> {tern.parameter = #a},
                                    %b: tensor<4x8xf32> {tern.parameter = #b}) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %p = tern.linear %x tied %a : tensor<3x8xf32>, tensor<4x8xf32>
  %q = tern.linear %y tied %b : tensor<3x8xf32>, tensor<4x8xf32>
  return %p, %q : tensor<3x4xf32>, tensor<3x4xf32>
}

// -----

#a = #tern.parameter<name = "a", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>
#b = #tern.parameter<name = "b", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>

// CHECK-LABEL: func.func @no_fuse_in_out(
// CHECK-COUNT-2: tern.linear
func.func @no_fuse_in_out(%x: tensor<3x8xf32>, %a: tensor<8x4xf32> {tern.parameter = #a},
                          %b: tensor<8x4xf32> {tern.parameter = #b}) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  // expected-remark @+1 {{[missed] fuse-qkv: not merged: the weight is stored in_out, where the outputs are no rows and parts no pieces}}
  %p = tern.linear %x weight %a : tensor<3x8xf32>, tensor<8x4xf32>
  // expected-remark @+1 {{the weight is stored in_out}}
  %q = tern.linear %x weight %b : tensor<3x8xf32>, tensor<8x4xf32>
  return %p, %q : tensor<3x4xf32>, tensor<3x4xf32>
}

// -----

#a = #tern.parameter<name = "a", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>
#b = #tern.parameter<name = "b", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>
#bias = #tern.parameter<name = "bias", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>

// CHECK-LABEL: func.func @no_fuse_one_bias(
// CHECK-COUNT-2: tern.linear
func.func @no_fuse_one_bias(%x: tensor<3x8xf32>, %a: tensor<4x8xf32> {tern.parameter = #a},
                            %b: tensor<4x8xf32> {tern.parameter = #b},
                            %bias: tensor<4xf32> {tern.parameter = #bias}) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %p = tern.linear %x tied %a : tensor<3x8xf32>, tensor<4x8xf32>
  // expected-remark @+1 {{only one of two products has a bias}}
  %q = tern.linear %x weight %b bias %bias out_in : tensor<3x8xf32>, tensor<4x8xf32>, tensor<4xf32>
  return %p, %q : tensor<3x4xf32>, tensor<3x4xf32>
}

// -----

#a = #tern.parameter<name = "a", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>
#frozen = #tern.parameter<name = "b", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = false>

// CHECK-LABEL: func.func @no_fuse_one_frozen(
// CHECK-COUNT-2: tern.linear
func.func @no_fuse_one_frozen(%x: tensor<3x8xf32>, %a: tensor<4x8xf32> {tern.parameter = #a},
                              %b: tensor<4x8xf32> {tern.parameter = #frozen}) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %p = tern.linear %x tied %a : tensor<3x8xf32>, tensor<4x8xf32>
  // expected-remark @+1 {{only one of two weights or biases is trained}}
  %q = tern.linear %x tied %b : tensor<3x8xf32>, tensor<4x8xf32>
  return %p, %q : tensor<3x4xf32>, tensor<3x4xf32>
}

// -----

#a = #tern.parameter<name = "a", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>
#b = #tern.parameter<name = "b", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>

// CHECK-LABEL: func.func @no_fuse_shared_weight(
// CHECK-COUNT-2: tern.linear
func.func @no_fuse_shared_weight(%x: tensor<3x8xf32>, %t: tensor<3xi32>, %a: tensor<4x8xf32> {tern.parameter = #a},
                                 %b: tensor<4x8xf32> {tern.parameter = #b}) -> (tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x8xf32>) {
  %p = tern.linear %x tied %a : tensor<3x8xf32>, tensor<4x8xf32>
  // expected-remark @+1 {{the weight or the bias is not a parameter of this op alone}}
  %q = tern.linear %x tied %b : tensor<3x8xf32>, tensor<4x8xf32>
  %e = tern.embedding %t, %b : tensor<3xi32>, tensor<4x8xf32>
  return %p, %q, %e : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x8xf32>
}

// -----

#a = #tern.parameter<name = "h.{i}.a", layers = 2, first_layer = 0, init = <"zeros", []>, trainable = true>
#b = #tern.parameter<name = "b", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>

// CHECK-LABEL: func.func @no_fuse_one_per_layer(
// CHECK-COUNT-2: tern.linear
func.func @no_fuse_one_per_layer(%x: tensor<3x8xf32>, %a: tensor<2x8x8xf32> {tern.parameter = #a},
                                 %b: tensor<8x8xf32> {tern.parameter = #b}) -> tensor<3x8xf32> {
  %y = tern.layers 2 "h" (%h = %x) stacked (%w = %a) : tensor<3x8xf32>, tensor<2x8x8xf32> {
    %p = tern.linear %h tied %w : tensor<3x8xf32>, tensor<8x8xf32>
    // expected-remark @+1 {{only one of two weights or biases has a copy per layer}}
    %q = tern.linear %h tied %b : tensor<3x8xf32>, tensor<8x8xf32>
    %s = tern.add %p, %q : tensor<3x8xf32>, tensor<3x8xf32>
    tern.yield %s : tensor<3x8xf32>
  }
  return %y : tensor<3x8xf32>
}

// -----

#a = #tern.parameter<name = "a", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>
#b = #tern.parameter<name = "b", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>

// Both programs keep their variables in the same memory, so both do the same.
// CHECK-LABEL: func.func @no_fuse_in_one_entry_only(
// CHECK-COUNT-2: tern.linear
func.func @no_fuse_in_one_entry_only(%x: tensor<3x8xf32>, %a: tensor<4x8xf32> {tern.parameter = #a},
                                     %b: tensor<4x8xf32> {tern.parameter = #b}) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  // expected-remark @+1 {{another entry uses these parameters in another way}}
  %p = tern.linear %x tied %a : tensor<3x8xf32>, tensor<4x8xf32>
  %q = tern.linear %x tied %b : tensor<3x8xf32>, tensor<4x8xf32>
  return %p, %q : tensor<3x4xf32>, tensor<3x4xf32>
}
func.func @the_other_entry(%x: tensor<3x8xf32>, %b: tensor<4x8xf32> {tern.parameter = #b}) -> tensor<3x4xf32> {
  %q = tern.linear %x tied %b : tensor<3x8xf32>, tensor<4x8xf32>
  return %q : tensor<3x4xf32>
}
