// Products, linear layers and embeddings against sums in f64, and their gradients.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

// Two operations per multiply-add, 2 * 3 * 2 * 4 and 2 * 4 * 3 * 5; a row of a table is looked up without any.
// FLOPS: @test_matmul_plain == 48 FLOP
// FLOPS: @test_linear_bias == 120 FLOP
// FLOPS: @test_embedding == 0 FLOP

func.func @test_matmul_plain() {
  %a = arith.constant dense<[[0.643, -0.963, -0.683, -0.463], [0.592, 0.061, 0.343, 0.769], [-0.319, 0.876, 1.219, -1.238]]> : tensor<3x4xf64>
  %b = arith.constant dense<[[1.298, 0.667], [-1.11, -0.139], [0.377, 1.23], [-0.37, 0.206]]> : tensor<4x2xf64>
  %expected = arith.constant dense<[[1.8173630000000003, -0.37273], [0.5454869999999999, 0.966689], [-0.46879900000000013, 0.9098050000000001]]> : tensor<3x2xf64>
  %y = tern.matmul %a, %b : tensor<3x4xf64>, tensor<4x2xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<3x2xf64>
  return
}

func.func @test_matmul_transpose_a() {
  %a = arith.constant dense<[[1.138, 0.89, 1.333], [-0.109, 0.454, -0.885], [0.666, 0.955, 0.425], [0.653, -0.86, 1.2]]> : tensor<4x3xf64>
  %b = arith.constant dense<[[1.441, 1.432], [0.111, 0.872], [-0.539, 1.23], [1.067, -0.454]]> : tensor<4x2xf64>
  %expected = arith.constant dense<[[1.9655359999999997, 2.057286], [-0.09948099999999988, 3.235458], [2.8739429999999997, 1.1150859999999998]]> : tensor<3x2xf64>
  %y = tern.matmul %a, %b transpose_a : tensor<4x3xf64>, tensor<4x2xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<3x2xf64>
  return
}

func.func @test_matmul_transpose_b() {
  %a = arith.constant dense<[[-1.252, -0.177, 0.151, 0.805], [-0.038, -1.415, 0.927, -1.308], [0.9, -0.981, -0.495, 0.864]]> : tensor<3x4xf64>
  %b = arith.constant dense<[[-1.078, -1.054, 0.05, 0.671], [1.02, 0.568, 1.337, -0.022]]> : tensor<2x4xf64>
  %expected = arith.constant dense<[[2.0839190000000003, -1.1933989999999999], [0.701056, 0.42569500000000016], [0.6187679999999999, -0.32003099999999984]]> : tensor<3x2xf64>
  %y = tern.matmul %a, %b transpose_b : tensor<3x4xf64>, tensor<2x4xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<3x2xf64>
  return
}

func.func @test_matmul_transpose_both() {
  %a = arith.constant dense<[[1.347, -1.242, -0.836], [0.08, -0.629, 0.687], [0.417, 0.068, 1.031], [0.18, -0.565, -0.356]]> : tensor<4x3xf64>
  %b = arith.constant dense<[[1.036, 1.202, -0.875, 1.052], [1.405, 0.073, 0.219, -0.897]]> : tensor<2x4xf64>
  %expected = arith.constant dense<[[1.316137, 1.828238], [-2.69665, -1.26923], [-1.316959, -0.5793079999999999]]> : tensor<3x2xf64>
  %y = tern.matmul %a, %b transpose_a transpose_b : tensor<4x3xf64>, tensor<2x4xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<3x2xf64>
  return
}

func.func @test_matmul_batch() {
  %a = arith.constant dense<[[[0.108, 0.01, 0.316], [-1.417, 1.408, 0.048]], [[-0.298, 0.903, 0.189], [-0.027, 0.573, -1.302]]]> : tensor<2x2x3xf64>
  %b = arith.constant dense<[[[0.116, -0.259], [1.371, 1.27], [-0.692, -0.081]], [[-1.119, -0.199], [0.947, 1.202], [-0.07, -0.548]]]> : tensor<2x3x2xf64>
  %expected = arith.constant dense<[[[-0.19243399999999997, -0.040868], [1.7327799999999998, 2.151275]], [[1.175373, 1.041136], [0.663984, 1.407615]]]> : tensor<2x2x2xf64>
  %y = tern.matmul %a, %b : tensor<2x2x3xf64>, tensor<2x3x2xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x2x2xf64>
  return
}

// One matrix for the whole batch.
func.func @test_matmul_shared() {
  %a = arith.constant dense<[[[0.108, 0.01, 0.316], [-1.417, 1.408, 0.048]], [[-0.298, 0.903, 0.189], [-0.027, 0.573, -1.302]]]> : tensor<2x2x3xf64>
  %b = arith.constant dense<[[-0.926, 0.354], [1.276, -1.112], [0.838, -1.432]]> : tensor<3x2xf64>
  %expected = arith.constant dense<[[[0.17756, -0.4254], [3.148974, -2.13605]], [[1.5865580000000001, -1.380276], [-0.334926, 1.21773]]]> : tensor<2x2x2xf64>
  %y = tern.matmul %a, %b : tensor<2x2x3xf64>, tensor<3x2xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x2x2xf64>
  return
}

