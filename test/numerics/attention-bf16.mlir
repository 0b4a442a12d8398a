// Attention of bf16: products of pairs or widened to f32, sums and softmax in f32, results rounded once; against f64 on the
// same rounded operands. Odd numbers of channels, queries and keys leave units of pairs half full.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 --mcpu=x86-64-v3

func.func @test_causal() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q_f32 = tern.normal [1, 67, 128] key %key_q : f32
  %q = arith.truncf %q_f32 : tensor<1x67x128xf32> to tensor<1x67x128xbf16>
  %q_wide = arith.extf %q : tensor<1x67x128xbf16> to tensor<1x67x128xf64>
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k_f32 = tern.normal [1, 149, 64] key %key_k : f32
  %k = arith.truncf %k_f32 : tensor<1x149x64xf32> to tensor<1x149x64xbf16>
  %k_wide = arith.extf %k : tensor<1x149x64xbf16> to tensor<1x149x64xf64>
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v_f32 = tern.normal [1, 149, 64] key %key_v : f32
  %v = arith.truncf %v_f32 : tensor<1x149x64xf32> to tensor<1x149x64xbf16>
  %v_wide = arith.extf %v : tensor<1x149x64xbf16> to tensor<1x149x64xf64>
  %key_g = arith.constant dense<6364136223846793005> : tensor<i64>
  %g_f32 = tern.normal [1, 67, 128] key %key_g : f32
  %g = arith.truncf %g_f32 : tensor<1x67x128xf32> to tensor<1x67x128xbf16>
  %g_wide = arith.extf %g : tensor<1x67x128xbf16> to tensor<1x67x128xf64>
  %o, %l = tern.attention %q, %k, %v heads 2 kv_heads 1 causal scale 0.125 statistics : tensor<1x67x128xbf16>, tensor<1x149x64xbf16>, tensor<1x149x64xbf16>
  %dq, %dk, %dv = tern.attention_grad %q, %k, %v, %o, %l, %g heads 2 kv_heads 1 causal scale 0.125 : tensor<1x67x128xbf16>, tensor<1x149x64xbf16>, tensor<1x149x64xbf16>, tensor<1x67x128xbf16>, tensor<1x2x67xf32>, tensor<1x67x128xbf16>
  %o_wide, %l_wide = tern.attention %q_wide, %k_wide, %v_wide heads 2 kv_heads 1 causal scale 0.125 statistics : tensor<1x67x128xf64>, tensor<1x149x64xf64>, tensor<1x149x64xf64>
  %dq_wide, %dk_wide, %dv_wide = tern.attention_grad %q_wide, %k_wide, %v_wide, %o_wide, %l_wide, %g_wide heads 2 kv_heads 1 causal scale 0.125 : tensor<1x67x128xf64>, tensor<1x149x64xf64>, tensor<1x149x64xf64>, tensor<1x67x128xf64>, tensor<1x2x67xf64>, tensor<1x67x128xf64>
  %o_f32 = arith.extf %o : tensor<1x67x128xbf16> to tensor<1x67x128xf32>
  %o_near = arith.truncf %o_wide : tensor<1x67x128xf64> to tensor<1x67x128xf32>
  check.almost_equal %o_f32, %o_near rtol 2.0e-2 atol 3.0e-2 : tensor<1x67x128xf32>
  %dq_f32 = arith.extf %dq : tensor<1x67x128xbf16> to tensor<1x67x128xf32>
  %dq_near = arith.truncf %dq_wide : tensor<1x67x128xf64> to tensor<1x67x128xf32>
  check.almost_equal %dq_f32, %dq_near rtol 2.0e-2 atol 3.0e-2 : tensor<1x67x128xf32>
  %dk_f32 = arith.extf %dk : tensor<1x149x64xbf16> to tensor<1x149x64xf32>
  %dk_near = arith.truncf %dk_wide : tensor<1x149x64xf64> to tensor<1x149x64xf32>
  check.almost_equal %dk_f32, %dk_near rtol 2.0e-2 atol 3.0e-2 : tensor<1x149x64xf32>
  %dv_f32 = arith.extf %dv : tensor<1x149x64xbf16> to tensor<1x149x64xf32>
  %dv_near = arith.truncf %dv_wide : tensor<1x149x64xf64> to tensor<1x149x64xf32>
  check.almost_equal %dv_f32, %dv_near rtol 2.0e-2 atol 3.0e-2 : tensor<1x149x64xf32>
  return
}

