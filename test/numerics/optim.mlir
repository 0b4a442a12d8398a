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

func.func @test_adam() {
  %p = arith.constant dense<[[0.001, 0.329, -0.302], [-0.98, -0.5, -1.091]]> : tensor<2x3xf64>
  %g = arith.constant dense<[[0.066, 1.474, -0.541], [-0.683, 0.539, 0.393]]> : tensor<2x3xf64>
  %m = arith.constant dense<[[0.116, -1.024, -0.032], [0.765, -1.479, -0.503]]> : tensor<2x3xf64>
  %v = arith.constant dense<[[2.091, 1.418, 2.026], [0.259, 1.394, 0.298]]> : tensor<2x3xf64>
  %rate = arith.constant dense<0.01> : tensor<f64>
  %beta1 = arith.constant dense<0.9> : tensor<f64>
  %beta2 = arith.constant dense<0.999> : tensor<f64>
  %eps = arith.constant dense<1.0e-08> : tensor<f64>
  %decay = arith.constant dense<0.1> : tensor<f64>
  %scale = arith.constant dense<0.5> : tensor<f64>
  %step = arith.constant dense<3> : tensor<i64>
  %expected_p = arith.constant dense<[[0.0008494536243932175, 0.3304332391727046, -0.3019164096731676], [-0.9825587985194975, -0.49775899967577064, -1.0893563038138678]]> : tensor<2x3xf64>
  %expected_m = arith.constant dense<[[0.10771000000000001, -0.8446100000000001, -0.05887], [0.6445500000000001, -1.30915, -0.44396]]> : tensor<2x3xf64>
  %expected_v = arith.constant dense<[[2.08891009561, 1.41717474601, 2.02406442049], [0.25893416025, 1.39265418025, 0.29770963875999995]]> : tensor<2x3xf64>
  %p1, %m1, %v1 = tern.adam %p, %g, %m, %v learning_rate %rate beta1 %beta1 beta2 %beta2 epsilon %eps decay %decay
      scale %scale step %step : tensor<2x3xf64>, tensor<f64>
  check.almost_equal %p1, %expected_p rtol 1.0e-12 : tensor<2x3xf64>
  check.almost_equal %m1, %expected_m rtol 1.0e-12 : tensor<2x3xf64>
  check.almost_equal %v1, %expected_v rtol 1.0e-12 : tensor<2x3xf64>
  return
}

func.func @test_sgd_nesterov() {
  %p = arith.constant dense<[[0.001, 0.329, -0.302], [-0.98, -0.5, -1.091]]> : tensor<2x3xf64>
  %g = arith.constant dense<[[0.066, 1.474, -0.541], [-0.683, 0.539, 0.393]]> : tensor<2x3xf64>
  %b = arith.constant dense<[[0.116, -1.024, -0.032], [0.765, -1.479, -0.503]]> : tensor<2x3xf64>
  %rate = arith.constant dense<0.01> : tensor<f64>
  %momentum = arith.constant dense<0.9> : tensor<f64>
  %decay = arith.constant dense<0.1> : tensor<f64>
  %scale = arith.constant dense<0.5> : tensor<f64>
  %expected_p = arith.constant dense<[[-0.0005685000000000002, 0.3226663, -0.2960275], [-0.977846, -0.4921906, -1.0885863]]> : tensor<2x3xf64>
  %expected_b = arith.constant dense<[[0.1375, -0.15170000000000006, -0.3295], [0.249, -1.1116000000000001, -0.36529999999999996]]> : tensor<2x3xf64>
  %p1, %b1 = tern.sgd %p, %g, %b learning_rate %rate momentum %momentum decay %decay scale %scale nesterov :
      tensor<2x3xf64>, tensor<f64>
  check.almost_equal %p1, %expected_p rtol 1.0e-12 : tensor<2x3xf64>
  check.almost_equal %b1, %expected_b rtol 1.0e-12 : tensor<2x3xf64>
  return
}

