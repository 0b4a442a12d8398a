// Learned positions, sines and cosines are added to every batch row; pairs of channels turn.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2
// RUN: tern-run %s -O3 --mcpu=x86-64-v3

func.func @test_position_embedding() {
  %x = arith.constant dense<[[[0.718, -0.284], [-0.915, -1.005], [0.038, -1.454]], [[1.18, 0.905], [0.614, 1.082], [0.388, -0.286]]]> : tensor<2x3x2xf64>
  %table = arith.constant dense<[[0.299, 0.013], [1.448, 0.914], [-0.725, 1.234], [0.733, 0.834]]> : tensor<4x2xf64>
  %expected = arith.constant dense<[[[1.017, -0.27099999999999996], [0.5329999999999999, -0.09099999999999986], [-0.6869999999999999, -0.21999999999999997]], [[1.4789999999999999, 0.918], [2.062, 1.996], [-0.33699999999999997, 0.948]]]> : tensor<2x3x2xf64>
  %y = tern.position_embedding %x, %table : tensor<2x3x2xf64>, tensor<4x2xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3x2xf64>
  return
}

func.func @weighted_longer_table(%x: tensor<2x3x2xf64>, %table: tensor<4x2xf64>, %w: tensor<2x3x2xf64>) -> tensor<f64> {
  %y = tern.position_embedding %x, %table : tensor<2x3x2xf64>, tensor<4x2xf64>
  %p = tern.mul %y, %w : tensor<2x3x2xf64>, tensor<2x3x2xf64>
  %loss = tern.sum %p : tensor<2x3x2xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_longer_table

func.func @weighted_exact_table(%x: tensor<2x3x2xf64>, %table: tensor<3x2xf64>, %w: tensor<2x3x2xf64>) -> tensor<f64> {
  %y = tern.position_embedding %x, %table : tensor<2x3x2xf64>, tensor<3x2xf64>
  %p = tern.mul %y, %w : tensor<2x3x2xf64>, tensor<2x3x2xf64>
  %loss = tern.sum %p : tensor<2x3x2xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_exact_table

// Two heads of four channels, channels 2i and 2i + 1 a pair.
func.func @test_rope_interleaved() {
  %x = arith.constant dense<[[[-0.529, -1.047, 0.453, -1.283, 0.108, -0.403, -1.326, 0.022], [-1.388, -0.199, -1.29, -1.228, -0.226, 0.981, -1.129, -0.83], [0.382, 1.343, 0.231, -0.31, 1.429, -1.36, 1.075, -0.631]], [[-1.067, -1.147, -0.575, 0.948, -0.958, 0.245, 0.417, -0.383], [0.143, -1.312, -1.321, -0.882, 0.541, -0.217, -0.558, 0.257], [-0.14, -0.601, 0.883, 0.597, -0.768, 0.223, 0.076, 1.125]]]> : tensor<2x3x8xf64>
  %expected = arith.constant dense<[[[-0.529, -1.047, 0.453, -1.283, 0.108, -0.403, -1.326, 0.022], [-0.5824868745682066, -1.27548188578112, -1.2776557052031414, -1.24083838551274, -0.9475913572227461, 0.33986411949006046, -1.1206436888030566, -0.8412483121801063], [-1.3801545357878988, -0.21153358443540188, 0.23715338821491272, -0.3053183100604792, 0.6419706710570606, 1.8653457206380128, 1.0874041658500642, -0.6093752375112775]], [[-1.067, -1.147, -0.575, 0.948, -0.958, 0.245, 0.417, -0.383], [1.1812731618071042, -0.5885462744714702, -1.3121140975496797, -0.8951656802019329, 0.4749027511779772, 0.33799020240768574, -0.56054205739938, 0.25140724310661794], [0.6047483106388346, 0.12280260900923712, 0.8708842018706683, 0.61453942667016, 0.11682744428607839, -0.7911411683521363, 0.0534863004766602, 1.1262949061685932]]]> : tensor<2x3x8xf64>
  %y = tern.rope %x heads 2 interleaved : tensor<2x3x8xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3x8xf64>
  return
}

// Four of six channels turn; theta is small, so that both pairs turn far.
func.func @test_rope_half_split() {
  %x = arith.constant dense<[[[0.688, -0.636, 1.441, -1.146, -0.246, 0.771, -1.044, -0.033, -1.382, 0.505, 0.794, 0.219], [1.126, -0.559, 0.586, 0.283, 0.24, -0.131, 1.02, 1.334, -0.078, 0.492, -1.318, 0.604], [0.441, 1.479, 0.966, -0.646, -0.343, 0.506, -1.432, -0.115, -0.996, -1.149, -1.323, 0.805]]]> : tensor<1x3x12xf64>
  %expected = arith.constant dense<[[[0.688, -0.636, 1.441, -1.146, -0.246, 0.771, -1.044, -0.033, -1.382, 0.505, 0.794, 0.219], [0.11527839931009798, -0.5933082801375178, 1.2641134801324214, 0.20138342712413254, 0.24, -0.131, 0.6167430888005185, 1.2513346104512648, 0.8161568246463395, 0.6751160586793807, -1.318, 0.604], [-1.0619020692308982, 1.600523249796162, -0.0009976788744138765, -0.207562826300698, -0.343, 0.506, 1.5015825070538869, 0.2102398408962132, -0.8876316660134222, -1.1354405353429722, -1.323, 0.805]]]> : tensor<1x3x12xf64>
  %y = tern.rope %x heads 2 half_split rotary 4 theta 50.0 : tensor<1x3x12xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<1x3x12xf64>
  return
}

// A head of six channels, positions of each batch row, divided by 2.5.
func.func @test_rope_linear() {
  %x = arith.constant dense<[[[-1.112, -0.757, -0.327, 1.114, -1.258, -0.152], [0.148, 1.15, 0.958, 1.092, -0.665, -0.254]], [[-0.424, 1.153, 1.373, -1.047, -0.971, -0.804], [-0.8, -0.045, 0.267, -0.712, -1.488, -0.243]]]> : tensor<2x2x6xf64>
  %expected = arith.constant dense<[[[1.4018388617289232, -0.4861286952089955, -0.325544443469548, 0.7158126890091827, -1.385385105916185, -0.15509292480994194], [1.1007616023977762, 1.2685127443671047, 0.960575415096546, -0.05188347219182894, -0.3944621875138816, -0.24407964255975623]], [[0.7034033849101408, 0.681776180679303, 1.4324604254106603, -0.8838601009758027, -1.344407393411068, 0.6925331252960473], [0.6165317314001325, -0.597788982681206, 0.35045486774387624, -0.8756897990594358, -1.363384513695593, 0.08671439139279113]]]> : tensor<2x2x6xf64>
  %p = arith.constant dense<[11, 1000003]> : tensor<2xi32>
  %y = tern.rope %x heads 1 half_split linear 2.5 position(%p : tensor<2xi32>) : tensor<2x2x6xf64>
  check.almost_equal %y, %expected rtol 1.0e-9 atol 1.0e-9 : tensor<2x2x6xf64>
  return
}

// One position for all rows; theta becomes 10000 3^(8/6).
func.func @test_rope_ntk() {
  %x = arith.constant dense<[[[-0.392, 0.199, 1.359, 0.571, 0.046, 0.353, 0.529, -1.338], [1.199, 0.84, 1.124, 0.894, -0.323, -0.303, -1.189, 0.403]]]> : tensor<1x2x8xf64>
  %expected = arith.constant dense<[[[-0.18676229911892867, -0.3979759334781588, 1.2593522402602164, -0.7661291894658329, -0.08482452001092679, 0.345730821311777, 0.5631639923431809, -1.3239831259227173], [-1.46024781183027, -0.10429442959673496, 1.4066738114809723, -0.28962180182713115, -0.1895794340064453, -0.40024697150858723, -1.1990749601574102, 0.3719532765328264]]]> : tensor<1x2x8xf64>
  %p = arith.constant dense<77> : tensor<i32>
  %y = tern.rope %x heads 1 interleaved ntk 3.0 position(%p : tensor<i32>) : tensor<1x2x8xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<1x2x8xf64>
  return
}

// [q | k | v] of two query heads and one key-value head, of four channels less one head: v stays, q and k turn.
func.func @test_rope_packed() {
  %x = arith.constant dense<[[[-1.313, -1.298, -0.874, -1.013, -0.48, -1.342, -1.499, -1.046, -1.196, -0.409, -1.423, 1.123], [0.342, -1.054, -0.743, -0.458, -0.408, -1.131, 1.047, 1.479, -0.102, -0.048, -1.242, -1.193]]]> : tensor<1x2x12xf64>
  %expected = arith.constant dense<[[[-1.313, -1.298, -0.874, -1.013, -0.48, -1.342, -1.499, -1.046, -1.196, -0.409, -1.423, 1.123], [1.0716938065944268, -0.2816955535807187, -0.016050902218011198, -0.872671397799875, 0.7312603430235299, -0.9544020697384878, -0.6788390722869366, 1.6801272314728464, -0.102, -0.048, -1.242, -1.193]]]> : tensor<1x2x12xf64>
  %y = tern.rope %x heads 2 kv_heads 2 half_split : tensor<1x2x12xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<1x2x12xf64>
  return
}

func.func @test_sinusoidal() {
  %x = arith.constant dense<[[[-0.472, -0.706, 0.987, -1.016, -1.431, 1.353], [0.085, -1.06, 0.13, -1.419, 0.084, 1.436], [1.09, 0.589, -0.717, -0.4, -0.999, 0.816]], [[0.098, 0.837, -0.511, -0.831, 0.935, 1.455], [1.058, 0.918, 0.955, 0.72, -0.82, 0.053], [-0.433, -1.413, -1.416, -0.662, -0.722, 0.578]]]> : tensor<2x3x6xf64>
  %expected = arith.constant dense<[[[-0.472, 0.29400000000000004, 0.987, -0.016000000000000014, -1.431, 2.3529999999999998], [0.9264709848078965, -0.5196976941318603, 0.1763992234647313, -0.42007702395936963, 0.0861544330233656, 2.435997679206481], [1.9992974268256818, 0.17285316345285756, -0.6243014992212728, 0.5956942241237398, -0.9946911439532572, 1.8159907168366956]], [[0.098, 1.837, -0.511, 0.16900000000000004, 0.935, 2.455], [1.8994709848078966, 1.45830230586814, 1.0013992234647313, 1.7189229760406304, -0.8178455669766344, 1.0529976792064808], [0.4762974268256817, -1.8291468365471424, -1.3233014992212726, 0.33369422412373984, -0.7176911439532572, 1.5779907168366956]]]> : tensor<2x3x6xf64>
  %y = tern.sinusoidal %x : tensor<2x3x6xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3x6xf64>
  return
}

// Row 1 starts late.
func.func @test_sinusoidal_position() {
  %x = arith.constant dense<[[[-0.472, -0.706, 0.987, -1.016, -1.431, 1.353], [0.085, -1.06, 0.13, -1.419, 0.084, 1.436], [1.09, 0.589, -0.717, -0.4, -0.999, 0.816]], [[0.098, 0.837, -0.511, -0.831, 0.935, 1.455], [1.058, 0.918, 0.955, 0.72, -0.82, 0.053], [-0.433, -1.413, -1.416, -0.662, -0.722, 0.578]]]> : tensor<2x3x6xf64>
  %expected = arith.constant dense<[[[-0.33087999194013273, -1.6959924966004454, 1.1257981010800506, -0.025679300864325016, -1.4245367409298104, 2.3529791129229607], [-0.6718024953079282, -1.7136436208636119, 0.31459872362061747, -0.43618602409324747, 0.09261763209385696, 2.435962867519137], [0.13107572533686163, 0.8726621854632262, -0.4869982883352325, 0.5731902242785205, -0.9882280348819652, 1.8159419807006283]], [[-0.6422834538866575, 0.1647051183434154, -0.4561173123120387, 0.16749280948444778, 1.8061239296428213, 0.9639367665934975], [0.09230650672013385, 1.177684572196596, 1.05615286871345, 1.7148708947150075, 0.0500639450974556, -0.4399388719115706], [-0.7362493884752837, -0.46008877203101106, -1.2687948383864873, 0.32710598036526883, 0.14699992207453205, 0.08318777760199042]]]> : tensor<2x3x6xf64>
  %p = arith.constant dense<[3, 123456]> : tensor<2xi32>
  %y = tern.sinusoidal %x position(%p : tensor<2xi32>) : tensor<2x3x6xf64>
  check.almost_equal %y, %expected rtol 1.0e-9 atol 1.0e-9 : tensor<2x3x6xf64>
  return
}

func.func @test_position_embedding_from() {
  %x = arith.constant dense<[[[1.37, -0.158, 1.311], [1.464, 1.365, -0.406]], [[-0.839, -0.819, -0.91], [-0.887, 0.372, 1.201]]]> : tensor<2x2x3xf64>
  %table = arith.constant dense<[[1.021, -0.062, 0.459], [0.899, -1.246, 0.482], [1.229, 0.847, 0.75], [-0.066, -0.964, 0.867], [-0.502, 0.902, 1.415], [-0.312, -0.296, 1.34]]> : tensor<6x3xf64>
  %expected = arith.constant dense<[[[1.304, -1.1219999999999999, 2.178], [0.962, 2.267, 1.009]], [[-0.905, -1.783, -0.04300000000000004], [-1.389, 1.274, 2.616]]]> : tensor<2x2x3xf64>
  %p = arith.constant dense<3> : tensor<i32>
  %y = tern.position_embedding %x, %table position(%p : tensor<i32>) : tensor<2x2x3xf64>, tensor<6x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x2x3xf64>
  return
}

func.func @test_position_embedding_of_each() {
  %x = arith.constant dense<[[[1.37, -0.158, 1.311], [1.464, 1.365, -0.406]], [[-0.839, -0.819, -0.91], [-0.887, 0.372, 1.201]]]> : tensor<2x2x3xf64>
  %table = arith.constant dense<[[1.021, -0.062, 0.459], [0.899, -1.246, 0.482], [1.229, 0.847, 0.75], [-0.066, -0.964, 0.867], [-0.502, 0.902, 1.415], [-0.312, -0.296, 1.34]]> : tensor<6x3xf64>
  %expected = arith.constant dense<[[[0.8680000000000001, 0.744, 2.726], [1.152, 1.069, 0.934]], [[0.06000000000000005, -2.065, -0.42800000000000005], [0.3420000000000001, 1.2189999999999999, 1.951]]]> : tensor<2x2x3xf64>
  %p = arith.constant dense<[4, 1]> : tensor<2xi32>
  %y = tern.position_embedding %x, %table position(%p : tensor<2xi32>) : tensor<2x2x3xf64>, tensor<6x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x2x3xf64>
  return
}

// In f32 angles are as exact as in f64, however late: a head of 42 channels has vectors that are not whole.
func.func @test_late_positions() {
  %key = arith.constant dense<5871781006564002453> : tensor<i64>
  %x = tern.normal [2, 5, 126] key %key : f64
  %narrow = arith.truncf %x : tensor<2x5x126xf64> to tensor<2x5x126xf32>
  %near = arith.extf %narrow : tensor<2x5x126xf32> to tensor<2x5x126xf64>
  %p = arith.constant dense<[1000003, 16777000]> : tensor<2xi32>
  %a = tern.rope %narrow heads 3 half_split rotary 38 position(%p : tensor<2xi32>) : tensor<2x5x126xf32>
  %b = tern.rope %near heads 3 half_split rotary 38 position(%p : tensor<2xi32>) : tensor<2x5x126xf64>
  %wide_a = arith.extf %a : tensor<2x5x126xf32> to tensor<2x5x126xf64>
  check.almost_equal %wide_a, %b rtol 0.0 atol 2.0e-6 : tensor<2x5x126xf64>
  %c = tern.rope %narrow heads 3 interleaved position(%p : tensor<2xi32>) : tensor<2x5x126xf32>
  %d = tern.rope %near heads 3 interleaved position(%p : tensor<2xi32>) : tensor<2x5x126xf64>
  %wide_c = arith.extf %c : tensor<2x5x126xf32> to tensor<2x5x126xf64>
  check.almost_equal %wide_c, %d rtol 0.0 atol 2.0e-6 : tensor<2x5x126xf64>
  %zero = arith.constant dense<0.0> : tensor<2x5x126xf32>
  %zeros = arith.constant dense<0.0> : tensor<2x5x126xf64>
  %e = tern.sinusoidal %zero position(%p : tensor<2xi32>) : tensor<2x5x126xf32>
  %f = tern.sinusoidal %zeros position(%p : tensor<2xi32>) : tensor<2x5x126xf64>
  %wide_e = arith.extf %e : tensor<2x5x126xf32> to tensor<2x5x126xf64>
  check.almost_equal %wide_e, %f rtol 0.0 atol 1.0e-6 : tensor<2x5x126xf64>
  return
}

// q and k of the packed projection turn as they do alone.
func.func @test_packed_as_parts() {
  %key = arith.constant dense<7640891576956012809> : tensor<i64>
  %x = tern.normal [2, 7, 160] key %key : f32
  %packed = tern.rope %x heads 6 kv_heads 2 half_split : tensor<2x7x160xf32>
  %q, %k, %v = tern.split %x dim 2 sizes [96, 32, 32] : tensor<2x7x160xf32>
  %q1 = tern.rope %q heads 6 half_split : tensor<2x7x96xf32>
  %k1 = tern.rope %k heads 2 half_split : tensor<2x7x32xf32>
  %parts = tern.concat %q1, %k1, %v dim 2 : tensor<2x7x96xf32>, tensor<2x7x32xf32>, tensor<2x7x32xf32>
  check.almost_equal %packed, %parts rtol 1.0e-6 atol 1.0e-6 : tensor<2x7x160xf32>
  return
}

// Half-split pairs are interleaved pairs of channels in another order.
func.func @test_layouts() {
  %key = arith.constant dense<3916889542861472343> : tensor<i64>
  %x = tern.normal [1, 9, 32] key %key : f32
  %pairs = tern.reshape %x to [1, 9, 2, 8, 2] : tensor<1x9x32xf32>
  %halves = tern.transpose %pairs [0, 1, 2, 4, 3] : tensor<1x9x2x8x2xf32>
  %split = tern.reshape %halves to [1, 9, 32] : tensor<1x9x2x2x8xf32>
  %a = tern.rope %x heads 2 interleaved : tensor<1x9x32xf32>
  %b = tern.rope %split heads 2 half_split : tensor<1x9x32xf32>
  %b_halves = tern.reshape %b to [1, 9, 2, 2, 8] : tensor<1x9x32xf32>
  %b_pairs = tern.transpose %b_halves [0, 1, 2, 4, 3] : tensor<1x9x2x2x8xf32>
  %expected = tern.reshape %b_pairs to [1, 9, 32] : tensor<1x9x2x8x2xf32>
  check.almost_equal %a, %expected rtol 1.0e-6 atol 1.0e-6 : tensor<1x9x32xf32>
  return
}

// In place and not: the value before is asked for too.
func.func @test_in_place() {
  %key = arith.constant dense<6364136223846793005> : tensor<i64>
  %x = tern.normal [2, 3, 40] key %key : f32
  %y = tern.exp %x : tensor<2x3x40xf32>
  %turned = tern.rope %y heads 2 interleaved : tensor<2x3x40xf32>
  %back = tern.rope %turned heads 2 interleaved inverse : tensor<2x3x40xf32>
  %two = arith.constant dense<2.0> : tensor<f32>
  %double = tern.mul %turned, %two : tensor<2x3x40xf32>, tensor<f32>
  %double_back = tern.rope %double heads 2 interleaved inverse : tensor<2x3x40xf32>
  %expected = tern.mul %y, %two : tensor<2x3x40xf32>, tensor<f32>
  check.almost_equal %double_back, %expected rtol 1.0e-5 atol 1.0e-5 : tensor<2x3x40xf32>
  check.almost_equal %back, %y rtol 1.0e-5 atol 1.0e-5 : tensor<2x3x40xf32>
  return
}

func.func @weighted_rope(%x: tensor<2x3x12xf64>, %w: tensor<2x3x12xf64>) -> tensor<f64> {
  %p = arith.constant dense<[5, 900]> : tensor<2xi32>
  %y = tern.rope %x heads 2 half_split rotary 4 theta 20.0 linear 2.0 position(%p : tensor<2xi32>) : tensor<2x3x12xf64>
  %z = tern.rope %y heads 2 interleaved ntk 2.0 : tensor<2x3x12xf64>
  %u = tern.rope %z heads 1 kv_heads 1 half_split inverse : tensor<2x3x12xf64>
  %m = tern.mul %u, %w : tensor<2x3x12xf64>, tensor<2x3x12xf64>
  %loss = tern.sum %m : tensor<2x3x12xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_rope

func.func @weighted_sinusoidal(%x: tensor<2x3x4xf64>, %w: tensor<2x3x4xf64>) -> tensor<f64> {
  %y = tern.sinusoidal %x : tensor<2x3x4xf64>
  %square = tern.mul %y, %y : tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %m = tern.mul %square, %w : tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %loss = tern.sum %m : tensor<2x3x4xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_sinusoidal

func.func @weighted_places(%x: tensor<2x3x2xf64>, %table: tensor<7x2xf64>, %w: tensor<2x3x2xf64>) -> tensor<f64> {
  %one = arith.constant dense<2> : tensor<i32>
  %each = arith.constant dense<[3, 1]> : tensor<2xi32>
  %y = tern.position_embedding %x, %table position(%one : tensor<i32>) : tensor<2x3x2xf64>, tensor<7x2xf64>
  %z = tern.position_embedding %y, %table position(%each : tensor<2xi32>) : tensor<2x3x2xf64>, tensor<7x2xf64>
  %square = tern.mul %z, %z : tensor<2x3x2xf64>, tensor<2x3x2xf64>
  %m = tern.mul %square, %w : tensor<2x3x2xf64>, tensor<2x3x2xf64>
  %loss = tern.sum %m : tensor<2x3x2xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_places