func.func @test_odd() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q_f32 = tern.normal [2, 13, 18] key %key_q : f32
  %q = arith.truncf %q_f32 : tensor<2x13x18xf32> to tensor<2x13x18xbf16>
  %q_wide = arith.extf %q : tensor<2x13x18xbf16> to tensor<2x13x18xf64>
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k_f32 = tern.normal [2, 37, 18] key %key_k : f32
  %k = arith.truncf %k_f32 : tensor<2x37x18xf32> to tensor<2x37x18xbf16>
  %k_wide = arith.extf %k : tensor<2x37x18xbf16> to tensor<2x37x18xf64>
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v_f32 = tern.normal [2, 37, 18] key %key_v : f32
  %v = arith.truncf %v_f32 : tensor<2x37x18xf32> to tensor<2x37x18xbf16>
  %v_wide = arith.extf %v : tensor<2x37x18xbf16> to tensor<2x37x18xf64>
  %key_g = arith.constant dense<6364136223846793005> : tensor<i64>
  %g_f32 = tern.normal [2, 13, 18] key %key_g : f32
  %g = arith.truncf %g_f32 : tensor<2x13x18xf32> to tensor<2x13x18xbf16>
  %g_wide = arith.extf %g : tensor<2x13x18xbf16> to tensor<2x13x18xf64>
  %o, %l = tern.attention %q, %k, %v heads 2 kv_heads 2 scale 0.3 statistics : tensor<2x13x18xbf16>, tensor<2x37x18xbf16>, tensor<2x37x18xbf16>
  %dq, %dk, %dv = tern.attention_grad %q, %k, %v, %o, %l, %g heads 2 kv_heads 2 scale 0.3 : tensor<2x13x18xbf16>, tensor<2x37x18xbf16>, tensor<2x37x18xbf16>, tensor<2x13x18xbf16>, tensor<2x2x13xf32>, tensor<2x13x18xbf16>
  %o_wide, %l_wide = tern.attention %q_wide, %k_wide, %v_wide heads 2 kv_heads 2 scale 0.3 statistics : tensor<2x13x18xf64>, tensor<2x37x18xf64>, tensor<2x37x18xf64>
  %dq_wide, %dk_wide, %dv_wide = tern.attention_grad %q_wide, %k_wide, %v_wide, %o_wide, %l_wide, %g_wide heads 2 kv_heads 2 scale 0.3 : tensor<2x13x18xf64>, tensor<2x37x18xf64>, tensor<2x37x18xf64>, tensor<2x13x18xf64>, tensor<2x2x13xf64>, tensor<2x13x18xf64>
  %o_f32 = arith.extf %o : tensor<2x13x18xbf16> to tensor<2x13x18xf32>
  %o_near = arith.truncf %o_wide : tensor<2x13x18xf64> to tensor<2x13x18xf32>
  check.almost_equal %o_f32, %o_near rtol 2.0e-2 atol 3.0e-2 : tensor<2x13x18xf32>
  %dq_f32 = arith.extf %dq : tensor<2x13x18xbf16> to tensor<2x13x18xf32>
  %dq_near = arith.truncf %dq_wide : tensor<2x13x18xf64> to tensor<2x13x18xf32>
  check.almost_equal %dq_f32, %dq_near rtol 2.0e-2 atol 3.0e-2 : tensor<2x13x18xf32>
  %dk_f32 = arith.extf %dk : tensor<2x37x18xbf16> to tensor<2x37x18xf32>
  %dk_near = arith.truncf %dk_wide : tensor<2x37x18xf64> to tensor<2x37x18xf32>
  check.almost_equal %dk_f32, %dk_near rtol 2.0e-2 atol 3.0e-2 : tensor<2x37x18xf32>
  %dv_f32 = arith.extf %dv : tensor<2x37x18xbf16> to tensor<2x37x18xf32>
  %dv_near = arith.truncf %dv_wide : tensor<2x37x18xf64> to tensor<2x37x18xf32>
  check.almost_equal %dv_f32, %dv_near rtol 2.0e-2 atol 3.0e-2 : tensor<2x37x18xf32>
  return
}

