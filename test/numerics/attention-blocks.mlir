// Attention over several blocks of keys and tiles of queries, on sizes that divide nothing: against its formula from
// primitives, and head by head. Gradients in f32 against those in f64, which finite differences check.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 --mcpu=x86-64-v3

// One head of 64 channels. The probabilities are checked too, so that nothing turns this spelling back into one op.
func.func @test_primes() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [1, 67, 64] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [1, 211, 64] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [1, 211, 64] key %key_v : f32
  %scale = arith.constant dense<0.25> : tensor<f32>
  %o, %lse = tern.attention %q, %k, %v heads 1 scale 0.25 statistics : tensor<1x67x64xf32>, tensor<1x211x64xf32>, tensor<1x211x64xf32>
  %raw = tern.matmul %q, %k transpose_b : tensor<1x67x64xf32>, tensor<1x211x64xf32>
  %scaled = tern.mul %raw, %scale : tensor<1x67x211xf32>, tensor<f32>
  %p = tern.softmax %scaled : tensor<1x67x211xf32>
  %expected = tern.matmul %p, %v : tensor<1x67x211xf32>, tensor<1x211x64xf32>
  %total = tern.sum %p dims [2] : tensor<1x67x211xf32>
  %ones = arith.constant dense<1.0> : tensor<1x67xf32>
  check.almost_equal %total, %ones rtol 1.0e-5 : tensor<1x67xf32>
  check.almost_equal %o, %expected rtol 2.0e-4 atol 2.0e-6 : tensor<1x67x64xf32>
  %rows = tern.reshape %lse to [1, 67, 1] : tensor<1x1x67xf32>
  %shifted = tern.sub %scaled, %rows : tensor<1x67x211xf32>, tensor<1x67x1xf32>
  %again = tern.exp %shifted : tensor<1x67x211xf32>
  check.almost_equal %again, %p rtol 1.0e-4 atol 1.0e-7 : tensor<1x67x211xf32>
  return
}

// One head of 80 channels. The probabilities are checked too, so that nothing turns this spelling back into one op.
func.func @test_primes_causal() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [1, 67, 80] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [1, 211, 80] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [1, 211, 80] key %key_v : f32
  %scale = arith.constant dense<0.25> : tensor<f32>
  %o, %lse = tern.attention %q, %k, %v heads 1 causal scale 0.25 statistics : tensor<1x67x80xf32>, tensor<1x211x80xf32>, tensor<1x211x80xf32>
  %raw = tern.matmul %q, %k transpose_b : tensor<1x67x80xf32>, tensor<1x211x80xf32>
  %scaled = tern.mul %raw, %scale : tensor<1x67x211xf32>, tensor<f32>
  %masked = tern.causal_mask %scaled : tensor<1x67x211xf32>
  %p = tern.softmax %masked : tensor<1x67x211xf32>
  %expected = tern.matmul %p, %v : tensor<1x67x211xf32>, tensor<1x211x80xf32>
  %total = tern.sum %p dims [2] : tensor<1x67x211xf32>
  %ones = arith.constant dense<1.0> : tensor<1x67xf32>
  check.almost_equal %total, %ones rtol 1.0e-5 : tensor<1x67xf32>
  check.almost_equal %o, %expected rtol 2.0e-4 atol 2.0e-6 : tensor<1x67x80xf32>
  %rows = tern.reshape %lse to [1, 67, 1] : tensor<1x1x67xf32>
  %shifted = tern.sub %masked, %rows : tensor<1x67x211xf32>, tensor<1x67x1xf32>
  %again = tern.exp %shifted : tensor<1x67x211xf32>
  check.almost_equal %again, %p rtol 1.0e-4 atol 1.0e-7 : tensor<1x67x211xf32>
  return
}

