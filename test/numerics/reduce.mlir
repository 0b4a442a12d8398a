// Reductions and softmax against sums and exponentials computed in f64, and their gradients.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

func.func @test_sum_all() {
  %x = arith.constant dense<[[[-0.705, -1.397, 0.604, -1.71], [0.144, -0.537, -1.768, 0.03], [-1.85, -0.265, -1.721, -1.637]], [[-0.302, 1.307, -1.505, -1.107], [0.51, 1.791, 0.308, -0.413], [1.905, -1.814, 1.434, -0.842]]]> : tensor<2x3x4xf64>
  %expected = arith.constant dense<-9.540000000000001> : tensor<f64>
  %y = tern.sum %x : tensor<2x3x4xf64>
  check.almost_equal %y, %expected : tensor<f64>
  return
}

func.func @test_sum_middle() {
  %x = arith.constant dense<[[[-0.705, -1.397, 0.604, -1.71], [0.144, -0.537, -1.768, 0.03], [-1.85, -0.265, -1.721, -1.637]], [[-0.302, 1.307, -1.505, -1.107], [0.51, 1.791, 0.308, -0.413], [1.905, -1.814, 1.434, -0.842]]]> : tensor<2x3x4xf64>
  %expected = arith.constant dense<[[-2.411, -2.1990000000000003, -2.8850000000000002, -3.317], [2.113, 1.2839999999999998, 0.2370000000000001, -2.362]]> : tensor<2x4xf64>
  %y = tern.sum %x dims [1] : tensor<2x3x4xf64>
  check.almost_equal %y, %expected : tensor<2x4xf64>
  return
}

func.func @test_mean_last_kept() {
  %x = arith.constant dense<[[[-0.705, -1.397, 0.604, -1.71], [0.144, -0.537, -1.768, 0.03], [-1.85, -0.265, -1.721, -1.637]], [[-0.302, 1.307, -1.505, -1.107], [0.51, 1.791, 0.308, -0.413], [1.905, -1.814, 1.434, -0.842]]]> : tensor<2x3x4xf64>
  %expected = arith.constant dense<[[[-0.8019999999999999], [-0.5327500000000001], [-1.3682500000000002]], [[-0.40175], [0.549], [0.17074999999999999]]]> : tensor<2x3x1xf64>
  %y = tern.mean %x dims [-1] keep_dims : tensor<2x3x4xf64>
  check.almost_equal %y, %expected : tensor<2x3x1xf64>
  return
}

func.func @test_max_two_dimensions() {
  %x = arith.constant dense<[[[-0.705, -1.397, 0.604, -1.71], [0.144, -0.537, -1.768, 0.03], [-1.85, -0.265, -1.721, -1.637]], [[-0.302, 1.307, -1.505, -1.107], [0.51, 1.791, 0.308, -0.413], [1.905, -1.814, 1.434, -0.842]]]> : tensor<2x3x4xf64>
  %expected = arith.constant dense<[1.307, 1.791, 1.905]> : tensor<3xf64>
  %y = tern.max %x dims [0, 2] : tensor<2x3x4xf64>
  check.almost_equal %y, %expected : tensor<3xf64>
  return
}

func.func @test_argmax() {
  %x = arith.constant dense<[[[-0.705, -1.397, 0.604, -1.71], [0.144, -0.537, -1.768, 0.03], [-1.85, -0.265, -1.721, -1.637]], [[-0.302, 1.307, -1.505, -1.107], [0.51, 1.791, 0.308, -0.413], [1.905, -1.814, 1.434, -0.842]]]> : tensor<2x3x4xf64>
  %expected = arith.constant dense<[[2, 0, 1], [1, 1, 0]]> : tensor<2x3xi32>
  %y = tern.argmax %x : tensor<2x3x4xf64>
  check.almost_equal %y, %expected : tensor<2x3xi32>
  return
}

func.func @test_argmax_first_of_ties() {
  %x = arith.constant dense<[1.0, 3.0, 3.0, 2.0]> : tensor<4xf64>
  %expected = arith.constant dense<1> : tensor<i32>
  %y = tern.argmax %x : tensor<4xf64>
  check.almost_equal %y, %expected : tensor<i32>
  return
}