func.func @test_linear_bias() {
  %x = arith.constant dense<[[[0.108, 0.01, 0.316], [-1.417, 1.408, 0.048]], [[-0.298, 0.903, 0.189], [-0.027, 0.573, -1.302]]]> : tensor<2x2x3xf64>
  %w = arith.constant dense<[[-0.918, -0.818, 0.561, -0.534, -0.434], [0.359, -1.185, 0.693, -1.132, 0.031], [-0.748, -0.907, 0.091, -0.19, -0.373]]> : tensor<3x5xf64>
  %b = arith.constant dense<[-0.26, 0.088, -1.021, -0.887, 0.394]> : tensor<5xf64>
  %expected = arith.constant dense<[[[-0.5919220000000001, -0.298806, -0.9247259999999999, -1.016032, 0.22957000000000002], [1.510374, -0.46491000000000005, -0.8358250000000002, -1.7332979999999996, 1.034722]], [[0.19636899999999996, -0.909714, -0.5451999999999999, -1.785974, 0.48082800000000003], [0.9443889999999999, 0.6119950000000001, -0.75754, -1.2738379999999998, 0.909127]]]> : tensor<2x2x5xf64>
  %y = tern.linear %x weight %w bias %b : tensor<2x2x3xf64>, tensor<3x5xf64>, tensor<5xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x2x5xf64>
  return
}

func.func @test_linear_tied() {
  %x = arith.constant dense<[[[0.108, 0.01, 0.316], [-1.417, 1.408, 0.048]], [[-0.298, 0.903, 0.189], [-0.027, 0.573, -1.302]]]> : tensor<2x2x3xf64>
  %w = arith.constant dense<[[-0.918, -0.818, 0.561], [-0.534, -0.434, 0.359], [-1.185, 0.693, -1.132], [0.031, -0.748, -0.907], [0.091, -0.19, -0.373]]> : tensor<5x3xf64>
  %expected = arith.constant dense<[[[0.06995200000000001, 0.051432000000000005, -0.47876199999999997, -0.29074400000000006, -0.10994], [0.17599000000000026, 0.16283800000000012, 2.600553, -1.140647, -0.414371]], [[-0.35906099999999996, -0.16491900000000004, 0.764961, -0.8561050000000001, -0.269185], [-1.17435, -0.701682, 1.9029479999999999, 0.7514730000000001, 0.374319]]]> : tensor<2x2x5xf64>
  %y = tern.linear %x tied %w : tensor<2x2x3xf64>, tensor<5x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x2x5xf64>
  return
}

func.func @test_embedding() {
  %tokens = arith.constant dense<[[1, 3], [3, 0]]> : tensor<2x2xi32>
  %table = arith.constant dense<[[0.415, 0.089, 1.054], [0.335, 1.07, -0.802], [0.722, 0.932, 1.208], [-0.552, -0.555, 1.268]]> : tensor<4x3xf64>
  %expected = arith.constant dense<[[[0.335, 1.07, -0.802], [-0.552, -0.555, 1.268]], [[-0.552, -0.555, 1.268], [0.415, 0.089, 1.054]]]> : tensor<2x2x3xf64>
  %y = tern.embedding %tokens, %table : tensor<2x2xi32>, tensor<4x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x2x3xf64>
  return
}

// A token that stands twice gets both rows; one that stands nowhere gets zeros.
func.func @test_embedding_grad() {
  %tokens = arith.constant dense<[[1, 3], [3, 0]]> : tensor<2x2xi32>
  %dy = arith.constant dense<[[[-0.846, 1.495, 1.163], [-1.098, -0.782, 0.68]], [[-0.722, -1.209, 0.997], [-0.235, 0.87, -1.122]]]> : tensor<2x2x3xf64>
  %expected = arith.constant dense<[[-0.235, 0.87, -1.122], [-0.846, 1.495, 1.163], [0.0, 0.0, 0.0], [-1.82, -1.991, 1.677]]> : tensor<4x3xf64>
  %y = tern.embedding_grad %tokens, %dy rows 4 : tensor<2x2xi32>, tensor<2x2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<4x3xf64>
  return
}