func.func @test_lion() {
  %p = arith.constant dense<[[0.001, 0.329, -0.302], [-0.98, -0.5, -1.091]]> : tensor<2x3xf64>
  %g = arith.constant dense<[[0.0, 1.474, -0.541], [-0.683, 0.539, 0.393]]> : tensor<2x3xf64>
  %m = arith.constant dense<[[0.0, -1.024, -0.032], [0.765, -1.479, -0.503]]> : tensor<2x3xf64>
  %rate = arith.constant dense<0.01> : tensor<f64>
  %beta1 = arith.constant dense<0.9> : tensor<f64>
  %beta2 = arith.constant dense<0.99> : tensor<f64>
  %decay = arith.constant dense<0.5> : tensor<f64>
  %scale = arith.constant dense<0.5> : tensor<f64>
  %expected_p = arith.constant dense<[[0.000995, 0.337355, -0.29048999999999997], [-0.9851, -0.4875, -1.075545]]> : tensor<2x3xf64>
  %expected_m = arith.constant dense<[[0.0, -1.00639, -0.034385], [0.753935, -1.4615150000000001, -0.49600500000000003]]> : tensor<2x3xf64>
  %p1, %m1 = tern.lion %p, %g, %m learning_rate %rate beta1 %beta1 beta2 %beta2 decay %decay scale %scale :
      tensor<2x3xf64>, tensor<f64>
  check.almost_equal %p1, %expected_p rtol 1.0e-12 : tensor<2x3xf64>
  check.almost_equal %m1, %expected_m rtol 1.0e-12 : tensor<2x3xf64>
  return
}

func.func @test_ema() {
  %a = arith.constant dense<[[0.116, -1.024, -0.032], [0.765, -1.479, -0.503]]> : tensor<2x3xf64>
  %p = arith.constant dense<[[0.001, 0.329, -0.302], [-0.98, -0.5, -1.091]]> : tensor<2x3xf64>
  %decay = arith.constant dense<0.9> : tensor<f64>
  %expected = arith.constant dense<[[0.10450000000000001, -0.8887, -0.059000000000000004], [0.5905, -1.3811000000000002, -0.5618]]> : tensor<2x3xf64>
  %y = tern.ema %a, %p decay %decay : tensor<2x3xf64>, tensor<f64>
  check.almost_equal %y, %expected rtol 1.0e-12 : tensor<2x3xf64>
  return
}

func.func @test_ema_starts_anew() {
  %nan = arith.constant dense<0x7FF8000000000000> : tensor<3xf64>
  %one = arith.constant dense<[1.0, 1.0, 1.0]> : tensor<3xf64>
  %p = arith.constant dense<[0.001, 0.329, -0.302]> : tensor<3xf64>
  %decay = arith.constant dense<0.0> : tensor<f64>
  %a = tern.mul %nan, %one : tensor<3xf64>, tensor<3xf64>
  %expected = arith.constant dense<[0.001, 0.329, -0.302]> : tensor<3xf64>
  %y = tern.ema %a, %p decay %decay : tensor<3xf64>, tensor<f64>
  check.almost_equal %y, %expected rtol 1.0e-12 : tensor<3xf64>
  return
}

