// Attention to some of the keys: cut off by lengths and positions, against slices of them.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 --mcpu=x86-64-v3

// Keys beyond the length of their batch row are as good as absent; a row without keys gives zeros, and takes none.
func.func @test_lengths() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [4, 29, 32] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [4, 167, 16] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [4, 167, 16] key %key_v : f32
  %key_g = arith.constant dense<6364136223846793005> : tensor<i64>
  %g = tern.normal [4, 29, 32] key %key_g : f32
  %n = arith.constant dense<[167, 101, 0, 1]> : tensor<4xi32>
  %o, %l = tern.attention %q, %k, %v heads 4 kv_heads 2 scale 0.5 lengths(%n : tensor<4xi32>) statistics : tensor<4x29x32xf32>, tensor<4x167x16xf32>, tensor<4x167x16xf32>
  %dq, %dk, %dv = tern.attention_grad %q, %k, %v, %o, %l, %g heads 4 kv_heads 2 scale 0.5 lengths(%n : tensor<4xi32>) : tensor<4x29x32xf32>, tensor<4x167x16xf32>, tensor<4x167x16xf32>, tensor<4x29x32xf32>, tensor<4x4x29xf32>, tensor<4x29x32xf32>
  %q0 = tern.slice %q offsets [0, 0, 0] sizes [1, 29, 32] : tensor<4x29x32xf32>
  %g0 = tern.slice %g offsets [0, 0, 0] sizes [1, 29, 32] : tensor<4x29x32xf32>
  %k0 = tern.slice %k offsets [0, 0, 0] sizes [1, 167, 16] : tensor<4x167x16xf32>
  %v0 = tern.slice %v offsets [0, 0, 0] sizes [1, 167, 16] : tensor<4x167x16xf32>
  %o0, %l0 = tern.attention %q0, %k0, %v0 heads 4 kv_heads 2 scale 0.5 statistics : tensor<1x29x32xf32>, tensor<1x167x16xf32>, tensor<1x167x16xf32>
  %dq0, %dks0, %dvs0 = tern.attention_grad %q0, %k0, %v0, %o0, %l0, %g0 heads 4 kv_heads 2 scale 0.5 : tensor<1x29x32xf32>, tensor<1x167x16xf32>, tensor<1x167x16xf32>, tensor<1x29x32xf32>, tensor<1x4x29xf32>, tensor<1x29x32xf32>
  %dk0 = tern.pad_slice %dks0 offsets [0, 0, 0] into [1, 167, 16] : tensor<1x167x16xf32>
  %dv0 = tern.pad_slice %dvs0 offsets [0, 0, 0] into [1, 167, 16] : tensor<1x167x16xf32>
  %q1 = tern.slice %q offsets [1, 0, 0] sizes [1, 29, 32] : tensor<4x29x32xf32>
  %g1 = tern.slice %g offsets [1, 0, 0] sizes [1, 29, 32] : tensor<4x29x32xf32>
  %k1 = tern.slice %k offsets [1, 0, 0] sizes [1, 101, 16] : tensor<4x167x16xf32>
  %v1 = tern.slice %v offsets [1, 0, 0] sizes [1, 101, 16] : tensor<4x167x16xf32>
  %o1, %l1 = tern.attention %q1, %k1, %v1 heads 4 kv_heads 2 scale 0.5 statistics : tensor<1x29x32xf32>, tensor<1x101x16xf32>, tensor<1x101x16xf32>
  %dq1, %dks1, %dvs1 = tern.attention_grad %q1, %k1, %v1, %o1, %l1, %g1 heads 4 kv_heads 2 scale 0.5 : tensor<1x29x32xf32>, tensor<1x101x16xf32>, tensor<1x101x16xf32>, tensor<1x29x32xf32>, tensor<1x4x29xf32>, tensor<1x29x32xf32>
  %dk1 = tern.pad_slice %dks1 offsets [0, 0, 0] into [1, 167, 16] : tensor<1x101x16xf32>
  %dv1 = tern.pad_slice %dvs1 offsets [0, 0, 0] into [1, 167, 16] : tensor<1x101x16xf32>
  %zq2 = arith.constant dense<0.0> : tensor<1x29x32xf32>
  %zk2 = arith.constant dense<0.0> : tensor<1x167x16xf32>
  %q3 = tern.slice %q offsets [3, 0, 0] sizes [1, 29, 32] : tensor<4x29x32xf32>
  %g3 = tern.slice %g offsets [3, 0, 0] sizes [1, 29, 32] : tensor<4x29x32xf32>
  %k3 = tern.slice %k offsets [3, 0, 0] sizes [1, 1, 16] : tensor<4x167x16xf32>
  %v3 = tern.slice %v offsets [3, 0, 0] sizes [1, 1, 16] : tensor<4x167x16xf32>
  %o3, %l3 = tern.attention %q3, %k3, %v3 heads 4 kv_heads 2 scale 0.5 statistics : tensor<1x29x32xf32>, tensor<1x1x16xf32>, tensor<1x1x16xf32>
  %dq3, %dks3, %dvs3 = tern.attention_grad %q3, %k3, %v3, %o3, %l3, %g3 heads 4 kv_heads 2 scale 0.5 : tensor<1x29x32xf32>, tensor<1x1x16xf32>, tensor<1x1x16xf32>, tensor<1x29x32xf32>, tensor<1x4x29xf32>, tensor<1x29x32xf32>
  %dk3 = tern.pad_slice %dks3 offsets [0, 0, 0] into [1, 167, 16] : tensor<1x1x16xf32>
  %dv3 = tern.pad_slice %dvs3 offsets [0, 0, 0] into [1, 167, 16] : tensor<1x1x16xf32>
  %expected_o = tern.concat %o0, %o1, %zq2, %o3 dim 0 : tensor<1x29x32xf32>, tensor<1x29x32xf32>, tensor<1x29x32xf32>, tensor<1x29x32xf32>
  check.almost_equal %o, %expected_o rtol 1.0e-4 atol 1.0e-5 : tensor<4x29x32xf32>
  %expected_dq = tern.concat %dq0, %dq1, %zq2, %dq3 dim 0 : tensor<1x29x32xf32>, tensor<1x29x32xf32>, tensor<1x29x32xf32>, tensor<1x29x32xf32>
  check.almost_equal %dq, %expected_dq rtol 1.0e-4 atol 1.0e-5 : tensor<4x29x32xf32>
  %expected_dk = tern.concat %dk0, %dk1, %zk2, %dk3 dim 0 : tensor<1x167x16xf32>, tensor<1x167x16xf32>, tensor<1x167x16xf32>, tensor<1x167x16xf32>
  check.almost_equal %dk, %expected_dk rtol 1.0e-4 atol 1.0e-5 : tensor<4x167x16xf32>
  %expected_dv = tern.concat %dv0, %dv1, %zk2, %dv3 dim 0 : tensor<1x167x16xf32>, tensor<1x167x16xf32>, tensor<1x167x16xf32>, tensor<1x167x16xf32>
  check.almost_equal %dv, %expected_dv rtol 1.0e-4 atol 1.0e-5 : tensor<4x167x16xf32>
  return
}

