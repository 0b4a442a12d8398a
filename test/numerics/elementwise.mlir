// Elementwise ops against closed forms computed in f64, and their gradients against central differences.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3

func.func @test_neg() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[3.0, 1.25, 0.5], [-0.25, -0.75, -2.5]]> : tensor<2x3xf64>
  %y = tern.neg %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_exp() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[0.049787068367863944, 0.2865047968601901, 0.6065306597126334], [1.2840254166877414, 2.117000016612675, 12.182493960703473]]> : tensor<2x3xf64>
  %y = tern.exp %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_log() {
  %x = arith.constant dense<[[0.1, 0.5, 1.0], [1.75, 3.0, 9.0]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-2.3025850929940455, -0.6931471805599453, 0.0], [0.5596157879354227, 1.0986122886681098, 2.1972245773362196]]> : tensor<2x3xf64>
  %y = tern.log %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_sqrt() {
  %x = arith.constant dense<[[0.1, 0.5, 1.0], [1.75, 3.0, 9.0]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[0.31622776601683794, 0.7071067811865476, 1.0], [1.3228756555322954, 1.7320508075688772, 3.0]]> : tensor<2x3xf64>
  %y = tern.sqrt %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_rsqrt() {
  %x = arith.constant dense<[[0.1, 0.5, 1.0], [1.75, 3.0, 9.0]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[3.162277660168379, 1.414213562373095, 1.0], [0.7559289460184544, 0.5773502691896258, 0.3333333333333333]]> : tensor<2x3xf64>
  %y = tern.rsqrt %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_tanh() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-0.9950547536867305, -0.8482836399575129, -0.46211715726000974], [0.24491866240370913, 0.6351489523872873, 0.9866142981514303]]> : tensor<2x3xf64>
  %y = tern.tanh %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_erf() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-0.9999779095030014, -0.9229001282564582, -0.5204998778130465], [0.2763263901682369, 0.7111556336535151, 0.999593047982555]]> : tensor<2x3xf64>
  %y = tern.erf %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_sigmoid() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[0.04742587317756678, 0.22270013882530884, 0.3775406687981454], [0.5621765008857981, 0.679178699175393, 0.9241418199787566]]> : tensor<2x3xf64>
  %y = tern.sigmoid %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_step() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]> : tensor<2x3xf64>
  %y = tern.step %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_relu() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[0.0, 0.0, 0.0], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %y = tern.relu %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_silu() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-0.14227761953270035, -0.27837517353163604, -0.1887703343990727], [0.14054412522144952, 0.5093840243815447, 2.3103545499468914]]> : tensor<2x3xf64>
  %y = tern.silu %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_leaky_relu_slope_02() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-0.6000000000000001, -0.25, -0.1], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %y = tern.leaky_relu %x slope 0.2 : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_elu_alpha_05() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-0.475106465816068, -0.3567476015699049, -0.1967346701436833], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %y = tern.elu %x alpha 0.5 : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_gelu() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-0.00404969409489031, -0.13206221708356913, -0.15426876936299344], [0.14967658142073093, 0.5800294857173488, 2.4844758366855597]]> : tensor<2x3xf64>
  %y = tern.gelu %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_gelu_tanh() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-0.0036373920817729943, -0.13228579703028542, -0.15428599017485606], [0.149675350701685, 0.5799605551656203, 2.484915733910001]]> : tensor<2x3xf64>
  %y = tern.gelu %x tanh : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_add_broadcast() {
  %a = arith.constant dense<[[0.5, -1.5, 2.0], [3.0, -0.25, 1.0]]> : tensor<2x3xf64>
  %b = arith.constant dense<[2.0, -1.5, 0.5]> : tensor<3xf64>
  %expected = arith.constant dense<[[2.5, -3.0, 2.5], [5.0, -1.75, 1.5]]> : tensor<2x3xf64>
  %y = tern.add %a, %b : tensor<2x3xf64>, tensor<3xf64>
  check.almost_equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_sub_broadcast() {
  %a = arith.constant dense<[[0.5, -1.5, 2.0], [3.0, -0.25, 1.0]]> : tensor<2x3xf64>
  %b = arith.constant dense<[2.0, -1.5, 0.5]> : tensor<3xf64>
  %expected = arith.constant dense<[[-1.5, 0.0, 1.5], [1.0, 1.25, 0.5]]> : tensor<2x3xf64>
  %y = tern.sub %a, %b : tensor<2x3xf64>, tensor<3xf64>
  check.almost_equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_mul_broadcast() {
  %a = arith.constant dense<[[0.5, -1.5, 2.0], [3.0, -0.25, 1.0]]> : tensor<2x3xf64>
  %b = arith.constant dense<[2.0, -1.5, 0.5]> : tensor<3xf64>
  %expected = arith.constant dense<[[1.0, 2.25, 1.0], [6.0, 0.375, 0.5]]> : tensor<2x3xf64>
  %y = tern.mul %a, %b : tensor<2x3xf64>, tensor<3xf64>
  check.almost_equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_div_broadcast() {
  %a = arith.constant dense<[[0.5, -1.5, 2.0], [3.0, -0.25, 1.0]]> : tensor<2x3xf64>
  %b = arith.constant dense<[2.0, -1.5, 0.5]> : tensor<3xf64>
  %expected = arith.constant dense<[[0.25, 1.0, 4.0], [1.5, 0.16666666666666666, 2.0]]> : tensor<2x3xf64>
  %y = tern.div %a, %b : tensor<2x3xf64>, tensor<3xf64>
  check.almost_equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_maximum_broadcast() {
  %a = arith.constant dense<[[0.5, -1.5, 2.0], [3.0, -0.25, 1.0]]> : tensor<2x3xf64>
  %b = arith.constant dense<[2.0, -1.5, 0.5]> : tensor<3xf64>
  %expected = arith.constant dense<[[2.0, -1.5, 2.0], [3.0, -0.25, 1.0]]> : tensor<2x3xf64>
  %y = tern.maximum %a, %b : tensor<2x3xf64>, tensor<3xf64>
  check.almost_equal %y, %expected : tensor<2x3xf64>
  return
}

// Both operands repeat: (2, 1) with (3) gives (2, 3).
func.func @test_outer_difference() {
  %a = arith.constant dense<[[1.0], [10.0]]> : tensor<2x1xf64>
  %b = arith.constant dense<[2.0, -1.5, 0.5]> : tensor<3xf64>
  %expected = arith.constant dense<[[-1.0, 2.5, 0.5], [8.0, 11.5, 9.5]]> : tensor<2x3xf64>
  %y = tern.sub %a, %b : tensor<2x1xf64>, tensor<3xf64>
  check.almost_equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_abs() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[3.0, 1.25, 0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %y = tern.abs %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_sin() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-0.1411200080598672, -0.9489846193555862, -0.479425538604203], [0.24740395925452294, 0.6816387600233341, 0.5984721441039565]]> : tensor<2x3xf64>
  %y = tern.sin %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_cos() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-0.9899924966004454, 0.3153223623952687, 0.8775825618903728], [0.9689124217106447, 0.7316888688738209, -0.8011436155469337]]> : tensor<2x3xf64>
  %y = tern.cos %x : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_pow_fraction() {
  %x = arith.constant dense<[[0.1, 0.5, 1.0], [1.75, 3.0, 9.0]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[0.0199526231496888, 0.3077861033362291, 1.0], [2.589194541456904, 6.473007839923779, 41.89983049571471]]> : tensor<2x3xf64>
  %y = tern.pow %x exponent 1.7 : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_pow_five() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-243.0, -3.0517578125, -0.03125], [0.0009765625, 0.2373046875, 97.65625]]> : tensor<2x3xf64>
  %y = tern.pow %x exponent 5.0 : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_pow_minus_three() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-0.037037037037037035, -0.512, -8.0], [64.0, 2.3703703703703702, 0.064]]> : tensor<2x3xf64>
  %y = tern.pow %x exponent -3.0 : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_pow_zero() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]> : tensor<2x3xf64>
  %y = tern.pow %x exponent 0.0 : tensor<2x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_prelu_per_channel() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %slope = arith.constant dense<[0.1, -0.5, 2.0]> : tensor<3xf64>
  %expected = arith.constant dense<[[-0.30000000000000004, 0.625, -1.0], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %y = tern.prelu %x slope %slope : tensor<2x3xf64>, tensor<3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_prelu_one_slope() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %slope = arith.constant dense<[0.3]> : tensor<1xf64>
  %expected = arith.constant dense<[[-0.8999999999999999, -0.375, -0.15], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %y = tern.prelu %x slope %slope : tensor<2x3xf64>, tensor<1xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  return
}

func.func @test_minimum_broadcast() {
  %a = arith.constant dense<[[0.5, -1.5, 2.0], [3.0, -0.25, 1.0]]> : tensor<2x3xf64>
  %b = arith.constant dense<[2.0, -1.5, 0.5]> : tensor<3xf64>
  %expected = arith.constant dense<[[0.5, -1.5, 0.5], [2.0, -1.5, 0.5]]> : tensor<2x3xf64>
  %y = tern.minimum %a, %b : tensor<2x3xf64>, tensor<3xf64>
  check.almost_equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_sin_f32() {
  %x = arith.constant dense<[-40.0, -7.5, -3.0, -1.0, -0.25, 0.0, 0.5, 1.5, 2.0, 3.25, 6.5, 11.0, 20.0, 33.0, 50.0, 80.0, 100.0]> : tensor<17xf32>
  %expected = arith.constant dense<[-0.7451131604793488, -0.9379999767747389, -0.1411200080598672, -0.8414709848078965, -0.24740395925452294, 0.0, 0.479425538604203, 0.9974949866040544, 0.9092974268256817, -0.10819513453010837, 0.21511998808781552, -0.9999902065507035, 0.9129452507276277, 0.9999118601072672, -0.26237485370392877, -0.9938886539233752, -0.5063656411097588]> : tensor<17xf32>
  %y = tern.sin %x : tensor<17xf32>
  check.almost_equal %y, %expected rtol 1.0e-5 atol 1.0e-6 : tensor<17xf32>
  return
}

func.func @test_cos_f32() {
  %x = arith.constant dense<[-40.0, -7.5, -3.0, -1.0, -0.25, 0.0, 0.5, 1.5, 2.0, 3.25, 6.5, 11.0, 20.0, 33.0, 50.0, 80.0, 100.0]> : tensor<17xf32>
  %expected = arith.constant dense<[-0.6669380616522619, 0.3466353178350258, -0.9899924966004454, 0.5403023058681398, 0.9689124217106447, 1.0, 0.8775825618903728, 0.0707372016677029, -0.4161468365471424, -0.9941296760805463, 0.9765876257280235, 0.004425697988050785, 0.40808206181339196, -0.013276747223059479, 0.9649660284921133, -0.11038724383904756, 0.8623188722876839]> : tensor<17xf32>
  %y = tern.cos %x : tensor<17xf32>
  check.almost_equal %y, %expected rtol 1.0e-5 atol 1.0e-6 : tensor<17xf32>
  return
}

// What f32 keeps of the same functions.
func.func @test_gelu_tanh_f32() {
  %x = arith.constant dense<[-3.0, -1.25, -0.5, 0.25, 0.75, 2.5]> : tensor<6xf32>
  %expected = arith.constant dense<[-0.0036373920817729943, -0.13228579703028542, -0.15428599017485606, 0.149675350701685, 0.5799605551656203, 2.484915733910001]> : tensor<6xf32>
  %y = tern.gelu %x tanh : tensor<6xf32>
  check.almost_equal %y, %expected rtol 2.0e-6 atol 1.0e-7 : tensor<6xf32>
  return
}

func.func @test_exp_f32() {
  %x = arith.constant dense<[-80.0, -20.0, -1.0, 0.0, 1.0, 20.0, 80.0]> : tensor<7xf32>
  %expected = arith.constant dense<[1.8048513878454153e-35, 2.061153622438558e-09, 0.36787944117144233, 1.0, 2.718281828459045, 485165195.4097903, 5.54062238439351e+34]> : tensor<7xf32>
  %y = tern.exp %x : tensor<7xf32>
  check.almost_equal %y, %expected rtol 1.0e-6 atol 0.0 : tensor<7xf32>
  return
}

// The derivative of each function; arguments stay away from kinks and poles.
func.func @weighted_neg(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.neg %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_neg low -2.0 high 2.0

func.func @weighted_exp(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.exp %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_exp low -2.0 high 2.0

func.func @weighted_log(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.log %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_log low 0.2 high 2.0

func.func @weighted_sqrt(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.sqrt %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_sqrt low 0.2 high 2.0

func.func @weighted_rsqrt(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.rsqrt %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_rsqrt low 0.2 high 2.0

func.func @weighted_tanh(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.tanh %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_tanh low -2.0 high 2.0

func.func @weighted_erf(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.erf %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_erf low -2.0 high 2.0

func.func @weighted_sigmoid(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.sigmoid %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_sigmoid low -2.0 high 2.0

func.func @weighted_relu(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.relu %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_relu low 0.2 high 2.0

func.func @weighted_silu(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.silu %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_silu low -2.0 high 2.0

func.func @weighted_leaky_relu_slope_02(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.leaky_relu %x slope 0.2 : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_leaky_relu_slope_02 low 0.2 high 2.0

func.func @weighted_elu_alpha_05(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.elu %x alpha 0.5 : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_elu_alpha_05 low -2.0 high -0.1

func.func @weighted_gelu(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.gelu %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_gelu low -2.0 high 2.0

func.func @weighted_gelu_tanh(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.gelu %x tanh : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_gelu_tanh low -2.0 high 2.0

func.func @broadcast_add(%a: tensor<2x1x3xf64>, %b: tensor<4x1xf64>, %w: tensor<2x4x3xf64>) -> tensor<f64> {
  %y = tern.add %a, %b : tensor<2x1x3xf64>, tensor<4x1xf64>
  %p = tern.mul %y, %w : tensor<2x4x3xf64>, tensor<2x4x3xf64>
  %loss = tern.sum %p : tensor<2x4x3xf64>
  return %loss : tensor<f64>
}
check.gradient @broadcast_add low -1.0 high 1.0

func.func @broadcast_sub(%a: tensor<2x1x3xf64>, %b: tensor<4x1xf64>, %w: tensor<2x4x3xf64>) -> tensor<f64> {
  %y = tern.sub %a, %b : tensor<2x1x3xf64>, tensor<4x1xf64>
  %p = tern.mul %y, %w : tensor<2x4x3xf64>, tensor<2x4x3xf64>
  %loss = tern.sum %p : tensor<2x4x3xf64>
  return %loss : tensor<f64>
}
check.gradient @broadcast_sub low -1.0 high 1.0

func.func @broadcast_mul(%a: tensor<2x1x3xf64>, %b: tensor<4x1xf64>, %w: tensor<2x4x3xf64>) -> tensor<f64> {
  %y = tern.mul %a, %b : tensor<2x1x3xf64>, tensor<4x1xf64>
  %p = tern.mul %y, %w : tensor<2x4x3xf64>, tensor<2x4x3xf64>
  %loss = tern.sum %p : tensor<2x4x3xf64>
  return %loss : tensor<f64>
}
check.gradient @broadcast_mul low -1.0 high 1.0

func.func @broadcast_div(%a: tensor<2x1x3xf64>, %b: tensor<4x1xf64>, %w: tensor<2x4x3xf64>) -> tensor<f64> {
  %y = tern.div %a, %b : tensor<2x1x3xf64>, tensor<4x1xf64>
  %p = tern.mul %y, %w : tensor<2x4x3xf64>, tensor<2x4x3xf64>
  %loss = tern.sum %p : tensor<2x4x3xf64>
  return %loss : tensor<f64>
}
check.gradient @broadcast_div low 0.5 high 2.0

func.func @broadcast_maximum(%a: tensor<2x1x3xf64>, %b: tensor<4x1xf64>, %w: tensor<2x4x3xf64>) -> tensor<f64> {
  %y = tern.maximum %a, %b : tensor<2x1x3xf64>, tensor<4x1xf64>
  %p = tern.mul %y, %w : tensor<2x4x3xf64>, tensor<2x4x3xf64>
  %loss = tern.sum %p : tensor<2x4x3xf64>
  return %loss : tensor<f64>
}
check.gradient @broadcast_maximum low -1.0 high 1.0

func.func @weighted_abs_left(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.abs %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_abs_left low -2.0 high -0.2

func.func @weighted_abs_right(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.abs %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_abs_right low 0.2 high 2.0

func.func @weighted_sin(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.sin %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_sin low -2.0 high 2.0

func.func @weighted_cos(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.cos %x : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_cos low -2.0 high 2.0

func.func @weighted_pow_fraction(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.pow %x exponent 1.7 : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_pow_fraction low 0.2 high 2.0

func.func @weighted_pow_minus_three(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.pow %x exponent -3.0 : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_pow_minus_three low 0.5 high 2.0

func.func @weighted_pow_zero(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.pow %x exponent 0.0 : tensor<2x5xf64>
  %p = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %p : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_pow_zero low -2.0 high 2.0

func.func @broadcast_minimum(%a: tensor<2x1x3xf64>, %b: tensor<4x1xf64>, %w: tensor<2x4x3xf64>) -> tensor<f64> {
  %y = tern.minimum %a, %b : tensor<2x1x3xf64>, tensor<4x1xf64>
  %p = tern.mul %y, %w : tensor<2x4x3xf64>, tensor<2x4x3xf64>
  %loss = tern.sum %p : tensor<2x4x3xf64>
  return %loss : tensor<f64>
}
check.gradient @broadcast_minimum low -1.0 high 1.0

// A slope per channel, and one for all; x on both sides of zero.
func.func @learned_slopes(%x: tensor<4x5xf64>, %slope: tensor<5xf64>, %one: tensor<1xf64>, %w: tensor<4x5xf64>) -> tensor<f64> {
  %y = tern.prelu %x slope %slope : tensor<4x5xf64>, tensor<5xf64>
  %z = tern.prelu %x slope %one : tensor<4x5xf64>, tensor<1xf64>
  %both = tern.mul %y, %z : tensor<4x5xf64>, tensor<4x5xf64>
  %p = tern.mul %both, %w : tensor<4x5xf64>, tensor<4x5xf64>
  %loss = tern.sum %p : tensor<4x5xf64>
  return %loss : tensor<f64>
}
check.gradient @learned_slopes low -1.0 high 1.0

// A step has no slope: what passes through it adds nothing to the gradient of the rest.
func.func @past_a_step(%x: tensor<2x5xf64>, %w: tensor<2x5xf64>) -> tensor<f64> {
  %y = tern.step %x : tensor<2x5xf64>
  %z = tern.mul %y, %w : tensor<2x5xf64>, tensor<2x5xf64>
  %loss = tern.sum %z : tensor<2x5xf64>
  return %loss : tensor<f64>
}
check.gradient @past_a_step low 0.2 high 2.0

// One value used twice: both cotangents are summed.
func.func @square(%x: tensor<5xf64>) -> tensor<f64> {
  %y = tern.mul %x, %x : tensor<5xf64>, tensor<5xf64>
  %loss = tern.sum %y : tensor<5xf64>
  return %loss : tensor<f64>
}
check.gradient @square

// Left of zero, where leaky_relu has its other slope and relu has none.
func.func @left_of_zero(%x: tensor<5xf64>) -> tensor<f64> {
  %y = tern.leaky_relu %x slope 0.2 : tensor<5xf64>
  %z = tern.relu %x : tensor<5xf64>
  %both = tern.add %y, %z : tensor<5xf64>, tensor<5xf64>
  %squares = tern.mul %both, %both : tensor<5xf64>, tensor<5xf64>
  %loss = tern.sum %squares : tensor<5xf64>
  return %loss : tensor<f64>
}
check.gradient @left_of_zero low -2.0 high -0.1
