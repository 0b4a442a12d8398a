// Optimizer steps against their formulas in f64.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

func.func @test_adamw() {
  %p = arith.constant dense<[[1.486, -1.678, -0.203], [0.198, 1.534, 1.277]]> : tensor<2x3xf64>
  %g = arith.constant dense<[[1.456, -0.886, -0.339], [-0.565, 1.537, 1.831]]> : tensor<2x3xf64>
  %m = arith.constant dense<[[-1.396, -1.295, -1.072], [-1.067, -0.06, 0.356]]> : tensor<2x3xf64>
  %v = arith.constant dense<[[0.949, 1.984, 0.324], [0.523, 0.265, 1.812]]> : tensor<2x3xf64>
  %rate = arith.constant dense<0.01> : tensor<f64>
  %beta1 = arith.constant dense<0.9> : tensor<f64>
  %beta2 = arith.constant dense<0.999> : tensor<f64>
  %eps = arith.constant dense<1.0e-08> : tensor<f64>
  %decay = arith.constant dense<0.1> : tensor<f64>
  %scale = arith.constant dense<0.5> : tensor<f64>
  %step = arith.constant dense<3> : tensor<i64>
  %expected_p = arith.constant dense<[[1.4869689457657291, -1.6745861481553137, -0.19931121545754016], [0.20056452386678333, 1.5323763870476093, 1.275104618767405]]> : tensor<2x3xf64>
  %expected_m = arith.constant dense<[[-1.1836, -1.2098, -0.9817500000000001], [-0.9885499999999999, 0.022849999999999974, 0.41195]]> : tensor<2x3xf64>
  %expected_v = arith.constant dense<[[0.948580984, 1.982212249, 0.32370473025], [0.52255680625, 0.26532559225, 1.81102614025]]> : tensor<2x3xf64>
  %p1, %m1, %v1 = tern.adamw %p, %g, %m, %v learning_rate %rate beta1 %beta1 beta2 %beta2 epsilon %eps decay %decay
      scale %scale step %step : tensor<2x3xf64>, tensor<f64>
  check.almost_equal %p1, %expected_p rtol 1.0e-13 : tensor<2x3xf64>
  check.almost_equal %m1, %expected_m rtol 1.0e-13 : tensor<2x3xf64>
  check.almost_equal %v1, %expected_v rtol 1.0e-13 : tensor<2x3xf64>
  return
}

func.func @test_sgd() {
  %p = arith.constant dense<[[1.486, -1.678, -0.203], [0.198, 1.534, 1.277]]> : tensor<2x3xf64>
  %g = arith.constant dense<[[1.456, -0.886, -0.339], [-0.565, 1.537, 1.831]]> : tensor<2x3xf64>
  %b = arith.constant dense<[[-1.396, -1.295, -1.072], [-1.067, -0.06, 0.356]]> : tensor<2x3xf64>
  %rate = arith.constant dense<0.01> : tensor<f64>
  %momentum = arith.constant dense<0.9> : tensor<f64>
  %decay = arith.constant dense<0.1> : tensor<f64>
  %scale = arith.constant dense<0.5> : tensor<f64>
  %expected_b = arith.constant dense<[[-0.3797999999999999, -1.7763, -1.1546], [-1.2229999999999999, 0.8678999999999999, 1.3636]]> : tensor<2x3xf64>
  %expected_p = arith.constant dense<[[1.489798, -1.660237, -0.191454], [0.21023, 1.525321, 1.263364]]> : tensor<2x3xf64>
  %p1, %b1 = tern.sgd %p, %g, %b learning_rate %rate momentum %momentum decay %decay scale %scale :
      tensor<2x3xf64>, tensor<f64>
  check.almost_equal %p1, %expected_p rtol 1.0e-13 : tensor<2x3xf64>
  check.almost_equal %b1, %expected_b rtol 1.0e-13 : tensor<2x3xf64>
  return
}