// Causal queries of a padded batch start at position 0; lengths beyond the keys change nothing.
func.func @test_lengths_causal() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [3, 67, 32] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [3, 67, 32] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [3, 67, 32] key %key_v : f32
  %key_g = arith.constant dense<6364136223846793005> : tensor<i64>
  %g = tern.normal [3, 67, 32] key %key_g : f32
  %n = arith.constant dense<[53, 900, 5]> : tensor<3xi32>
  %p = arith.constant dense<0> : tensor<i32>
  %o, %l = tern.attention %q, %k, %v heads 2 kv_heads 2 causal scale 0.5 lengths(%n : tensor<3xi32>) position(%p : tensor<i32>) statistics : tensor<3x67x32xf32>, tensor<3x67x32xf32>, tensor<3x67x32xf32>
  %dq, %dk, %dv = tern.attention_grad %q, %k, %v, %o, %l, %g heads 2 kv_heads 2 causal scale 0.5 lengths(%n : tensor<3xi32>) position(%p : tensor<i32>) : tensor<3x67x32xf32>, tensor<3x67x32xf32>, tensor<3x67x32xf32>, tensor<3x67x32xf32>, tensor<3x2x67xf32>, tensor<3x67x32xf32>
  %q0 = tern.slice %q offsets [0, 0, 0] sizes [1, 67, 32] : tensor<3x67x32xf32>
  %g0 = tern.slice %g offsets [0, 0, 0] sizes [1, 67, 32] : tensor<3x67x32xf32>
  %k0 = tern.slice %k offsets [0, 0, 0] sizes [1, 53, 32] : tensor<3x67x32xf32>
  %v0 = tern.slice %v offsets [0, 0, 0] sizes [1, 53, 32] : tensor<3x67x32xf32>
  %o0, %l0 = tern.attention %q0, %k0, %v0 heads 2 kv_heads 2 causal scale 0.5 position(%p : tensor<i32>) statistics : tensor<1x67x32xf32>, tensor<1x53x32xf32>, tensor<1x53x32xf32>
  %dq0, %dks0, %dvs0 = tern.attention_grad %q0, %k0, %v0, %o0, %l0, %g0 heads 2 kv_heads 2 causal scale 0.5 position(%p : tensor<i32>) : tensor<1x67x32xf32>, tensor<1x53x32xf32>, tensor<1x53x32xf32>, tensor<1x67x32xf32>, tensor<1x2x67xf32>, tensor<1x67x32xf32>
  %dk0 = tern.pad_slice %dks0 offsets [0, 0, 0] into [1, 67, 32] : tensor<1x53x32xf32>
  %dv0 = tern.pad_slice %dvs0 offsets [0, 0, 0] into [1, 67, 32] : tensor<1x53x32xf32>
  %q1 = tern.slice %q offsets [1, 0, 0] sizes [1, 67, 32] : tensor<3x67x32xf32>
  %g1 = tern.slice %g offsets [1, 0, 0] sizes [1, 67, 32] : tensor<3x67x32xf32>
  %k1 = tern.slice %k offsets [1, 0, 0] sizes [1, 67, 32] : tensor<3x67x32xf32>
  %v1 = tern.slice %v offsets [1, 0, 0] sizes [1, 67, 32] : tensor<3x67x32xf32>
  %o1, %l1 = tern.attention %q1, %k1, %v1 heads 2 kv_heads 2 causal scale 0.5 position(%p : tensor<i32>) statistics : tensor<1x67x32xf32>, tensor<1x67x32xf32>, tensor<1x67x32xf32>
  %dq1, %dks1, %dvs1 = tern.attention_grad %q1, %k1, %v1, %o1, %l1, %g1 heads 2 kv_heads 2 causal scale 0.5 position(%p : tensor<i32>) : tensor<1x67x32xf32>, tensor<1x67x32xf32>, tensor<1x67x32xf32>, tensor<1x67x32xf32>, tensor<1x2x67xf32>, tensor<1x67x32xf32>
  %dk1 = tern.pad_slice %dks1 offsets [0, 0, 0] into [1, 67, 32] : tensor<1x67x32xf32>
  %dv1 = tern.pad_slice %dvs1 offsets [0, 0, 0] into [1, 67, 32] : tensor<1x67x32xf32>
  %q2 = tern.slice %q offsets [2, 0, 0] sizes [1, 67, 32] : tensor<3x67x32xf32>
  %g2 = tern.slice %g offsets [2, 0, 0] sizes [1, 67, 32] : tensor<3x67x32xf32>
  %k2 = tern.slice %k offsets [2, 0, 0] sizes [1, 5, 32] : tensor<3x67x32xf32>
  %v2 = tern.slice %v offsets [2, 0, 0] sizes [1, 5, 32] : tensor<3x67x32xf32>
  %o2, %l2 = tern.attention %q2, %k2, %v2 heads 2 kv_heads 2 causal scale 0.5 position(%p : tensor<i32>) statistics : tensor<1x67x32xf32>, tensor<1x5x32xf32>, tensor<1x5x32xf32>
  %dq2, %dks2, %dvs2 = tern.attention_grad %q2, %k2, %v2, %o2, %l2, %g2 heads 2 kv_heads 2 causal scale 0.5 position(%p : tensor<i32>) : tensor<1x67x32xf32>, tensor<1x5x32xf32>, tensor<1x5x32xf32>, tensor<1x67x32xf32>, tensor<1x2x67xf32>, tensor<1x67x32xf32>
  %dk2 = tern.pad_slice %dks2 offsets [0, 0, 0] into [1, 67, 32] : tensor<1x5x32xf32>
  %dv2 = tern.pad_slice %dvs2 offsets [0, 0, 0] into [1, 67, 32] : tensor<1x5x32xf32>
  %expected_o = tern.concat %o0, %o1, %o2 dim 0 : tensor<1x67x32xf32>, tensor<1x67x32xf32>, tensor<1x67x32xf32>
  check.almost_equal %o, %expected_o rtol 1.0e-4 atol 1.0e-5 : tensor<3x67x32xf32>
  %expected_dq = tern.concat %dq0, %dq1, %dq2 dim 0 : tensor<1x67x32xf32>, tensor<1x67x32xf32>, tensor<1x67x32xf32>
  check.almost_equal %dq, %expected_dq rtol 1.0e-4 atol 1.0e-5 : tensor<3x67x32xf32>
  %expected_dk = tern.concat %dk0, %dk1, %dk2 dim 0 : tensor<1x67x32xf32>, tensor<1x67x32xf32>, tensor<1x67x32xf32>
  check.almost_equal %dk, %expected_dk rtol 1.0e-4 atol 1.0e-5 : tensor<3x67x32xf32>
  %expected_dv = tern.concat %dv0, %dv1, %dv2 dim 0 : tensor<1x67x32xf32>, tensor<1x67x32xf32>, tensor<1x67x32xf32>
  check.almost_equal %dv, %expected_dv rtol 1.0e-4 atol 1.0e-5 : tensor<3x67x32xf32>
  return
}

