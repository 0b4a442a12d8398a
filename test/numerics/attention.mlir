// Attention against its formula in f64: heads, groups, masks, the packed form, dropout; and its gradient.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

// Two products of T * T * D multiply-adds per example, 2 * 2 * (3 * 3 * 4) * 2; below the diagonal, half of 2 * 2 * (4 * 4 * 4).
// FLOPS: @test_two_heads == 288 FLOP
// FLOPS: @test_causal == 128 FLOP

func.func @test_two_heads() {
  %q = arith.constant dense<[[[-0.143, 0.179, 1.273, -0.103], [0.024, 0.262, -0.946, 0.036], [0.39, 0.879, -1.218, -0.59]], [[-1.228, 0.929, 0.58, -1.374], [1.447, 1.394, 0.462, 0.347], [-1.028, -1.455, 0.085, -1.321]]]> : tensor<2x3x4xf64>
  %k = arith.constant dense<[[[-0.929, -0.774, -1.41, -0.108], [-0.178, 1.027, 0.057, 0.421], [-0.001, 0.487, -0.128, -0.666]], [[1.493, 1.487, 1.021, 0.623], [-0.554, -0.811, -0.633, -1.289], [0.799, -0.299, 1.04, -0.34]]]> : tensor<2x3x4xf64>
  %v = arith.constant dense<[[[1.374, 1.042, -1.498, -0.871], [1.231, -0.09, 1.441, -0.308], [-1.281, 0.388, 0.836, -0.691]], [[-1.239, -0.502, 1.392, 0.774], [-1.146, -0.761, -1.197, -1.32], [0.891, -0.967, 0.178, -0.158]]]> : tensor<2x3x4xf64>
  %expected = arith.constant dense<[[[0.4452191529895853, 0.41817215688894144, 0.8165588603909112, -0.5391869076479886], [0.3978186156239784, 0.38208254212073106, -0.33420338200795313, -0.7101855518858631], [0.3145201568489367, 0.23699786369576858, -0.4994023676127709, -0.7476393207937319]], [[-0.7775717056243752, -0.7113647046353858, -0.2995971230082249, -0.5753856418669341], [-1.073821842034229, -0.5408407497298129, 0.5082339238756942, 0.07756421909492663], [-0.7853977368817666, -0.7932008640280718, -0.5229849144106593, -0.7609961667629165]]]> : tensor<2x3x4xf64>
  %o = tern.attention %q, %k, %v heads 2 :
      tensor<2x3x4xf64>, tensor<2x3x4xf64>, tensor<2x3x4xf64>
  check.almost_equal %o, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3x4xf64>
  return
}

func.func @test_causal() {
  %q = arith.constant dense<[[[-0.928, 0.696, -1.107, 0.431], [-1.15, -0.238, -0.861, -0.691], [1.413, 0.91, -0.588, 1.155], [-0.868, -0.317, 1.063, 0.426]]]> : tensor<1x4x4xf64>
  %k = arith.constant dense<[[[-1.199, 1.468, -0.86, -0.725], [0.818, -0.513, -0.611, -1.28], [-1.23, 0.248, -0.771, 0.304], [-0.385, -0.14, 1.377, -0.049]]]> : tensor<1x4x4xf64>
  %v = arith.constant dense<[[[0.224, 1.1, -0.952, -1.038], [1.225, 0.953, -0.752, -0.931], [0.718, 1.321, -0.91, 1.35], [1.147, 0.311, -0.236, -1.188]]]> : tensor<1x4x4xf64>
  %expected = arith.constant dense<[[[0.224, 1.1, -0.952, -1.038], [0.43723847955156586, 1.0686852582476722, -0.8460279615183487, -0.9813049594123165], [0.8788324421305935, 1.0405109062339584, -0.8972468715814729, 0.3791720016014115], [0.747619073878926, 0.9752401909794338, -0.45705860976075374, -0.7794629771106375]]]> : tensor<1x4x4xf64>
  %o = tern.attention %q, %k, %v heads 2 causal :
      tensor<1x4x4xf64>, tensor<1x4x4xf64>, tensor<1x4x4xf64>
  check.almost_equal %o, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<1x4x4xf64>
  return
}