func.func @test_adafactor() {
  %p = arith.constant dense<[[0.172, -0.206, -2.768, -0.593], [-0.053, 0.125, -1.683, -0.526], [-1.076, -0.89, 1.167, -0.888]]> : tensor<3x4xf64>
  %g = arith.constant dense<[[-0.036, 0.973, -0.642, -0.123], [0.122, 0.07, -1.348, 0.084], [1.495, -1.702, 0.945, 0.131]]> : tensor<3x4xf64>
  %r = arith.constant dense<[0.706, 2.2, 0.838]> : tensor<3xf64>
  %c = arith.constant dense<[1.319, 0.082, 0.634, 0.208]> : tensor<4xf64>
  %rate = arith.constant dense<0.02> : tensor<f64>
  %decay = arith.constant dense<0.1> : tensor<f64>
  %scale = arith.constant dense<0.5> : tensor<f64>
  %step = arith.constant dense<3> : tensor<i64>
  %expected_p = arith.constant dense<[[0.17224901027824832, -0.24029307029567776, -2.7483798420263685, -0.5864900767283323], [-0.05405916117817538, 0.12330241330264687, -1.6624884189688773, -0.5270560087913917], [-1.0943549613218302, -0.8376678019823839, 1.147402531060725, -0.8909456997995414]]> : tensor<3x4xf64>
  %expected_r = arith.constant dense<[0.4485312393856927, 1.3343193545260874, 0.646832595515754]> : tensor<3xf64>
  %expected_c = arith.constant dense<[0.8491935113245206, 0.1811198003487693, 0.47877822233472495, 0.12299083622971614]> : tensor<4xf64>
  %p1, %r1, %c1 = tern.adafactor %p, %g, %r column(%c : tensor<4xf64>) learning_rate %rate decay %decay scale %scale
      step %step : tensor<3x4xf64>, tensor<3xf64>, tensor<f64>
  check.almost_equal %p1, %expected_p rtol 1.0e-12 : tensor<3x4xf64>
  check.almost_equal %r1, %expected_r rtol 1.0e-12 : tensor<3xf64>
  check.almost_equal %c1, %expected_c rtol 1.0e-12 : tensor<4xf64>
  return
}

func.func @test_adafactor_clips_a_vector() {
  %p = arith.constant dense<[0.751, -0.073, 0.734, 1.582, -0.743]> : tensor<5xf64>
  %g = arith.constant dense<[8.92, -20.4, 5.6000000000000005, -52.24, -25.48]> : tensor<5xf64>
  %v = arith.constant dense<[0.000216, 0.000989, 0.00126, 0.001456, 0.000874]> : tensor<5xf64>
  %rate = arith.constant dense<3.0> : tensor<f64>
  %decay = arith.constant dense<0.0> : tensor<f64>
  %scale = arith.constant dense<1.0> : tensor<f64>
  %step = arith.constant dense<900> : tensor<i64>
  %expected_p = arith.constant dense<[0.7205616121515596, -0.042560429493291696, 0.7036917637914315, 1.6124460171725348, -0.7125568260902502]> : tensor<5xf64>
  %expected_v = arith.constant dense<[0.3448312739392757, 1.8034475869049977, 0.13708027228414682, 11.821309595709277, 2.8128023809307248]> : tensor<5xf64>
  %p1, %v1 = tern.adafactor %p, %g, %v learning_rate %rate decay %decay scale %scale step %step :
      tensor<5xf64>, tensor<5xf64>, tensor<f64>
  check.almost_equal %p1, %expected_p rtol 1.0e-12 : tensor<5xf64>
  check.almost_equal %v1, %expected_v rtol 1.0e-12 : tensor<5xf64>
  return
}