// One head of 8 channels. The probabilities are checked too, so that nothing turns this spelling back into one op.
func.func @test_few_channels_causal() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [1, 131, 8] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [1, 131, 8] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [1, 131, 8] key %key_v : f32
  %scale = arith.constant dense<0.25> : tensor<f32>
  %o, %lse = tern.attention %q, %k, %v heads 1 causal scale 0.25 statistics : tensor<1x131x8xf32>, tensor<1x131x8xf32>, tensor<1x131x8xf32>
  %raw = tern.matmul %q, %k transpose_b : tensor<1x131x8xf32>, tensor<1x131x8xf32>
  %scaled = tern.mul %raw, %scale : tensor<1x131x131xf32>, tensor<f32>
  %masked = tern.causal_mask %scaled : tensor<1x131x131xf32>
  %p = tern.softmax %masked : tensor<1x131x131xf32>
  %expected = tern.matmul %p, %v : tensor<1x131x131xf32>, tensor<1x131x8xf32>
  %total = tern.sum %p dims [2] : tensor<1x131x131xf32>
  %ones = arith.constant dense<1.0> : tensor<1x131xf32>
  check.almost_equal %total, %ones rtol 1.0e-5 : tensor<1x131xf32>
  check.almost_equal %o, %expected rtol 2.0e-4 atol 2.0e-6 : tensor<1x131x8xf32>
  %rows = tern.reshape %lse to [1, 131, 1] : tensor<1x1x131xf32>
  %shifted = tern.sub %masked, %rows : tensor<1x131x131xf32>, tensor<1x131x1xf32>
  %again = tern.exp %shifted : tensor<1x131x131xf32>
  check.almost_equal %again, %p rtol 1.0e-4 atol 1.0e-7 : tensor<1x131x131xf32>
  return
}

// Six query heads on two key-value heads are six attentions of one head.
func.func @test_groups() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [2, 41, 96] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [2, 173, 32] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [2, 173, 32] key %key_v : f32
  %o = tern.attention %q, %k, %v heads 6 kv_heads 2 causal : tensor<2x41x96xf32>, tensor<2x173x32xf32>, tensor<2x173x32xf32>
  %q0 = tern.slice %q offsets [0, 0, 0] sizes [2, 41, 16] : tensor<2x41x96xf32>
  %k0 = tern.slice %k offsets [0, 0, 0] sizes [2, 173, 16] : tensor<2x173x32xf32>
  %v0 = tern.slice %v offsets [0, 0, 0] sizes [2, 173, 16] : tensor<2x173x32xf32>
  %o0 = tern.attention %q0, %k0, %v0 heads 1 causal : tensor<2x41x16xf32>, tensor<2x173x16xf32>, tensor<2x173x16xf32>
  %q1 = tern.slice %q offsets [0, 0, 16] sizes [2, 41, 16] : tensor<2x41x96xf32>
  %k1 = tern.slice %k offsets [0, 0, 0] sizes [2, 173, 16] : tensor<2x173x32xf32>
  %v1 = tern.slice %v offsets [0, 0, 0] sizes [2, 173, 16] : tensor<2x173x32xf32>
  %o1 = tern.attention %q1, %k1, %v1 heads 1 causal : tensor<2x41x16xf32>, tensor<2x173x16xf32>, tensor<2x173x16xf32>
  %q2 = tern.slice %q offsets [0, 0, 32] sizes [2, 41, 16] : tensor<2x41x96xf32>
  %k2 = tern.slice %k offsets [0, 0, 0] sizes [2, 173, 16] : tensor<2x173x32xf32>
  %v2 = tern.slice %v offsets [0, 0, 0] sizes [2, 173, 16] : tensor<2x173x32xf32>
  %o2 = tern.attention %q2, %k2, %v2 heads 1 causal : tensor<2x41x16xf32>, tensor<2x173x16xf32>, tensor<2x173x16xf32>
  %q3 = tern.slice %q offsets [0, 0, 48] sizes [2, 41, 16] : tensor<2x41x96xf32>
  %k3 = tern.slice %k offsets [0, 0, 16] sizes [2, 173, 16] : tensor<2x173x32xf32>
  %v3 = tern.slice %v offsets [0, 0, 16] sizes [2, 173, 16] : tensor<2x173x32xf32>
  %o3 = tern.attention %q3, %k3, %v3 heads 1 causal : tensor<2x41x16xf32>, tensor<2x173x16xf32>, tensor<2x173x16xf32>
  %q4 = tern.slice %q offsets [0, 0, 64] sizes [2, 41, 16] : tensor<2x41x96xf32>
  %k4 = tern.slice %k offsets [0, 0, 16] sizes [2, 173, 16] : tensor<2x173x32xf32>
  %v4 = tern.slice %v offsets [0, 0, 16] sizes [2, 173, 16] : tensor<2x173x32xf32>
  %o4 = tern.attention %q4, %k4, %v4 heads 1 causal : tensor<2x41x16xf32>, tensor<2x173x16xf32>, tensor<2x173x16xf32>
  %q5 = tern.slice %q offsets [0, 0, 80] sizes [2, 41, 16] : tensor<2x41x96xf32>
  %k5 = tern.slice %k offsets [0, 0, 16] sizes [2, 173, 16] : tensor<2x173x32xf32>
  %v5 = tern.slice %v offsets [0, 0, 16] sizes [2, 173, 16] : tensor<2x173x32xf32>
  %o5 = tern.attention %q5, %k5, %v5 heads 1 causal : tensor<2x41x16xf32>, tensor<2x173x16xf32>, tensor<2x173x16xf32>
  %expected = tern.concat %o0, %o1, %o2, %o3, %o4, %o5 dim 2 : tensor<2x41x16xf32>, tensor<2x41x16xf32>, tensor<2x41x16xf32>, tensor<2x41x16xf32>, tensor<2x41x16xf32>, tensor<2x41x16xf32>
  check.almost_equal %o, %expected rtol 1.0e-5 atol 1.0e-6 : tensor<2x41x96xf32>
  return
}