// Query heads 0 and 1 read key-value head 0, heads 2 and 3 head 1.
func.func @test_grouped_query() {
  %q = arith.constant dense<[[[-1.384, 1.388, -0.785, 0.614, -0.729, 0.971, 0.289, -0.62], [-0.974, 0.661, -1.294, -0.815, 0.178, 1.057, 0.343, -0.659], [1.252, -0.888, -1.45, -0.692, -0.163, -1.319, -0.971, -0.394]]]> : tensor<1x3x8xf64>
  %k = arith.constant dense<[[[0.217, -1.105, -0.414, 1.173], [1.441, 0.471, 0.574, 0.253], [-1.079, -1.395, -1.446, 1.231]]]> : tensor<1x3x4xf64>
  %v = arith.constant dense<[[[0.603, 1.388, -1.436, 0.409], [-0.053, 0.691, -0.543, 1.498], [-1.274, 0.138, 0.711, 1.201]]]> : tensor<1x3x4xf64>
  %expected = arith.constant dense<[[[0.603, 1.388, 0.603, 1.388, -1.436, 0.409, -1.436, 0.409], [0.2924294186591633, 1.058018757325361, 0.526723849332257, 1.306956589915523, -1.1120262951464885, 0.8040810353700717, -0.8456113232314163, 1.1289700660705346], [0.024007144075467095, 0.8871589199443355, -0.9023845026079199, 0.3792258298578716, -0.4363249916269726, 1.160993340948762, -0.10155054783992787, 1.0375576454034012]]]> : tensor<1x3x8xf64>
  %o = tern.attention %q, %k, %v heads 4 kv_heads 2 causal :
      tensor<1x3x8xf64>, tensor<1x3x4xf64>, tensor<1x3x4xf64>
  check.almost_equal %o, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<1x3x8xf64>
  return
}

// The last query sees the last key.
func.func @test_more_keys_than_queries() {
  %q = arith.constant dense<[[[0.711, 0.611, 0.88], [1.245, -0.444, 0.555]]]> : tensor<1x2x3xf64>
  %k = arith.constant dense<[[[1.203, 1.113, -0.249], [0.872, 1.09, 0.218], [0.375, -0.353, 0.248], [0.327, -1.259, 0.418], [1.48, 1.139, 0.685]]]> : tensor<1x5x3xf64>
  %v = arith.constant dense<[[[-0.335, 0.705, 0.243], [-0.178, 1.015, -1.249], [0.751, -1.411, 0.304], [-0.057, -0.809, 0.595], [-0.008, 0.344, 1.261]]]> : tensor<1x5x3xf64>
  %expected = arith.constant dense<[[[-0.0470251673669406, 0.2298160083867633, -0.2312677098765412], [0.02208737633434097, -0.018706646889674307, 0.3786602070238594]]]> : tensor<1x2x3xf64>
  %o = tern.attention %q, %k, %v heads 1 causal :
      tensor<1x2x3xf64>, tensor<1x5x3xf64>, tensor<1x5x3xf64>
  check.almost_equal %o, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<1x2x3xf64>
  return
}

func.func @test_scale() {
  %q = arith.constant dense<[[[-0.733, -1.466, -0.597, 0.534], [-0.892, -0.991, 1.217, 0.48]]]> : tensor<1x2x4xf64>
  %k = arith.constant dense<[[[-0.174, 1.175, -0.519, 0.498], [-0.904, -0.207, 0.918, 1.243]]]> : tensor<1x2x4xf64>
  %v = arith.constant dense<[[[1.141, -0.347, 0.249, -0.551], [-1.091, -0.011, 1.011, 1.046]]]> : tensor<1x2x4xf64>
  %expected = arith.constant dense<[[[-0.31551483050439044, -0.12773970293482292, 0.7462510308442407, 0.49113897146752306], [-0.589337938558214, -0.08651902000198927, 0.839733651066917, 0.6870598960024497]]]> : tensor<1x2x4xf64>
  %o = tern.attention %q, %k, %v heads 1 scale 0.3 :
      tensor<1x2x4xf64>, tensor<1x2x4xf64>, tensor<1x2x4xf64>
  check.almost_equal %o, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<1x2x4xf64>
  return
}

// q, k and v side by side in one projection.
func.func @test_packed() {
  %qkv = arith.constant dense<[[[0.634, 1.35, -0.67, -0.993, -0.148, -0.675, -0.858, -0.258, 0.377, -0.018, -0.554, 1.017], [1.446, -0.143, -1.276, -1.406, 1.118, -1.376, 0.626, 0.212, -0.573, 0.875, -1.443, -1.092], [-0.136, -1.426, 0.989, -0.788, -1.077, -1.359, 0.388, -0.161, 0.39, 0.465, 0.922, 1.375]]]> : tensor<1x3x12xf64>
  %expected = arith.constant dense<[[[0.377, -0.018, -0.554, 1.017], [-0.37979454210482155, 0.6933868695785323, -0.6794322170706872, 0.7194335817749387], [0.03986885199604165, 0.5158623093901874, -0.2945113344734055, 0.32335822007966575]]]> : tensor<1x3x4xf64>
  %o = tern.attention %qkv heads 2 causal : tensor<1x3x12xf64>
  check.almost_equal %o, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<1x3x4xf64>
  return
}