// Queries at a position see the part of the cache that is filled: the same bits of work as with as many keys.
func.func @test_cache_one_query() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [1, 1, 256] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [1, 300, 128] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [1, 300, 128] key %key_v : f32
  %p = arith.constant dense<199> : tensor<i32>
  %o = tern.attention %q, %k, %v heads 4 kv_heads 2 causal position(%p : tensor<i32>) : tensor<1x1x256xf32>, tensor<1x300x128xf32>, tensor<1x300x128xf32>
  %k0 = tern.slice %k offsets [0, 0, 0] sizes [1, 200, 128] : tensor<1x300x128xf32>
  %v0 = tern.slice %v offsets [0, 0, 0] sizes [1, 200, 128] : tensor<1x300x128xf32>
  %expected = tern.attention %q, %k0, %v0 heads 4 kv_heads 2 causal : tensor<1x1x256xf32>, tensor<1x200x128xf32>, tensor<1x200x128xf32>
  check.almost_equal %o, %expected rtol 1.0e-4 atol 1.0e-6 : tensor<1x1x256xf32>
  return
}

func.func @test_cache_eight_queries() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [1, 8, 64] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [1, 300, 16] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [1, 300, 16] key %key_v : f32
  %p = arith.constant dense<131> : tensor<i32>
  %o = tern.attention %q, %k, %v heads 4 kv_heads 1 causal position(%p : tensor<i32>) : tensor<1x8x64xf32>, tensor<1x300x16xf32>, tensor<1x300x16xf32>
  %k0 = tern.slice %k offsets [0, 0, 0] sizes [1, 139, 16] : tensor<1x300x16xf32>
  %v0 = tern.slice %v offsets [0, 0, 0] sizes [1, 139, 16] : tensor<1x300x16xf32>
  %expected = tern.attention %q, %k0, %v0 heads 4 kv_heads 1 causal : tensor<1x8x64xf32>, tensor<1x139x16xf32>, tensor<1x139x16xf32>
  check.almost_equal %o, %expected rtol 1.0e-4 atol 1.0e-6 : tensor<1x8x64xf32>
  return
}