// Several blocks of keys and of queries, which share heads in parts.
func.func @test_gradient_in_parts() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [1, 149, 128] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [1, 283, 64] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [1, 283, 64] key %key_v : f32
  %key_g = arith.constant dense<6364136223846793005> : tensor<i64>
  %g = tern.normal [1, 149, 128] key %key_g : f32
  %o, %l = tern.attention %q, %k, %v heads 2 kv_heads 1 causal scale 0.125 statistics : tensor<1x149x128xf32>, tensor<1x283x64xf32>, tensor<1x283x64xf32>
  %dq, %dk, %dv = tern.attention_grad %q, %k, %v, %o, %l, %g heads 2 kv_heads 1 causal scale 0.125 : tensor<1x149x128xf32>, tensor<1x283x64xf32>, tensor<1x283x64xf32>, tensor<1x149x128xf32>, tensor<1x2x149xf32>, tensor<1x149x128xf32>
  %q_wide = arith.extf %q : tensor<1x149x128xf32> to tensor<1x149x128xf64>
  %k_wide = arith.extf %k : tensor<1x283x64xf32> to tensor<1x283x64xf64>
  %v_wide = arith.extf %v : tensor<1x283x64xf32> to tensor<1x283x64xf64>
  %g_wide = arith.extf %g : tensor<1x149x128xf32> to tensor<1x149x128xf64>
  %o_wide, %l_wide = tern.attention %q_wide, %k_wide, %v_wide heads 2 kv_heads 1 causal scale 0.125 statistics : tensor<1x149x128xf64>, tensor<1x283x64xf64>, tensor<1x283x64xf64>
  %dq_wide, %dk_wide, %dv_wide = tern.attention_grad %q_wide, %k_wide, %v_wide, %o_wide, %l_wide, %g_wide heads 2 kv_heads 1 causal scale 0.125 : tensor<1x149x128xf64>, tensor<1x283x64xf64>, tensor<1x283x64xf64>, tensor<1x149x128xf64>, tensor<1x2x149xf64>, tensor<1x149x128xf64>
  %o_near = arith.truncf %o_wide : tensor<1x149x128xf64> to tensor<1x149x128xf32>
  check.almost_equal %o, %o_near rtol 1.0e-4 atol 2.0e-5 : tensor<1x149x128xf32>
  %dq_near = arith.truncf %dq_wide : tensor<1x149x128xf64> to tensor<1x149x128xf32>
  check.almost_equal %dq, %dq_near rtol 1.0e-4 atol 2.0e-5 : tensor<1x149x128xf32>
  %dk_near = arith.truncf %dk_wide : tensor<1x283x64xf64> to tensor<1x283x64xf32>
  check.almost_equal %dk, %dk_near rtol 1.0e-4 atol 2.0e-5 : tensor<1x283x64xf32>
  %dv_near = arith.truncf %dv_wide : tensor<1x283x64xf64> to tensor<1x283x64xf32>
  check.almost_equal %dv, %dv_near rtol 1.0e-4 atol 2.0e-5 : tensor<1x283x64xf32>
  return
}