func.func @test_lengths() {
  %n = arith.constant dense<[149, 0, 1]> : tensor<3xi32>
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q_f32 = tern.normal [3, 21, 32] key %key_q : f32
  %q = arith.truncf %q_f32 : tensor<3x21x32xf32> to tensor<3x21x32xbf16>
  %q_wide = arith.extf %q : tensor<3x21x32xbf16> to tensor<3x21x32xf64>
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k_f32 = tern.normal [3, 150, 16] key %key_k : f32
  %k = arith.truncf %k_f32 : tensor<3x150x16xf32> to tensor<3x150x16xbf16>
  %k_wide = arith.extf %k : tensor<3x150x16xbf16> to tensor<3x150x16xf64>
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v_f32 = tern.normal [3, 150, 16] key %key_v : f32
  %v = arith.truncf %v_f32 : tensor<3x150x16xf32> to tensor<3x150x16xbf16>
  %v_wide = arith.extf %v : tensor<3x150x16xbf16> to tensor<3x150x16xf64>
  %key_g = arith.constant dense<6364136223846793005> : tensor<i64>
  %g_f32 = tern.normal [3, 21, 32] key %key_g : f32
  %g = arith.truncf %g_f32 : tensor<3x21x32xf32> to tensor<3x21x32xbf16>
  %g_wide = arith.extf %g : tensor<3x21x32xbf16> to tensor<3x21x32xf64>
  %o, %l = tern.attention %q, %k, %v heads 2 kv_heads 1 scale 0.25 lengths(%n : tensor<3xi32>) statistics : tensor<3x21x32xbf16>, tensor<3x150x16xbf16>, tensor<3x150x16xbf16>
  %dq, %dk, %dv = tern.attention_grad %q, %k, %v, %o, %l, %g heads 2 kv_heads 1 scale 0.25 lengths(%n : tensor<3xi32>) : tensor<3x21x32xbf16>, tensor<3x150x16xbf16>, tensor<3x150x16xbf16>, tensor<3x21x32xbf16>, tensor<3x2x21xf32>, tensor<3x21x32xbf16>
  %o_wide, %l_wide = tern.attention %q_wide, %k_wide, %v_wide heads 2 kv_heads 1 scale 0.25 lengths(%n : tensor<3xi32>) statistics : tensor<3x21x32xf64>, tensor<3x150x16xf64>, tensor<3x150x16xf64>
  %dq_wide, %dk_wide, %dv_wide = tern.attention_grad %q_wide, %k_wide, %v_wide, %o_wide, %l_wide, %g_wide heads 2 kv_heads 1 scale 0.25 lengths(%n : tensor<3xi32>) : tensor<3x21x32xf64>, tensor<3x150x16xf64>, tensor<3x150x16xf64>, tensor<3x21x32xf64>, tensor<3x2x21xf64>, tensor<3x21x32xf64>
  %o_f32 = arith.extf %o : tensor<3x21x32xbf16> to tensor<3x21x32xf32>
  %o_near = arith.truncf %o_wide : tensor<3x21x32xf64> to tensor<3x21x32xf32>
  check.almost_equal %o_f32, %o_near rtol 2.0e-2 atol 3.0e-2 : tensor<3x21x32xf32>
  %dq_f32 = arith.extf %dq : tensor<3x21x32xbf16> to tensor<3x21x32xf32>
  %dq_near = arith.truncf %dq_wide : tensor<3x21x32xf64> to tensor<3x21x32xf32>
  check.almost_equal %dq_f32, %dq_near rtol 2.0e-2 atol 3.0e-2 : tensor<3x21x32xf32>
  %dk_f32 = arith.extf %dk : tensor<3x150x16xbf16> to tensor<3x150x16xf32>
  %dk_near = arith.truncf %dk_wide : tensor<3x150x16xf64> to tensor<3x150x16xf32>
  check.almost_equal %dk_f32, %dk_near rtol 2.0e-2 atol 3.0e-2 : tensor<3x150x16xf32>
  %dv_f32 = arith.extf %dv : tensor<3x150x16xbf16> to tensor<3x150x16xf32>
  %dv_near = arith.truncf %dv_wide : tensor<3x150x16xf64> to tensor<3x150x16xf32>
  check.almost_equal %dv_f32, %dv_near rtol 2.0e-2 atol 3.0e-2 : tensor<3x150x16xf32>
  return
}