func.func @weighted_matmul(%a: tensor<3x4xf64>, %b: tensor<4x2xf64>, %w: tensor<3x2xf64>) -> tensor<f64> {
  %y = tern.matmul %a, %b : tensor<3x4xf64>, tensor<4x2xf64>
  %p = tern.mul %y, %w : tensor<3x2xf64>, tensor<3x2xf64>
  %loss = tern.sum %p : tensor<3x2xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_matmul

func.func @weighted_matmul_transpose_a(%a: tensor<4x3xf64>, %b: tensor<4x2xf64>, %w: tensor<3x2xf64>) -> tensor<f64> {
  %y = tern.matmul %a, %b transpose_a : tensor<4x3xf64>, tensor<4x2xf64>
  %p = tern.mul %y, %w : tensor<3x2xf64>, tensor<3x2xf64>
  %loss = tern.sum %p : tensor<3x2xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_matmul_transpose_a

func.func @weighted_matmul_transpose_b(%a: tensor<3x4xf64>, %b: tensor<2x4xf64>, %w: tensor<3x2xf64>) -> tensor<f64> {
  %y = tern.matmul %a, %b transpose_b : tensor<3x4xf64>, tensor<2x4xf64>
  %p = tern.mul %y, %w : tensor<3x2xf64>, tensor<3x2xf64>
  %loss = tern.sum %p : tensor<3x2xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_matmul_transpose_b

func.func @weighted_matmul_transpose_both(%a: tensor<4x3xf64>, %b: tensor<2x4xf64>, %w: tensor<3x2xf64>) -> tensor<f64> {
  %y = tern.matmul %a, %b transpose_a transpose_b : tensor<4x3xf64>, tensor<2x4xf64>
  %p = tern.mul %y, %w : tensor<3x2xf64>, tensor<3x2xf64>
  %loss = tern.sum %p : tensor<3x2xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_matmul_transpose_both

func.func @weighted_matmul_batch(%a: tensor<2x3x4xf64>, %b: tensor<2x4x2xf64>, %w: tensor<2x3x2xf64>) -> tensor<f64> {
  %y = tern.matmul %a, %b : tensor<2x3x4xf64>, tensor<2x4x2xf64>
  %p = tern.mul %y, %w : tensor<2x3x2xf64>, tensor<2x3x2xf64>
  %loss = tern.sum %p : tensor<2x3x2xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_matmul_batch

func.func @weighted_matmul_shared(%a: tensor<2x3x4xf64>, %b: tensor<4x2xf64>, %w: tensor<2x3x2xf64>) -> tensor<f64> {
  %y = tern.matmul %a, %b : tensor<2x3x4xf64>, tensor<4x2xf64>
  %p = tern.mul %y, %w : tensor<2x3x2xf64>, tensor<2x3x2xf64>
  %loss = tern.sum %p : tensor<2x3x2xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_matmul_shared

func.func @weighted_matmul_shared_transpose_b(%a: tensor<2x3x4xf64>, %b: tensor<2x4xf64>, %w: tensor<2x3x2xf64>) -> tensor<f64> {
  %y = tern.matmul %a, %b transpose_b : tensor<2x3x4xf64>, tensor<2x4xf64>
  %p = tern.mul %y, %w : tensor<2x3x2xf64>, tensor<2x3x2xf64>
  %loss = tern.sum %p : tensor<2x3x2xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_matmul_shared_transpose_b

func.func @weighted_linear(%x: tensor<2x3x4xf64>, %weight: tensor<4x5xf64>, %bias: tensor<5xf64>, %w: tensor<2x3x5xf64>) -> tensor<f64> {
  %y = tern.linear %x weight %weight bias %bias : tensor<2x3x4xf64>, tensor<4x5xf64>, tensor<5xf64>
  %p = tern.mul %y, %w : tensor<2x3x5xf64>, tensor<2x3x5xf64>
  %loss = tern.sum %p : tensor<2x3x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_linear

func.func @weighted_tied(%x: tensor<2x3x4xf64>, %weight: tensor<5x4xf64>, %w: tensor<2x3x5xf64>) -> tensor<f64> {
  %y = tern.linear %x tied %weight : tensor<2x3x4xf64>, tensor<5x4xf64>
  %p = tern.mul %y, %w : tensor<2x3x5xf64>, tensor<2x3x5xf64>
  %loss = tern.sum %p : tensor<2x3x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_tied

func.func @weighted_embedding(%tokens: tensor<2x3xi32>, %table: tensor<5x4xf64>, %w: tensor<2x3x4xf64>) -> tensor<f64> {
  %y = tern.embedding %tokens, %table : tensor<2x3xi32>, tensor<5x4xf64>
  %p = tern.mul %y, %w : tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %loss = tern.sum %p : tensor<2x3x4xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_embedding classes 5

// The same table at the entrance and at the exit: both gradients are summed.
func.func @shared(%tokens: tensor<2x3xi32>, %table: tensor<5x4xf64>) -> tensor<f64> {
  %x = tern.embedding %tokens, %table : tensor<2x3xi32>, tensor<5x4xf64>
  %h = tern.tanh %x : tensor<2x3x4xf64>
  %loss = tern.linear_cross_entropy %h, %table, %tokens : tensor<2x3x4xf64>, tensor<5x4xf64>, tensor<2x3xi32>
  return %loss : tensor<f64>
}
check.gradient @shared classes 5
