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