func.func @test_dropout() {
  %key = arith.constant dense<4768777513237032717> : tensor<i64>
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q_f32 = tern.normal [1, 33, 32] key %key_q : f32
  %q = arith.truncf %q_f32 : tensor<1x33x32xf32> to tensor<1x33x32xbf16>
  %q_wide = arith.extf %q : tensor<1x33x32xbf16> to tensor<1x33x32xf64>
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k_f32 = tern.normal [1, 33, 32] key %key_k : f32
  %k = arith.truncf %k_f32 : tensor<1x33x32xf32> to tensor<1x33x32xbf16>
  %k_wide = arith.extf %k : tensor<1x33x32xbf16> to tensor<1x33x32xf64>
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v_f32 = tern.normal [1, 33, 32] key %key_v : f32
  %v = arith.truncf %v_f32 : tensor<1x33x32xf32> to tensor<1x33x32xbf16>
  %v_wide = arith.extf %v : tensor<1x33x32xbf16> to tensor<1x33x32xf64>
  %key_g = arith.constant dense<6364136223846793005> : tensor<i64>
  %g_f32 = tern.normal [1, 33, 32] key %key_g : f32
  %g = arith.truncf %g_f32 : tensor<1x33x32xf32> to tensor<1x33x32xbf16>
  %g_wide = arith.extf %g : tensor<1x33x32xbf16> to tensor<1x33x32xf64>
  %o, %l = tern.attention %q, %k, %v heads 2 kv_heads 2 causal scale 0.25 dropout 0.25 key %key statistics : tensor<1x33x32xbf16>, tensor<1x33x32xbf16>, tensor<1x33x32xbf16>
  %dq, %dk, %dv = tern.attention_grad %q, %k, %v, %o, %l, %g heads 2 kv_heads 2 causal scale 0.25 dropout 0.25 key %key : tensor<1x33x32xbf16>, tensor<1x33x32xbf16>, tensor<1x33x32xbf16>, tensor<1x33x32xbf16>, tensor<1x2x33xf32>, tensor<1x33x32xbf16>
  %o_wide, %l_wide = tern.attention %q_wide, %k_wide, %v_wide heads 2 kv_heads 2 causal scale 0.25 dropout 0.25 key %key statistics : tensor<1x33x32xf64>, tensor<1x33x32xf64>, tensor<1x33x32xf64>
  %dq_wide, %dk_wide, %dv_wide = tern.attention_grad %q_wide, %k_wide, %v_wide, %o_wide, %l_wide, %g_wide heads 2 kv_heads 2 causal scale 0.25 dropout 0.25 key %key : tensor<1x33x32xf64>, tensor<1x33x32xf64>, tensor<1x33x32xf64>, tensor<1x33x32xf64>, tensor<1x2x33xf64>, tensor<1x33x32xf64>
  %o_f32 = arith.extf %o : tensor<1x33x32xbf16> to tensor<1x33x32xf32>
  %o_near = arith.truncf %o_wide : tensor<1x33x32xf64> to tensor<1x33x32xf32>
  check.almost_equal %o_f32, %o_near rtol 2.0e-2 atol 3.0e-2 : tensor<1x33x32xf32>
  %dq_f32 = arith.extf %dq : tensor<1x33x32xbf16> to tensor<1x33x32xf32>
  %dq_near = arith.truncf %dq_wide : tensor<1x33x32xf64> to tensor<1x33x32xf32>
  check.almost_equal %dq_f32, %dq_near rtol 2.0e-2 atol 3.0e-2 : tensor<1x33x32xf32>
  %dk_f32 = arith.extf %dk : tensor<1x33x32xbf16> to tensor<1x33x32xf32>
  %dk_near = arith.truncf %dk_wide : tensor<1x33x32xf64> to tensor<1x33x32xf32>
  check.almost_equal %dk_f32, %dk_near rtol 2.0e-2 atol 3.0e-2 : tensor<1x33x32xf32>
  %dv_f32 = arith.extf %dv : tensor<1x33x32xbf16> to tensor<1x33x32xf32>
  %dv_near = arith.truncf %dv_wide : tensor<1x33x32xf64> to tensor<1x33x32xf32>
  check.almost_equal %dv_f32, %dv_near rtol 2.0e-2 atol 3.0e-2 : tensor<1x33x32xf32>
  return
}