func.func @test_adafactor_layers_are_tensors_of_their_own() {
  %p = arith.constant dense<[[[0.712, -2.192, -0.509, -0.107], [1.383, 0.758, -0.36, -0.405], [-0.275, 1.676, -0.471, -0.334]], [[0.388, -0.133, -0.217, -1.225], [-0.013, -0.488, 1.283, 0.718], [-0.027, 0.735, -0.374, 1.157]]]> : tensor<2x3x4xf64>
  %g = arith.constant dense<[[[-0.006, 0.642, -1.42, 0.381], [-1.857, -2.239, -0.335, -0.99], [0.18, 2.469, -0.915, -0.686]], [[22.6, 54.2, -19.400000000000002, -22.7], [77.3, 57.199999999999996, -113.7, -8.7], [3.9, -115.99999999999999, 28.599999999999998, -94.39999999999999]]]> : tensor<2x3x4xf64>
  %r = arith.constant dense<[[1.069, 0.212, 0.098], [0.65, 0.13, 2.198]]> : tensor<2x3xf64>
  %c = arith.constant dense<[[1.245, 0.399, 2.341, 0.931], [1.921, 0.832, 0.93, 0.857]]> : tensor<2x4xf64>
  %rate = arith.constant dense<0.02> : tensor<f64>
  %decay = arith.constant dense<0.1> : tensor<f64>
  %scale = arith.constant dense<0.5> : tensor<f64>
  %step = arith.constant dense<3> : tensor<i64>
  %expected_p = arith.constant dense<[[[0.7106269158137555, -2.1939284610630816, -0.4988319770784685, -0.11063194891627509], [1.4017277219068105, 0.7865112846348632, -0.35633573478775443, -0.39055949290055086], [-0.2769896241171813, 1.6322852941570956, -0.46025519349280275, -0.32181874429803725]], [[0.37347531316084964, -0.15173274607093812, -0.20854284702435844, -1.2111077087058715], [-0.03377635981560373, -0.4958935586488839, 1.3012349963104206, 0.7185039329714971], [-0.02797279630889324, 0.7511274829009071, -0.378370895775392, 1.1752793048141836]]]> : tensor<2x3x4xf64>
  %expected_r = arith.constant dense<[[0.6919006607852493, 0.3719179843367116, 0.25029533076447635], [113.01622838971512, 577.5374501847929, 603.4023368915331]]> : tensor<2x3xf64>
  %expected_c = arith.constant dense<[[0.8484729417746593, 0.6319948018400672, 1.4715438208772105, 0.5996306217421512], [226.09055941291004, 680.9836527969177, 489.2167341464895, 329.31666221564194]]> : tensor<2x4xf64>
  %p1, %r1, %c1 = tern.adafactor %p, %g, %r column(%c : tensor<2x4xf64>) learning_rate %rate decay %decay scale %scale
      step %step stacked : tensor<2x3x4xf64>, tensor<2x3xf64>, tensor<f64>
  check.almost_equal %p1, %expected_p rtol 1.0e-12 : tensor<2x3x4xf64>
  check.almost_equal %r1, %expected_r rtol 1.0e-12 : tensor<2x3xf64>
  check.almost_equal %c1, %expected_c rtol 1.0e-12 : tensor<2x4xf64>
  return
}

func.func @test_adafactor_stacked_vectors() {
  %p = arith.constant dense<[[0.144, -1.691, 1.374, 1.586], [-0.072, -0.301, -0.176, -1.073]]> : tensor<2x4xf64>
  %g = arith.constant dense<[[1.208, -0.597, -0.056, -0.873], [-34.449999999999996, -70.25, 69.15, -8.450000000000001]]> : tensor<2x4xf64>
  %v = arith.constant dense<[[1.063, 0.015, 0.764, 0.359], [0.616, 0.009, 0.413, 0.33]]> : tensor<2x4xf64>
  %rate = arith.constant dense<0.02> : tensor<f64>
  %decay = arith.constant dense<0.1> : tensor<f64>
  %scale = arith.constant dense<0.5> : tensor<f64>
  %step = arith.constant dense<2> : tensor<i64>
  %expected_p = arith.constant dense<[[0.12367751701163111, -1.6540402539155366, 1.3725762009019455, 1.6058320310927396], [-0.060537737729077286, -0.289071064273599, -0.18697351655961952, -1.059603838184525]]> : tensor<2x4xf64>
  %expected_v = arith.constant dense<[[0.661998593857375, 0.05756056633828951, 0.3256475181462915, 0.2622406863524741], [170.67196083870692, 708.6161028020969, 686.7703900149819, 10.392956558009963]]> : tensor<2x4xf64>
  %p1, %v1 = tern.adafactor %p, %g, %v learning_rate %rate decay %decay scale %scale step %step stacked :
      tensor<2x4xf64>, tensor<2x4xf64>, tensor<f64>
  check.almost_equal %p1, %expected_p rtol 1.0e-12 : tensor<2x4xf64>
  check.almost_equal %v1, %expected_v rtol 1.0e-12 : tensor<2x4xf64>
  return
}