// The mask of dropped probabilities is that of tern.dropout on (B, H, T, S). The probabilities are checked too, so that
// nothing turns this spelling back into one op.
func.func @test_dropout() {
  %key = arith.constant dense<1234567> : tensor<i64>
  %a = arith.constant dense<3> : tensor<i64>
  %b = arith.constant dense<5> : tensor<i64>
  %c = arith.constant dense<7> : tensor<i64>
  %q = tern.normal [2, 5, 6] key %a : f64
  %k = tern.normal [2, 5, 6] key %b : f64
  %v = tern.normal [2, 5, 6] key %c : f64
  %o = tern.attention %q, %k, %v heads 3 causal scale 0.5 dropout 0.3 key %key :
      tensor<2x5x6xf64>, tensor<2x5x6xf64>, tensor<2x5x6xf64>
  %q4 = tern.reshape %q to [0, 0, 3, 2] : tensor<2x5x6xf64>
  %k4 = tern.reshape %k to [0, 0, 3, 2] : tensor<2x5x6xf64>
  %v4 = tern.reshape %v to [0, 0, 3, 2] : tensor<2x5x6xf64>
  %qh = tern.transpose %q4 [0, 2, 1, 3] : tensor<2x5x3x2xf64>
  %kh = tern.transpose %k4 [0, 2, 1, 3] : tensor<2x5x3x2xf64>
  %vh = tern.transpose %v4 [0, 2, 1, 3] : tensor<2x5x3x2xf64>
  %half = arith.constant dense<0.5> : tensor<f64>
  %raw = tern.matmul %qh, %kh transpose_b : tensor<2x3x5x2xf64>, tensor<2x3x5x2xf64>
  %scaled = tern.mul %raw, %half : tensor<2x3x5x5xf64>, tensor<f64>
  %masked = tern.causal_mask %scaled : tensor<2x3x5x5xf64>
  %p = tern.softmax %masked : tensor<2x3x5x5xf64>
  %dropped = tern.dropout %p rate 0.3 key %key : tensor<2x3x5x5xf64>
  %oh = tern.matmul %dropped, %vh : tensor<2x3x5x5xf64>, tensor<2x3x5x2xf64>
  %o4 = tern.transpose %oh [0, 2, 1, 3] : tensor<2x3x5x2xf64>
  %expected = tern.reshape %o4 to [2, 5, 6] : tensor<2x5x3x2xf64>
  %total = tern.sum %p dims [3] : tensor<2x3x5x5xf64>
  %ones = arith.constant dense<1.0> : tensor<2x3x5xf64>
  check.almost_equal %total, %ones : tensor<2x3x5xf64>
  check.almost_equal %o, %expected rtol 1.0e-11 atol 1.0e-13 : tensor<2x5x6xf64>
  return
}