func.func @test_accumulate_true() {
  %old = arith.constant dense<[[1.486, -1.678, -0.203], [0.198, 1.534, 1.277]]> : tensor<2x3xf64>
  %value = arith.constant dense<[[1.456, -0.886, -0.339], [-0.565, 1.537, 1.831]]> : tensor<2x3xf64>
  %flag = arith.constant dense<true> : tensor<i1>
  %expected = arith.constant dense<[[2.942, -2.564, -0.542], [-0.36699999999999994, 3.0709999999999997, 3.1079999999999997]]> : tensor<2x3xf64>
  %y = tern.accumulate %old, %value if %flag : tensor<2x3xf64>
  check.almost_equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_accumulate_false() {
  %old = arith.constant dense<[[1.486, -1.678, -0.203], [0.198, 1.534, 1.277]]> : tensor<2x3xf64>
  %value = arith.constant dense<[[1.456, -0.886, -0.339], [-0.565, 1.537, 1.831]]> : tensor<2x3xf64>
  %flag = arith.constant dense<false> : tensor<i1>
  %expected = arith.constant dense<[[1.456, -0.886, -0.339], [-0.565, 1.537, 1.831]]> : tensor<2x3xf64>
  %y = tern.accumulate %old, %value if %flag : tensor<2x3xf64>
  check.almost_equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_accumulate_forgets_what_is_not_a_number() {
  %nan = arith.constant dense<0x7FF8000000000000> : tensor<2xf64>
  %one = arith.constant dense<1.0> : tensor<2xf64>
  %old = tern.mul %nan, %one : tensor<2xf64>, tensor<2xf64>
  %value = arith.constant dense<[1.0, 2.0]> : tensor<2xf64>
  %flag = arith.constant dense<false> : tensor<i1>
  %expected = arith.constant dense<[1.0, 2.0]> : tensor<2xf64>
  %y = tern.accumulate %old, %value if %flag : tensor<2xf64>
  check.almost_equal %y, %expected : tensor<2xf64>
  return
}

// More than two blocks and a rest, and a small tensor: sqrt(8292 0.25 + 14) / 2.
func.func @test_global_norm() {
  %half = arith.constant dense<0.5> : tensor<8292xf64>
  %small = arith.constant dense<[1.0, 2.0, -3.0]> : tensor<3xf64>
  %scale = arith.constant dense<0.5> : tensor<f64>
  %expected = arith.constant dense<22.84184756100084> : tensor<f64>
  %y = tern.global_norm %half, %small scale %scale : tensor<8292xf64>, tensor<3xf64> scale tensor<f64>
  check.almost_equal %y, %expected rtol 1.0e-13 : tensor<f64>
  return
}

func.func @test_clip_factor_clips() {
  %norm = arith.constant dense<4.0> : tensor<f64>
  %limit = arith.constant dense<2.0> : tensor<f64>
  %expected = arith.constant dense<0.49999987500003124> : tensor<f64>
  %y = tern.clip_factor %norm, %limit : tensor<f64>
  check.almost_equal %y, %expected : tensor<f64>
  return
}

func.func @test_clip_factor_leaves_small_gradients() {
  %norm = arith.constant dense<1.0> : tensor<f64>
  %limit = arith.constant dense<2.0> : tensor<f64>
  %expected = arith.constant dense<1.0> : tensor<f64>
  %y = tern.clip_factor %norm, %limit : tensor<f64>
  check.almost_equal %y, %expected : tensor<f64>
  return
}

func.func @test_clip_factor_is_off_at_zero() {
  %norm = arith.constant dense<4.0> : tensor<f64>
  %limit = arith.constant dense<0.0> : tensor<f64>
  %expected = arith.constant dense<1.0> : tensor<f64>
  %y = tern.clip_factor %norm, %limit : tensor<f64>
  check.almost_equal %y, %expected : tensor<f64>
  return
}