func.func @test_cache_first_query() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [2, 1, 16] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [2, 40, 16] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [2, 40, 16] key %key_v : f32
  %p = arith.constant dense<0> : tensor<i32>
  %o = tern.attention %q, %k, %v heads 2 kv_heads 2 causal position(%p : tensor<i32>) : tensor<2x1x16xf32>, tensor<2x40x16xf32>, tensor<2x40x16xf32>
  %k0 = tern.slice %k offsets [0, 0, 0] sizes [2, 1, 16] : tensor<2x40x16xf32>
  %v0 = tern.slice %v offsets [0, 0, 0] sizes [2, 1, 16] : tensor<2x40x16xf32>
  %expected = tern.attention %q, %k0, %v0 heads 2 kv_heads 2 causal : tensor<2x1x16xf32>, tensor<2x1x16xf32>, tensor<2x1x16xf32>
  check.almost_equal %o, %expected rtol 1.0e-4 atol 1.0e-6 : tensor<2x1x16xf32>
  return
}

// Two sequences of one batch at positions of their own, one beyond the cache, which is then seen whole.
func.func @test_cache_positions() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [2, 3, 32] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [2, 190, 16] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [2, 190, 16] key %key_v : f32
  %p = arith.constant dense<[17, 500]> : tensor<2xi32>
  %o = tern.attention %q, %k, %v heads 2 kv_heads 1 causal position(%p : tensor<2xi32>) : tensor<2x3x32xf32>, tensor<2x190x16xf32>, tensor<2x190x16xf32>
  %q0 = tern.slice %q offsets [0, 0, 0] sizes [1, 3, 32] : tensor<2x3x32xf32>
  %k0 = tern.slice %k offsets [0, 0, 0] sizes [1, 20, 16] : tensor<2x190x16xf32>
  %v0 = tern.slice %v offsets [0, 0, 0] sizes [1, 20, 16] : tensor<2x190x16xf32>
  %o0 = tern.attention %q0, %k0, %v0 heads 2 kv_heads 1 causal : tensor<1x3x32xf32>, tensor<1x20x16xf32>, tensor<1x20x16xf32>
  %q1 = tern.slice %q offsets [1, 0, 0] sizes [1, 3, 32] : tensor<2x3x32xf32>
  %k1 = tern.slice %k offsets [1, 0, 0] sizes [1, 190, 16] : tensor<2x190x16xf32>
  %v1 = tern.slice %v offsets [1, 0, 0] sizes [1, 190, 16] : tensor<2x190x16xf32>
  %o1 = tern.attention %q1, %k1, %v1 heads 2 kv_heads 1 : tensor<1x3x32xf32>, tensor<1x190x16xf32>, tensor<1x190x16xf32>
  %expected = tern.concat %o0, %o1 dim 0 : tensor<1x3x32xf32>, tensor<1x3x32xf32>
  check.almost_equal %o, %expected rtol 1.0e-4 atol 1.0e-6 : tensor<2x3x32xf32>
  return
}