func.func @test_softmax() {
  %x = arith.constant dense<[[[-0.705, -1.397, 0.604, -1.71], [0.144, -0.537, -1.768, 0.03], [-1.85, -0.265, -1.721, -1.637]], [[-0.302, 1.307, -1.505, -1.107], [0.51, 1.791, 0.308, -0.413], [1.905, -1.814, 1.434, -0.842]]]> : tensor<2x3x4xf64>
  %expected = arith.constant dense<[[[0.17956261596927425, 0.08988436245554456, 0.6648250893882546, 0.06572793218692664], [0.3927493588422714, 0.19877462488485054, 0.0580422761781465, 0.35043374009473155], [0.12114800595862225, 0.5911164209979145, 0.13782888994149572, 0.14990668310196748]], [[0.14825377452513683, 0.7409443328345411, 0.04451941998328039, 0.06628247265704178], [0.17197914937901576, 0.6191658970434452, 0.14052329066941405, 0.06833166290812509], [0.5838544197199328, 0.014163265420204942, 0.36454560872953135, 0.037436706130330975]]]> : tensor<2x3x4xf64>
  %y = tern.softmax %x : tensor<2x3x4xf64>
  check.almost_equal %y, %expected rtol 1.0e-13 : tensor<2x3x4xf64>
  return
}

func.func @test_log_softmax_middle() {
  %x = arith.constant dense<[[[-0.705, -1.397, 0.604, -1.71], [0.144, -0.537, -1.768, 0.03], [-1.85, -0.265, -1.721, -1.637]], [[-0.302, 1.307, -1.505, -1.107], [0.51, 1.791, 0.308, -0.413], [1.905, -1.814, 1.434, -0.842]]]> : tensor<2x3x4xf64>
  %expected = arith.constant dense<[[[-1.296241716605818, -1.8664052863547793, -0.17485827206846213, -2.050665705137422], [-0.447241716605818, -1.006405286354779, -2.546858272068462, -0.3106657051374222], [-2.441241716605818, -0.7344052863547791, -2.499858272068462, -1.9776657051374222]], [[-2.5129123473195327, -0.9808285076269838, -3.25908628728007, -1.4598090403130295], [-1.7009123473195331, -0.4968285076269839, -1.4460862872800695, -0.7658090403130293], [-0.30591234731953315, -4.101828507626984, -0.3200862872800696, -1.1948090403130294]]]> : tensor<2x3x4xf64>
  %y = tern.log_softmax %x dim 1 : tensor<2x3x4xf64>
  check.almost_equal %y, %expected rtol 1.0e-13 : tensor<2x3x4xf64>
  return
}

// Nothing overflows.
func.func @test_softmax_of_large_numbers() {
  %x = arith.constant dense<[1000.0, 1000.0, -1000.0]> : tensor<3xf64>
  %expected = arith.constant dense<[0.5, 0.5, 0.0]> : tensor<3xf64>
  %y = tern.softmax %x : tensor<3xf64>
  check.almost_equal %y, %expected : tensor<3xf64>
  return
}

func.func @test_sum_f32() {
  %x = arith.constant dense<0.1> : tensor<1000xf32>
  %one = arith.constant dense<1.0> : tensor<1000xf32>
  %z = tern.mul %x, %one : tensor<1000xf32>, tensor<1000xf32>
  %expected = arith.constant dense<100.0> : tensor<f32>
  %y = tern.sum %z : tensor<1000xf32>
  check.almost_equal %y, %expected rtol 1.0e-5 : tensor<f32>
  return
}