func.func @test_muon_wide() {
  %p = arith.constant dense<[[-1.516, -0.888, 1.819, -0.738, -1.16], [0.371, 1.548, -1.599, -0.229, -0.695], [-1.937, 0.808, -0.026, 0.079, -0.828]]> : tensor<3x5xf64>
  %g = arith.constant dense<[[0.5, -0.593, -0.157, -1.219, -1.338], [1.469, -0.558, 0.321, -0.037, -0.485], [-0.559, 0.693, -0.332, -0.167, 0.024]]> : tensor<3x5xf64>
  %b = arith.constant dense<[[1.294, 0.749, 0.421, -0.62, -1.52], [1.044, 1.063, -0.155, 0.596, 0.86], [0.914, 1.014, -0.501, 1.666, -1.371]]> : tensor<3x5xf64>
  %rate = arith.constant dense<0.02> : tensor<f64>
  %momentum = arith.constant dense<0.95> : tensor<f64>
  %decay = arith.constant dense<0.1> : tensor<f64>
  %scale = arith.constant dense<0.5> : tensor<f64>
  %expected_p = arith.constant dense<[[-1.518093530230593, -0.8889308970637619, 1.813581986041204, -0.7332927586346537, -1.1533593384915255], [0.36467946087027936, 1.540453902049161, -1.5960741479081062, -0.22893351268682144, -0.6983937178678609], [-1.934417635948253, 0.8038722447202027, -0.023706590034777594, 0.07231653248767228, -0.8207486766728714]]> : tensor<3x5xf64>
  %expected_b = arith.constant dense<[[1.2418, 0.696725, 0.39602499999999996, -0.619475, -1.47745], [1.0285250000000001, 0.9958999999999999, -0.139225, 0.565275, 0.8048749999999999], [0.854325, 0.980625, -0.48425, 1.5785249999999997, -1.30185]]> : tensor<3x5xf64>
  %p1, %b1 = tern.muon %p, %g, %b learning_rate %rate momentum %momentum decay %decay scale %scale :
      tensor<3x5xf64>, tensor<f64>
  check.almost_equal %p1, %expected_p rtol 1.0e-12 : tensor<3x5xf64>
  check.almost_equal %b1, %expected_b rtol 1.0e-12 : tensor<3x5xf64>
  return
}

func.func @test_muon_tall() {
  %p = arith.constant dense<[[0.948, 0.543, 0.961], [2.067, 1.633, -1.26], [-1.858, 0.899, -1.117], [-0.014, 0.924, -1.808], [-2.321, 0.285, 0.049]]> : tensor<5x3xf64>
  %g = arith.constant dense<[[-0.27, 0.042, -0.947], [-1.665, -0.183, -1.069], [-1.808, 0.556, -0.068], [0.447, -1.088, -0.724], [-1.099, -0.975, 0.215]]> : tensor<5x3xf64>
  %b = arith.constant dense<[[-0.861, 0.392, 0.374], [2.228, -1.532, 0.977], [-0.098, -0.015, -1.595], [-0.506, 0.818, -0.091], [0.089, -0.32, 1.27]]> : tensor<5x3xf64>
  %rate = arith.constant dense<0.02> : tensor<f64>
  %momentum = arith.constant dense<0.95> : tensor<f64>
  %decay = arith.constant dense<0.1> : tensor<f64>
  %scale = arith.constant dense<0.5> : tensor<f64>
  %expected_p = arith.constant dense<[[0.9497804870318589, 0.5420790927249292, 0.957872011031303], [2.056384655262492, 1.6337660141698347, -1.2598565811873719], [-1.852862635169466, 0.8990420742821298, -1.10940692799942], [-0.014480916692481157, 0.917238939868755, -1.8043772278338268], [-2.314968899764032, 0.2870225371286349, 0.044862732091160394]]> : tensor<5x3xf64>
  %expected_b = arith.constant dense<[[-0.8247, 0.37345, 0.331625], [2.074975, -1.459975, 0.9014249999999999], [-0.13830000000000003, -0.00034999999999998574, -1.51695], [-0.46952499999999997, 0.7498999999999999, -0.10455000000000002], [0.05707499999999996, -0.32837500000000003, 1.2118749999999998]]> : tensor<5x3xf64>
  %p1, %b1 = tern.muon %p, %g, %b learning_rate %rate momentum %momentum decay %decay scale %scale :
      tensor<5x3xf64>, tensor<f64>
  check.almost_equal %p1, %expected_p rtol 1.0e-12 : tensor<5x3xf64>
  check.almost_equal %b1, %expected_b rtol 1.0e-12 : tensor<5x3xf64>
  return
}