func.func @test_gradient_many_channels() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [1, 31, 160] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [1, 137, 160] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [1, 137, 160] key %key_v : f32
  %key_g = arith.constant dense<6364136223846793005> : tensor<i64>
  %g = tern.normal [1, 31, 160] key %key_g : f32
  %o, %l = tern.attention %q, %k, %v heads 2 kv_heads 2 scale 0.125 statistics : tensor<1x31x160xf32>, tensor<1x137x160xf32>, tensor<1x137x160xf32>
  %dq, %dk, %dv = tern.attention_grad %q, %k, %v, %o, %l, %g heads 2 kv_heads 2 scale 0.125 : tensor<1x31x160xf32>, tensor<1x137x160xf32>, tensor<1x137x160xf32>, tensor<1x31x160xf32>, tensor<1x2x31xf32>, tensor<1x31x160xf32>
  %q_wide = arith.extf %q : tensor<1x31x160xf32> to tensor<1x31x160xf64>
  %k_wide = arith.extf %k : tensor<1x137x160xf32> to tensor<1x137x160xf64>
  %v_wide = arith.extf %v : tensor<1x137x160xf32> to tensor<1x137x160xf64>
  %g_wide = arith.extf %g : tensor<1x31x160xf32> to tensor<1x31x160xf64>
  %o_wide, %l_wide = tern.attention %q_wide, %k_wide, %v_wide heads 2 kv_heads 2 scale 0.125 statistics : tensor<1x31x160xf64>, tensor<1x137x160xf64>, tensor<1x137x160xf64>
  %dq_wide, %dk_wide, %dv_wide = tern.attention_grad %q_wide, %k_wide, %v_wide, %o_wide, %l_wide, %g_wide heads 2 kv_heads 2 scale 0.125 : tensor<1x31x160xf64>, tensor<1x137x160xf64>, tensor<1x137x160xf64>, tensor<1x31x160xf64>, tensor<1x2x31xf64>, tensor<1x31x160xf64>
  %o_near = arith.truncf %o_wide : tensor<1x31x160xf64> to tensor<1x31x160xf32>
  check.almost_equal %o, %o_near rtol 1.0e-4 atol 2.0e-5 : tensor<1x31x160xf32>
  %dq_near = arith.truncf %dq_wide : tensor<1x31x160xf64> to tensor<1x31x160xf32>
  check.almost_equal %dq, %dq_near rtol 1.0e-4 atol 2.0e-5 : tensor<1x31x160xf32>
  %dk_near = arith.truncf %dk_wide : tensor<1x137x160xf64> to tensor<1x137x160xf32>
  check.almost_equal %dk, %dk_near rtol 1.0e-4 atol 2.0e-5 : tensor<1x137x160xf32>
  %dv_near = arith.truncf %dv_wide : tensor<1x137x160xf64> to tensor<1x137x160xf32>
  check.almost_equal %dv, %dv_near rtol 1.0e-4 atol 2.0e-5 : tensor<1x137x160xf32>
  return
}