// One operand of f32 among those of bf16: all products in f32.
func.func @test_mixed() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q_f32 = tern.normal [1, 17, 32] key %key_q : f32
  %q = arith.truncf %q_f32 : tensor<1x17x32xf32> to tensor<1x17x32xbf16>
  %q_wide = arith.extf %q : tensor<1x17x32xbf16> to tensor<1x17x32xf64>
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k_f32 = tern.normal [1, 35, 16] key %key_k : f32
  %k = arith.truncf %k_f32 : tensor<1x35x16xf32> to tensor<1x35x16xbf16>
  %k_wide = arith.extf %k : tensor<1x35x16xbf16> to tensor<1x35x16xf64>
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [1, 35, 16] key %key_v : f32
  %v_wide = arith.extf %v : tensor<1x35x16xf32> to tensor<1x35x16xf64>
  %key_g = arith.constant dense<6364136223846793005> : tensor<i64>
  %g_f32 = tern.normal [1, 17, 32] key %key_g : f32
  %g = arith.truncf %g_f32 : tensor<1x17x32xf32> to tensor<1x17x32xbf16>
  %g_wide = arith.extf %g : tensor<1x17x32xbf16> to tensor<1x17x32xf64>
  %o, %l = tern.attention %q, %k, %v heads 2 kv_heads 1 causal scale 0.25 statistics : tensor<1x17x32xbf16>, tensor<1x35x16xbf16>, tensor<1x35x16xf32>
  %dq, %dk, %dv = tern.attention_grad %q, %k, %v, %o, %l, %g heads 2 kv_heads 1 causal scale 0.25 : tensor<1x17x32xbf16>, tensor<1x35x16xbf16>, tensor<1x35x16xf32>, tensor<1x17x32xbf16>, tensor<1x2x17xf32>, tensor<1x17x32xbf16>
  %o_wide, %l_wide = tern.attention %q_wide, %k_wide, %v_wide heads 2 kv_heads 1 causal scale 0.25 statistics : tensor<1x17x32xf64>, tensor<1x35x16xf64>, tensor<1x35x16xf64>
  %dq_wide, %dk_wide, %dv_wide = tern.attention_grad %q_wide, %k_wide, %v_wide, %o_wide, %l_wide, %g_wide heads 2 kv_heads 1 causal scale 0.25 : tensor<1x17x32xf64>, tensor<1x35x16xf64>, tensor<1x35x16xf64>, tensor<1x17x32xf64>, tensor<1x2x17xf64>, tensor<1x17x32xf64>
  %o_f32 = arith.extf %o : tensor<1x17x32xbf16> to tensor<1x17x32xf32>
  %o_near = arith.truncf %o_wide : tensor<1x17x32xf64> to tensor<1x17x32xf32>
  check.almost_equal %o_f32, %o_near rtol 2.0e-2 atol 3.0e-2 : tensor<1x17x32xf32>
  %dq_f32 = arith.extf %dq : tensor<1x17x32xbf16> to tensor<1x17x32xf32>
  %dq_near = arith.truncf %dq_wide : tensor<1x17x32xf64> to tensor<1x17x32xf32>
  check.almost_equal %dq_f32, %dq_near rtol 2.0e-2 atol 3.0e-2 : tensor<1x17x32xf32>
  %dk_f32 = arith.extf %dk : tensor<1x35x16xbf16> to tensor<1x35x16xf32>
  %dk_near = arith.truncf %dk_wide : tensor<1x35x16xf64> to tensor<1x35x16xf32>
  check.almost_equal %dk_f32, %dk_near rtol 2.0e-2 atol 3.0e-2 : tensor<1x35x16xf32>
  %dv_near = arith.truncf %dv_wide : tensor<1x35x16xf64> to tensor<1x35x16xf32>
  check.almost_equal %dv, %dv_near rtol 2.0e-2 atol 3.0e-2 : tensor<1x35x16xf32>
  return
}