func.func @test_muon_stack() {
  %p = arith.constant dense<[[[-0.024, -2.42, -0.761, -2.166], [-3.577, -0.583, 1.467, 0.052], [-1.29, -1.035, 1.244, 0.173]], [[0.053, -0.059, 0.042, 0.886], [0.608, 0.237, -1.147, 0.562], [-0.753, 1.203, -1.398, -0.151]]]> : tensor<2x3x4xf64>
  %g = arith.constant dense<[[[-0.008, -1.457, 1.894, 1.606], [-0.51, 0.849, 0.417, -2.875], [0.275, -0.067, 0.092, -1.185]], [[-0.296, -0.196, 1.307, 0.368], [-0.006, 1.682, -0.611, -0.428], [-1.998, 1.726, 1.061, 1.009]]]> : tensor<2x3x4xf64>
  %b = arith.constant dense<[[[0.736, 0.121, 0.237, -0.277], [-0.224, 0.06, 1.663, 0.611], [-0.064, -0.637, -0.698, 1.763]], [[0.557, 0.074, -0.381, -1.22], [-0.074, 0.961, -0.432, -0.25], [-0.243, 0.121, -1.752, -0.259]]]> : tensor<2x3x4xf64>
  %rate = arith.constant dense<0.02> : tensor<f64>
  %momentum = arith.constant dense<0.95> : tensor<f64>
  %decay = arith.constant dense<0.1> : tensor<f64>
  %scale = arith.constant dense<0.5> : tensor<f64>
  %expected_p = arith.constant dense<[[[-0.02958279521132286, -2.4150488163573978, -0.7611158690755142, -2.161149118441878], [-3.568654773067105, -0.5823546744932462, 1.4574708769581524, 0.050384594326388484], [-1.287722086142253, -1.0302582850615785, 1.2445153845862325, 0.16575623097576447]], [[0.05025460312779845, -0.05824993168784143, 0.04348924865298216, 0.8899462355294961], [0.6073393602654374, 0.22812759064599356, -1.1439318246745835, 0.5616758326093578], [-0.7499580828130109, 1.2012218514483493, -1.3871239837892275, -0.1497509198159891]]]> : tensor<2x3x4xf64>
  %expected_b = arith.constant dense<[[[0.699, 0.07852499999999996, 0.2725, -0.22299999999999995], [-0.22555, 0.07822500000000002, 1.5902749999999999, 0.5085749999999999], [-0.053924999999999994, -0.606825, -0.6607999999999999, 1.6452249999999997]], [[0.52175, 0.06539999999999999, -0.329275, -1.1498], [-0.07044999999999998, 0.955, -0.425675, -0.2482], [-0.2808, 0.15810000000000002, -1.6378749999999997, -0.22082499999999997]]]> : tensor<2x3x4xf64>
  %p1, %b1 = tern.muon %p, %g, %b learning_rate %rate momentum %momentum decay %decay scale %scale :
      tensor<2x3x4xf64>, tensor<f64>
  check.almost_equal %p1, %expected_p rtol 1.0e-12 : tensor<2x3x4xf64>
  check.almost_equal %b1, %expected_b rtol 1.0e-12 : tensor<2x3x4xf64>
  return
}