func.func @weighted_sum(%x: tensor<2x3x4xf64>, %w: tensor<2x4xf64>) -> tensor<f64> {
  %y = tern.sum %x dims [1] : tensor<2x3x4xf64>
  %p = tern.mul %y, %w : tensor<2x4xf64>, tensor<2x4xf64>
  %loss = tern.sum %p : tensor<2x4xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_sum

func.func @weighted_mean(%x: tensor<2x3x4xf64>, %w: tensor<1x3x1xf64>) -> tensor<f64> {
  %y = tern.mean %x dims [0, 2] keep_dims : tensor<2x3x4xf64>
  %p = tern.mul %y, %w : tensor<1x3x1xf64>, tensor<1x3x1xf64>
  %loss = tern.sum %p : tensor<1x3x1xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_mean

func.func @weighted_max(%x: tensor<2x3x4xf64>, %w: tensor<2x3xf64>) -> tensor<f64> {
  %y = tern.max %x dims [2] : tensor<2x3x4xf64>
  %p = tern.mul %y, %w : tensor<2x3xf64>, tensor<2x3xf64>
  %loss = tern.sum %p : tensor<2x3xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_max

func.func @weighted_softmax(%x: tensor<2x3x4xf64>, %w: tensor<2x3x4xf64>) -> tensor<f64> {
  %y = tern.softmax %x : tensor<2x3x4xf64>
  %p = tern.mul %y, %w : tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %loss = tern.sum %p : tensor<2x3x4xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_softmax

func.func @weighted_log_softmax(%x: tensor<2x3x4xf64>, %w: tensor<2x3x4xf64>) -> tensor<f64> {
  %y = tern.log_softmax %x dim 0 : tensor<2x3x4xf64>
  %p = tern.mul %y, %w : tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %loss = tern.sum %p : tensor<2x3x4xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_log_softmax

// What padding holds has no influence: here NaNs. No token at all gives zeros, lengths beyond the end are cut.
func.func @test_masked_mean() {
  %x = arith.constant dense<[[[0x7FF8000000000000, 0x7FF8000000000000], [0x7FF8000000000000, 0x7FF8000000000000], [0x7FF8000000000000, 0x7FF8000000000000]], [[1.603, -0.221], [-0.629, 1.569], [0x7FF8000000000000, 0x7FF8000000000000]], [[0.751, -0.35], [0.772, 1.319], [0.558, -1.046]], [[-0.819, -0.362], [1.087, 0.228], [0.2, 1.306]]]> : tensor<4x3x2xf64>
  %lengths = arith.constant dense<[0, 2, 3, 8]> : tensor<4xi32>
  %expected = arith.constant dense<[[0.0, 0.0], [0.487, 0.6739999999999999], [0.6936666666666668, -0.02566666666666669], [0.156, 0.3906666666666667]]> : tensor<4x2xf64>
  %y = tern.masked_mean %x, %lengths : tensor<4x3x2xf64>, tensor<4xi32>
  check.almost_equal %y, %expected rtol 1.0e-14 : tensor<4x2xf64>
  return
}

// A vector of zeros is at right angles to all; one shorter than eps counts as that long.
func.func @test_cosine_similarity() {
  %a = arith.constant dense<[[-1.566, 0.525, -0.67, 0.237], [0.0, 0.0, 0.0, 0.0], [0.000248, 0.00016700000000000002, -0.0010600000000000002, 0.000243]]> : tensor<3x4xf64>
  %b = arith.constant dense<[[-0.117, -0.202, 0.874, -1.984], [-0.491, 1.142, -1.433, 1.47], [-1.186, 0.725, -1.307, -0.203]]> : tensor<3x4xf64>
  %expected = arith.constant dense<[-0.24960194583398243, 0.0, 0.5374279128705997]> : tensor<3xf64>
  %expected_short = arith.constant dense<[-0.24960194583398243, 0.0, 0.012122744169160038]> : tensor<3xf64>
  %y = tern.cosine_similarity %a, %b : tensor<3x4xf64>, tensor<3x4xf64>
  %short = tern.cosine_similarity %a, %b eps 0.05 : tensor<3x4xf64>, tensor<3x4xf64>
  check.almost_equal %y, %expected rtol 1.0e-13 : tensor<3xf64>
  check.almost_equal %short, %expected_short rtol 1.0e-13 : tensor<3xf64>
  return
}

func.func @pooled(%x: tensor<3x4x2xf64>, %w: tensor<3x2xf64>) -> tensor<f64> {
  %lengths = arith.constant dense<[1, 3, 7]> : tensor<3xi32>
  %y = tern.masked_mean %x, %lengths : tensor<3x4x2xf64>, tensor<3xi32>
  %squares = tern.mul %y, %y : tensor<3x2xf64>, tensor<3x2xf64>
  %p = tern.mul %squares, %w : tensor<3x2xf64>, tensor<3x2xf64>
  %loss = tern.sum %p : tensor<3x2xf64>
  return %loss : tensor<f64>
}
check.gradient @pooled

func.func @angles(%a: tensor<3x4xf64>, %b: tensor<3x4xf64>, %w: tensor<3xf64>) -> tensor<f64> {
  %y = tern.cosine_similarity %a, %b : tensor<3x4xf64>, tensor<3x4xf64>
  %p = tern.mul %y, %w : tensor<3xf64>, tensor<3xf64>
  %loss = tern.sum %p : tensor<3xf64>
  return %loss : tensor<f64>
}
check.gradient @angles

// Shorter than eps, both: the product of vectors that it then is.
func.func @short_angles(%a: tensor<3x4xf64>, %b: tensor<3x4xf64>, %w: tensor<3xf64>) -> tensor<f64> {
  %y = tern.cosine_similarity %a, %b eps 20.0 : tensor<3x4xf64>, tensor<3x4xf64>
  %p = tern.mul %y, %w : tensor<3xf64>, tensor<3xf64>
  %loss = tern.sum %p : tensor<3xf64>
  return %loss : tensor<f64>
}
check.gradient @short_angles