func.func @test_causal_mask() {
  %x = arith.constant dense<[[0.553, -0.902, -0.075], [-0.964, -1.468, -0.083]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[0.553, -0.902, -7.0], [-0.964, -1.468, -0.083]]> : tensor<2x3xf64>
  %y = tern.causal_mask %x fill -7.0 : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @weighted_attention(%q: tensor<2x3x4xf64>, %k: tensor<2x3x4xf64>, %v: tensor<2x3x4xf64>, %w: tensor<2x3x4xf64>) -> tensor<f64> {
  %y = tern.attention %q, %k, %v heads 2 causal : tensor<2x3x4xf64>, tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %p = tern.mul %y, %w : tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %loss = tern.sum %p : tensor<2x3x4xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_attention

func.func @weighted_grouped(%q: tensor<1x3x8xf64>, %k: tensor<1x5x4xf64>, %v: tensor<1x5x4xf64>, %w: tensor<1x3x8xf64>) -> tensor<f64> {
  %y = tern.attention %q, %k, %v heads 4 kv_heads 2 causal : tensor<1x3x8xf64>, tensor<1x5x4xf64>, tensor<1x5x4xf64>
  %p = tern.mul %y, %w : tensor<1x3x8xf64>, tensor<1x3x8xf64>
  %loss = tern.sum %p : tensor<1x3x8xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_grouped

func.func @weighted_packed(%qkv: tensor<2x3x12xf64>, %w: tensor<2x3x4xf64>) -> tensor<f64> {
  %y = tern.attention %qkv heads 2 : tensor<2x3x12xf64>
  %p = tern.mul %y, %w : tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %loss = tern.sum %p : tensor<2x3x4xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_packed

func.func @weighted_dropout(%q: tensor<2x3x4xf64>, %k: tensor<2x3x4xf64>, %v: tensor<2x3x4xf64>, %w: tensor<2x3x4xf64>) -> tensor<f64> {
  %key = arith.constant dense<99> : tensor<i64>
  %y = tern.attention %q, %k, %v heads 2 causal dropout 0.3 key %key : tensor<2x3x4xf64>, tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %p = tern.mul %y, %w : tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %loss = tern.sum %p : tensor<2x3x4xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_dropout

func.func @weighted_primitives(%q: tensor<2x3x4xf64>, %k: tensor<2x3x4xf64>, %v: tensor<2x3x4xf64>, %w: tensor<2x3x4xf64>) -> tensor<f64> {
  %scores = tern.matmul %q, %k transpose_b : tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %masked = tern.causal_mask %scores : tensor<2x3x3xf64>
  %probabilities = tern.softmax %masked : tensor<2x3x3xf64>
  %y = tern.matmul %probabilities, %v : tensor<2x3x3xf64>, tensor<2x3x4xf64>
  %p = tern.mul %y, %w : tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %loss = tern.sum %p : tensor<2x3x4xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_primitives

// Additive attention (Bahdanau et al. 2015) is a composition: scores v . tanh(q + k).
func.func @test_additive() {
  %q = arith.constant dense<[[[-0.529, -1.047, 0.453], [-1.283, 0.108, -0.403]]]> : tensor<1x2x3xf64>
  %k = arith.constant dense<[[[-1.326, 0.022, -1.388], [-0.199, -1.29, -1.228], [-0.226, 0.981, -1.129], [-0.83, 0.382, 1.343]]]> : tensor<1x4x3xf64>
  %v = arith.constant dense<[0.231, -0.31, 1.429]> : tensor<3xf64>
  %m = arith.constant dense<[[[-1.36, 1.075], [-0.631, -1.067], [-1.147, -0.575], [0.948, -0.958]]]> : tensor<1x4x2xf64>
  %expected = arith.constant dense<[[[0.47574070630671955, -0.7930432762850504], [0.4700876835561414, -0.7918056916869731]]]> : tensor<1x2x2xf64>
  %q1 = tern.reshape %q to [1, 2, 1, 3] : tensor<1x2x3xf64>
  %k1 = tern.reshape %k to [1, 1, 4, 3] : tensor<1x4x3xf64>
  %sum = tern.add %q1, %k1 : tensor<1x2x1x3xf64>, tensor<1x1x4x3xf64>
  %bent = tern.tanh %sum : tensor<1x2x4x3xf64>
  %weighed = tern.mul %bent, %v : tensor<1x2x4x3xf64>, tensor<3xf64>
  %scores = tern.sum %weighed dims [3] : tensor<1x2x4x3xf64>
  %p = tern.softmax %scores : tensor<1x2x4xf64>
  %y = tern.matmul %p, %m : tensor<1x2x4xf64>, tensor<1x4x2xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<1x2x2xf64>
  return
}

func.func @weighted_additive(%q: tensor<1x2x3xf64>, %k: tensor<1x4x3xf64>, %v: tensor<3xf64>, %m: tensor<1x4x2xf64>, %w: tensor<1x2x2xf64>) -> tensor<f64> {
  %q1 = tern.reshape %q to [1, 2, 1, 3] : tensor<1x2x3xf64>
  %k1 = tern.reshape %k to [1, 1, 4, 3] : tensor<1x4x3xf64>
  %sum = tern.add %q1, %k1 : tensor<1x2x1x3xf64>, tensor<1x1x4x3xf64>
  %bent = tern.tanh %sum : tensor<1x2x4x3xf64>
  %weighed = tern.mul %bent, %v : tensor<1x2x4x3xf64>, tensor<3xf64>
  %scores = tern.sum %weighed dims [3] : tensor<1x2x4x3xf64>
  %p = tern.softmax %scores : tensor<1x2x4xf64>
  %y = tern.matmul %p, %m : tensor<1x2x4xf64>, tensor<1x4x2xf64>
  %x = tern.mul %y, %w : tensor<1x2x2xf64>, tensor<1x2x2xf64>
  %loss = tern.sum %x : tensor<1x2x2xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_additive