// The mask of dropped probabilities does not depend on blocks or vectors.
func.func @test_gradient_dropout() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [1, 43, 16] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [1, 157, 16] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [1, 157, 16] key %key_v : f32
  %key_g = arith.constant dense<6364136223846793005> : tensor<i64>
  %g = tern.normal [1, 43, 16] key %key_g : f32
  %key = arith.constant dense<4768777513237032717> : tensor<i64>
  %o, %l = tern.attention %q, %k, %v heads 2 kv_heads 2 causal scale 0.5 dropout 0.3 key %key statistics : tensor<1x43x16xf32>, tensor<1x157x16xf32>, tensor<1x157x16xf32>
  %dq, %dk, %dv = tern.attention_grad %q, %k, %v, %o, %l, %g heads 2 kv_heads 2 causal scale 0.5 dropout 0.3 key %key : tensor<1x43x16xf32>, tensor<1x157x16xf32>, tensor<1x157x16xf32>, tensor<1x43x16xf32>, tensor<1x2x43xf32>, tensor<1x43x16xf32>
  %q_wide = arith.extf %q : tensor<1x43x16xf32> to tensor<1x43x16xf64>
  %k_wide = arith.extf %k : tensor<1x157x16xf32> to tensor<1x157x16xf64>
  %v_wide = arith.extf %v : tensor<1x157x16xf32> to tensor<1x157x16xf64>
  %g_wide = arith.extf %g : tensor<1x43x16xf32> to tensor<1x43x16xf64>
  %o_wide, %l_wide = tern.attention %q_wide, %k_wide, %v_wide heads 2 kv_heads 2 causal scale 0.5 dropout 0.3 key %key statistics : tensor<1x43x16xf64>, tensor<1x157x16xf64>, tensor<1x157x16xf64>
  %dq_wide, %dk_wide, %dv_wide = tern.attention_grad %q_wide, %k_wide, %v_wide, %o_wide, %l_wide, %g_wide heads 2 kv_heads 2 causal scale 0.5 dropout 0.3 key %key : tensor<1x43x16xf64>, tensor<1x157x16xf64>, tensor<1x157x16xf64>, tensor<1x43x16xf64>, tensor<1x2x43xf64>, tensor<1x43x16xf64>
  %o_near = arith.truncf %o_wide : tensor<1x43x16xf64> to tensor<1x43x16xf32>
  check.almost_equal %o, %o_near rtol 1.0e-4 atol 2.0e-5 : tensor<1x43x16xf32>
  %dq_near = arith.truncf %dq_wide : tensor<1x43x16xf64> to tensor<1x43x16xf32>
  check.almost_equal %dq, %dq_near rtol 1.0e-4 atol 2.0e-5 : tensor<1x43x16xf32>
  %dk_near = arith.truncf %dk_wide : tensor<1x157x16xf64> to tensor<1x157x16xf32>
  check.almost_equal %dk, %dk_near rtol 1.0e-4 atol 2.0e-5 : tensor<1x157x16xf32>
  %dv_near = arith.truncf %dv_wide : tensor<1x157x16xf64> to tensor<1x157x16xf32>
  check.almost_equal %dv, %dv_near rtol 1.0e-4 atol 2.0e-5 : tensor<1x157x16xf32>
  return
}

func.func @weighted_blocks(%q: tensor<1x37x16xf64>, %k: tensor<1x149x8xf64>, %v: tensor<1x149x8xf64>, %w: tensor<1x37x16xf64>) -> tensor<f64> {
  %y = tern.attention %q, %k, %v heads 2 kv_heads 1 causal : tensor<1x37x16xf64>, tensor<1x149x8xf64>, tensor<1x149x8xf64>
  %product = tern.mul %y, %w : tensor<1x37x16xf64>, tensor<1x37x16xf64>
  %loss = tern.sum %product : tensor<1x37x16xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_blocks

// Tasks, parts and their order follow from shapes alone.
func.func @attended(%q: tensor<1x211x48xf32>, %k: tensor<1x307x16xf32>, %v: tensor<1x307x16xf32>, %g: tensor<1x211x48xf32>) -> (tensor<1x211x48xf32>, tensor<1x211x48xf32>, tensor<1x307x16xf32>, tensor<1x307x16xf32>) {
  %o, %l = tern.attention %q, %k, %v heads 3 kv_heads 1 causal statistics : tensor<1x211x48xf32>, tensor<1x307x16xf32>, tensor<1x307x16xf32>
  %dq, %dk, %dv = tern.attention_grad %q, %k, %v, %o, %l, %g heads 3 kv_heads 1 causal scale 0.125 : tensor<1x211x48xf32>, tensor<1x307x16xf32>, tensor<1x307x16xf32>, tensor<1x211x48xf32>, tensor<1x3x211xf32>, tensor<1x211x48xf32>
  return %o, %dq, %dk, %dv : tensor<1x211x48xf32>, tensor<1x211x48xf32>, tensor<1x307x16xf32>, tensor<1x307x16xf32>
}
check.deterministic @attended threads [1, 2, 3, 5] seed 4