func.func @weighted_lengths(%q: tensor<3x7x8xf64>, %k: tensor<3x11x4xf64>, %v: tensor<3x11x4xf64>, %w: tensor<3x7x8xf64>) -> tensor<f64> {
  %n = arith.constant dense<[11, 0, 4]> : tensor<3xi32>
  %y = tern.attention %q, %k, %v heads 2 kv_heads 1 lengths(%n : tensor<3xi32>) : tensor<3x7x8xf64>, tensor<3x11x4xf64>, tensor<3x11x4xf64>
  %product = tern.mul %y, %w : tensor<3x7x8xf64>, tensor<3x7x8xf64>
  %loss = tern.sum %product : tensor<3x7x8xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_lengths

func.func @weighted_position(%q: tensor<2x5x8xf64>, %k: tensor<2x9x8xf64>, %v: tensor<2x9x8xf64>, %w: tensor<2x5x8xf64>) -> tensor<f64> {
  %p = arith.constant dense<[0, 3]> : tensor<2xi32>
  %y = tern.attention %q, %k, %v heads 2 kv_heads 2 causal position(%p : tensor<2xi32>) : tensor<2x5x8xf64>, tensor<2x9x8xf64>, tensor<2x9x8xf64>
  %product = tern.mul %y, %w : tensor<2x5x8xf64>, tensor<2x5x8xf64>
  %loss = tern.sum %product : tensor<2x5x8xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_position