// Few queries stream a cache of bf16.
func.func @test_cache() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %q = tern.normal [1, 2, 80] key %key_q : f32
  %k_f32 = tern.normal [1, 700, 20] key %key_k : f32
  %v_f32 = tern.normal [1, 700, 20] key %key_v : f32
  %k = arith.truncf %k_f32 : tensor<1x700x20xf32> to tensor<1x700x20xbf16>
  %v = arith.truncf %v_f32 : tensor<1x700x20xf32> to tensor<1x700x20xbf16>
  %k_wide = arith.extf %k : tensor<1x700x20xbf16> to tensor<1x700x20xf64>
  %v_wide = arith.extf %v : tensor<1x700x20xbf16> to tensor<1x700x20xf64>
  %q_wide = arith.extf %q : tensor<1x2x80xf32> to tensor<1x2x80xf64>
  %p = arith.constant dense<611> : tensor<i32>
  %o = tern.attention %q, %k, %v heads 4 kv_heads 1 causal position(%p : tensor<i32>) : tensor<1x2x80xf32>, tensor<1x700x20xbf16>, tensor<1x700x20xbf16>
  %o_wide, %l = tern.attention %q_wide, %k_wide, %v_wide heads 4 kv_heads 1 causal position(%p : tensor<i32>) statistics : tensor<1x2x80xf64>, tensor<1x700x20xf64>, tensor<1x700x20xf64>
  %o_near = arith.truncf %o_wide : tensor<1x2x80xf64> to tensor<1x2x80xf32>
  check.almost_equal %o, %o_near rtol 1.0e-4 atol 1.0e-5 : tensor<1x2x80xf32>
  return
}

func.func @attended(%q_f32: tensor<1x131x32xf32>, %k_f32: tensor<1x211x16xf32>, %v_f32: tensor<1x211x16xf32>) -> (tensor<1x131x32xbf16>, tensor<1x131x32xbf16>, tensor<1x211x16xbf16>) {
  %q = arith.truncf %q_f32 : tensor<1x131x32xf32> to tensor<1x131x32xbf16>
  %k = arith.truncf %k_f32 : tensor<1x211x16xf32> to tensor<1x211x16xbf16>
  %v = arith.truncf %v_f32 : tensor<1x211x16xf32> to tensor<1x211x16xbf16>
  %o, %l = tern.attention %q, %k, %v heads 2 kv_heads 1 causal statistics : tensor<1x131x32xbf16>, tensor<1x211x16xbf16>, tensor<1x211x16xbf16>
  %dq, %dk, %dv = tern.attention_grad %q, %k, %v, %o, %l, %q heads 2 kv_heads 1 causal scale 0.25 : tensor<1x131x32xbf16>, tensor<1x211x16xbf16>, tensor<1x211x16xbf16>, tensor<1x131x32xbf16>, tensor<1x2x131xf32>, tensor<1x131x32xbf16>
  return %o, %dq, %dk : tensor<1x131x32xbf16>, tensor<1x131x32xbf16>, tensor<1x211x16xbf16>
}
check.deterministic @attended threads [1, 2, 3] seed 5
