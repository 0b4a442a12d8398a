// One step of each cell against the formulas of the textbook in f64, scans with lengths against loops over the steps, and
// gradients through time.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 --threads=2

func.func @test_rnn_cell() {
  %x = arith.constant dense<[[-1.129, -0.83, 0.382], [1.343, 0.231, -0.31]]> : tensor<2x3xf64>
  %h = arith.constant dense<[[1.429, -1.36], [1.075, -0.631]]> : tensor<2x2xf64>
  %wi = arith.constant dense<[[-0.529, -1.047, 0.453], [-1.283, 0.108, -0.403]]> : tensor<2x3xf64>
  %wh = arith.constant dense<[[-1.326, 0.022], [-1.388, -0.199]]> : tensor<2x2xf64>
  %bi = arith.constant dense<[-1.29, -1.228]> : tensor<2xf64>
  %bh = arith.constant dense<[-0.226, 0.981]> : tensor<2xf64>
  %expected = arith.constant dense<[[-0.9469587548542671, -0.6380577940247483], [-0.9993907546443351, -0.9965932674315042]]> : tensor<2x2xf64>
  %y = tern.rnn_cell %x, %h weights %wi, %wh biases %bi, %bh : tensor<2x3xf64>, tensor<2x2xf64>, tensor<2x3xf64>, tensor<2x2xf64>, tensor<2xf64>, tensor<2xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x2xf64>
  return
}

func.func @test_rnn_cell_without_bias() {
  %x = arith.constant dense<[[-1.321, -0.882, 0.541], [-0.217, -0.558, 0.257]]> : tensor<2x3xf64>
  %h = arith.constant dense<[[-0.14, -0.601], [0.883, 0.597]]> : tensor<2x2xf64>
  %wi = arith.constant dense<[[-1.067, -1.147, -0.575], [0.948, -0.958, 0.245]]> : tensor<2x3xf64>
  %wh = arith.constant dense<[[0.417, -0.383], [0.143, -1.312]]> : tensor<2x2xf64>
  %expected = arith.constant dense<[[0.9793698047257712, 0.45713627046570693], [0.6979796543843964, -0.25913601037263034]]> : tensor<2x2xf64>
  %y = tern.rnn_cell %x, %h weights %wi, %wh : tensor<2x3xf64>, tensor<2x2xf64>, tensor<2x3xf64>, tensor<2x2xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x2xf64>
  return
}

func.func @test_gru_cell() {
  %x = arith.constant dense<[[-0.327, 1.114, -1.258], [-0.152, 0.148, 1.15]]> : tensor<2x3xf64>
  %h = arith.constant dense<[[0.958, 1.092], [-0.665, -0.254]]> : tensor<2x2xf64>
  %wi = arith.constant dense<[[-0.768, 0.223, 0.076], [1.125, 0.688, -0.636], [1.441, -1.146, -0.246], [0.771, -1.044, -0.033], [-1.382, 0.505, 0.794], [0.219, 1.126, -0.559]]> : tensor<6x3xf64>
  %wh = arith.constant dense<[[0.586, 0.283], [0.24, -0.131], [1.02, 1.334], [-0.078, 0.492], [-1.318, 0.604], [0.441, 1.479]]> : tensor<6x2xf64>
  %bi = arith.constant dense<[0.966, -0.646, -0.343, 0.506, -1.432, -0.115]> : tensor<6xf64>
  %bh = arith.constant dense<[-0.996, -1.149, -1.323, 0.805, -1.112, -0.757]> : tensor<6xf64>
  %expected = arith.constant dense<[[-0.33203107085824995, 1.0462862214396846], [-0.39283758474199415, -0.35547591182753396]]> : tensor<2x2xf64>
  %y = tern.gru_cell %x, %h weights %wi, %wh biases %bi, %bh : tensor<2x3xf64>, tensor<2x2xf64>, tensor<6x3xf64>, tensor<6x2xf64>, tensor<6xf64>, tensor<6xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x2xf64>
  return
}

func.func @test_gru_cell_without_bias() {
  %x = arith.constant dense<[[-0.874, -1.013, -0.48], [-1.342, -1.499, -1.046]]> : tensor<2x3xf64>
  %h = arith.constant dense<[[-1.196, -0.409], [-1.423, 1.123]]> : tensor<2x2xf64>
  %wi = arith.constant dense<[[-0.424, 1.153, 1.373], [-1.047, -0.971, -0.804], [-0.8, -0.045, 0.267], [-0.712, -1.488, -0.243], [-0.392, 0.199, 1.359], [0.571, 0.046, 0.353]]> : tensor<6x3xf64>
  %wh = arith.constant dense<[[0.529, -1.338], [1.199, 0.84], [1.124, 0.894], [-0.323, -0.303], [-1.189, 0.403], [-1.313, -1.298]]> : tensor<6x2xf64>
  %expected = arith.constant dense<[[-0.5113028095359861, -0.35265841770193285], [-1.1642426234949395, 1.0733424199756396]]> : tensor<2x2xf64>
  %y = tern.gru_cell %x, %h weights %wi, %wh : tensor<2x3xf64>, tensor<2x2xf64>, tensor<6x3xf64>, tensor<6x2xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x2xf64>
  return
}

func.func @test_lstm_cell() {
  %x = arith.constant dense<[[-0.91, -0.887, 0.372], [1.201, 1.021, -0.062]]> : tensor<2x3xf64>
  %h = arith.constant dense<[[0.459, 0.899], [-1.246, 0.482]]> : tensor<2x2xf64>
  %c = arith.constant dense<[[1.229, 0.847], [0.75, -0.066]]> : tensor<2x2xf64>
  %wi = arith.constant dense<[[0.342, -1.054, -0.743], [-0.458, -0.408, -1.131], [1.047, 1.479, -0.102], [-0.048, -1.242, -1.193], [-0.472, -0.706, 0.987], [-1.016, -1.431, 1.353], [0.085, -1.06, 0.13], [-1.419, 0.084, 1.436]]> : tensor<8x3xf64>
  %wh = arith.constant dense<[[1.09, 0.589], [-0.717, -0.4], [-0.999, 0.816], [0.098, 0.837], [-0.511, -0.831], [0.935, 1.455], [1.058, 0.918], [0.955, 0.72]]> : tensor<8x2xf64>
  %bi = arith.constant dense<[-0.82, 0.053, -0.433, -1.413, -1.416, -0.662, -0.722, 0.578]> : tensor<8xf64>
  %bh = arith.constant dense<[1.37, -0.158, 1.311, 1.464, 1.365, -0.406, -0.839, -0.819]> : tensor<8xf64>
  %expected = arith.constant dense<[[0.3635006937505529, 0.7417327122190044], [0.0157191050664713, -0.024096097180410905]]> : tensor<2x2xf64>
  %expected_cell = arith.constant dense<[[0.6200510650476985, 1.090517223265038], [0.5475272284805638, -0.44398931595402374]]> : tensor<2x2xf64>
  %y, %c1 = tern.lstm_cell %x, %h, %c weights %wi, %wh biases %bi, %bh : tensor<2x3xf64>, tensor<2x2xf64>, tensor<2x2xf64>, tensor<8x3xf64>, tensor<8x2xf64>, tensor<8xf64>, tensor<8xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x2xf64>
  check.almost_equal %c1, %expected_cell rtol 1.0e-12 atol 1.0e-14 : tensor<2x2xf64>
  return
}

// Rows of 5, 2 and 4 steps: beyond its length a row keeps its state and gives zeros.
func.func @test_lstm_scan() {
  %xs = arith.constant dense<[[[-0.522, 0.055, 0.166], [0.853, -1.182, 0.181], [-0.755, -0.669, 0.817], [0.023, 0.185, 0.78], [1.237, -0.17, 0.338]], [[0.017, 0.036, 0.578], [-0.143, 0.1, -0.066], [1.325, 0.598, 1.13], [1.327, -0.721, 0.179], [1.33, 1.02, -1.089]], [[-1.135, -0.174, -1.282], [-0.778, -1.281, 0.508], [0.852, 1.191, -1.037], [0.648, 0.481, -1.071], [1.148, 1.403, -0.841]]]> : tensor<3x5x3xf64>
  %h0 = arith.constant dense<[[1.358, -0.305], [-0.038, 1.47], [0.997, -1.016]]> : tensor<3x2xf64>
  %c0 = arith.constant dense<[[-0.205, 0.047], [-0.483, -0.913], [-0.544, 0.666]]> : tensor<3x2xf64>
  %wi = arith.constant dense<[[-0.964, 0.867, -0.502], [0.902, 1.415, -0.312], [-0.296, 1.34, 0.674], [-0.99, -1.119, -1.047], [1.215, 0.92, -1.061], [0.98, 1.441, 0.472], [-0.449, 0.146, -1.107], [-1.457, 1.413, 0.449]]> : tensor<8x3xf64>
  %wh = arith.constant dense<[[0.08, 1.301], [-0.199, 1.115], [0.978, -0.867], [-0.744, -0.621], [-0.778, 0.259], [-0.722, -0.243], [-1.107, 1.23], [-0.439, -0.126]]> : tensor<8x2xf64>
  %bi = arith.constant dense<[0.25, 1.213, -0.238, 1.253, 0.005, 0.095, 0.071, -1.444]> : tensor<8xf64>
  %bh = arith.constant dense<[-0.18, -0.951, -1.488, 0.898, -0.983, -0.08, 0.676, 0.169]> : tensor<8xf64>
  %expected = arith.constant dense<[[-0.005439815964045526, 0.024597130966645075], [-0.2811089367863735, -0.10076799085365112], [0.4442809958878463, 0.08416736562462394]]> : tensor<3x2xf64>
  %expected_cell = arith.constant dense<[[-0.010747738765396884, 0.6234530037172161], [-0.3703871542315998, -0.31416361911017143], [0.620507519840958, 1.4206031252450175]]> : tensor<3x2xf64>
  %expected_all = arith.constant dense<[[[-0.1493450053967834, -0.06296262303972339], [-0.06139589922201891, -0.006502356426552159], [-0.23179924012991546, -0.15374416958418194], [-0.21958332609621528, -0.008989527555458012], [-0.005439815964045526, 0.024597130966645075]], [[-0.5396456201777482, -0.12276564115542483], [-0.2811089367863735, -0.10076799085365112], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]], [[-0.3732746179715017, 0.15697945328935042], [-0.29431227134980964, 0.06873176230397592], [0.48530767164239696, 0.2009128416135966], [0.4442809958878463, 0.08416736562462394], [0.0, 0.0]]]> : tensor<3x5x2xf64>
  %n = arith.constant dense<[5, 2, 4]> : tensor<3xi32>
  %h, %c, %all = tern.scan (%hi = %h0, %ci = %c0) over (%x = %xs) lengths(%n : tensor<3xi32>) : tensor<3x2xf64>, tensor<3x2xf64>, tensor<3x5x3xf64> {
    %h1, %c1 = tern.lstm_cell %x, %hi, %ci weights %wi, %wh biases %bi, %bh : tensor<3x3xf64>, tensor<3x2xf64>, tensor<3x2xf64>, tensor<8x3xf64>, tensor<8x2xf64>, tensor<8xf64>, tensor<8xf64>
    tern.yield %h1, %c1, %h1 : tensor<3x2xf64>, tensor<3x2xf64>, tensor<3x2xf64>
  }
  check.almost_equal %h, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<3x2xf64>
  check.almost_equal %c, %expected_cell rtol 1.0e-12 atol 1.0e-14 : tensor<3x2xf64>
  check.almost_equal %all, %expected_all rtol 1.0e-12 atol 1.0e-14 : tensor<3x5x2xf64>
  return
}

// From the end: a row starts at its own last step; one of them has none.
func.func @test_lstm_scan_reverse() {
  %xs = arith.constant dense<[[[-1.446, -0.749, -1.454], [0.699, 0.153, -0.932], [-0.076, 1.304, -1.181], [0.957, -0.203, -0.015], [1.004, -0.321, 0.02]], [[0.563, 1.447, -0.472], [0.997, 0.62, 0.408], [-0.286, -0.457, -1.337], [-1.111, -1.288, 0.723], [-0.733, -1.01, -1.247]], [[1.024, 1.112, 0.512], [-0.654, -0.773, -0.621], [-0.122, -1.027, -0.163], [-0.71, 1.385, 1.418], [0.141, -0.767, 1.397]]]> : tensor<3x5x3xf64>
  %h0 = arith.constant dense<[[-0.571, -0.43], [-1.497, -0.355], [-0.076, 0.008]]> : tensor<3x2xf64>
  %c0 = arith.constant dense<[[-0.897, 0.014], [-1.485, -0.707], [-1.231, -0.301]]> : tensor<3x2xf64>
  %wi = arith.constant dense<[[-1.442, 0.162, -0.179], [-1.446, -0.506, 0.372], [0.037, -1.307, 1.455], [0.865, 1.415, -1.186], [-0.703, -1.381, 0.837], [-0.689, -1.111, -0.233], [1.234, 0.957, -0.724], [-1.052, 1.258, 0.212]]> : tensor<8x3xf64>
  %wh = arith.constant dense<[[0.601, -1.232], [-1.327, 0.565], [-0.224, -1.283], [1.315, 0.403], [0.905, -1.249], [1.069, -1.3], [1.088, -0.139], [-0.483, 0.159]]> : tensor<8x2xf64>
  %bi = arith.constant dense<[1.28, -0.696, -1.112, 0.081, -0.785, -1.172, -1.016, -1.349]> : tensor<8xf64>
  %bh = arith.constant dense<[-0.895, -0.564, -0.585, 0.778, -0.63, 0.0, -0.966, -0.459]> : tensor<8xf64>
  %expected = arith.constant dense<[[-0.013996645787122204, 0.05937448439194204], [-1.497, -0.355], [-0.1391785387176753, 0.011306803613991702]]> : tensor<3x2xf64>
  %expected_cell = arith.constant dense<[[-0.5694272877540475, 0.33023610303637385], [-1.485, -0.707], [-0.2923679437013776, 0.055827534021292285]]> : tensor<3x2xf64>
  %expected_all = arith.constant dense<[[[-0.013996645787122204, 0.05937448439194204], [-0.13845680555024617, -0.02467324838028534], [-0.2941958330506565, -0.10587332734691483], [-0.08798462817055698, -0.006975199974924517], [-0.08757235958461976, -0.004411302796328372]], [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]], [[-0.1391785387176753, 0.011306803613991702], [-0.014315729499861048, 0.01034705443210782], [-0.009262303530140048, -0.0017313999972871847], [-0.049786377930340894, -0.39629698427749915], [0.0, 0.0]]]> : tensor<3x5x2xf64>
  %n = arith.constant dense<[5, 0, 4]> : tensor<3xi32>
  %h, %c, %all = tern.scan reverse (%hi = %h0, %ci = %c0) over (%x = %xs) lengths(%n : tensor<3xi32>) : tensor<3x2xf64>, tensor<3x2xf64>, tensor<3x5x3xf64> {
    %h1, %c1 = tern.lstm_cell %x, %hi, %ci weights %wi, %wh biases %bi, %bh : tensor<3x3xf64>, tensor<3x2xf64>, tensor<3x2xf64>, tensor<8x3xf64>, tensor<8x2xf64>, tensor<8xf64>, tensor<8xf64>
    tern.yield %h1, %c1, %h1 : tensor<3x2xf64>, tensor<3x2xf64>, tensor<3x2xf64>
  }
  check.almost_equal %h, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<3x2xf64>
  check.almost_equal %c, %expected_cell rtol 1.0e-12 atol 1.0e-14 : tensor<3x2xf64>
  check.almost_equal %all, %expected_all rtol 1.0e-12 atol 1.0e-14 : tensor<3x5x2xf64>
  return
}

func.func @test_zero_state() {
  %x = arith.constant dense<[[[1.454, -1.052, 0.672], [0.43, -1.369, 1.006], [1.176, 0.382, 0.702], [0.937, -1.082, 0.071], [0.013, 1.005, 0.914]], [[0.979, 0.252, 1.178], [0.549, 0.58, -0.81], [-1.407, -1.101, -0.418], [-1.185, 1.007, 0.176], [0.383, 0.379, 0.542]]]> : tensor<2x5x3xf64>
  %expected = arith.constant dense<[[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf64>
  %y = tern.zero_state %x size 4 : tensor<2x5x3xf64>
  check.equal %y, %expected : tensor<2x4xf64>
  return
}

func.func @test_valid_rows() {
  %x = arith.constant dense<[[-1.375, -1.433, -0.587], [-0.802, 0.257, 0.088]]> : tensor<2x3xf64>
  %other = arith.constant dense<[[0.752, 0.473, 0.648], [1.137, -0.331, -0.522]]> : tensor<2x3xf64>
  %n = arith.constant dense<[3, 4]> : tensor<2xi32>
  %t = arith.constant dense<3> : tensor<i64>
  %kept = arith.constant dense<[[0.752, 0.473, 0.648], [-0.802, 0.257, 0.088]]> : tensor<2x3xf64>
  %zeroed = arith.constant dense<[[0.0, 0.0, 0.0], [-0.802, 0.257, 0.088]]> : tensor<2x3xf64>
  %y = tern.valid_rows %x step %t lengths %n else %other : tensor<2x3xf64>, tensor<2xi32>, tensor<2x3xf64>
  %z = tern.valid_rows %x step %t lengths %n : tensor<2x3xf64>, tensor<2xi32>
  check.equal %y, %kept : tensor<2x3xf64>
  check.equal %z, %zeroed : tensor<2x3xf64>
  return
}

func.func @test_padding_mask() {
  %x = arith.constant dense<[[[-0.032, -1.49, 0.893, 0.745], [0.009, 0.106, 0.478, -1.302], [0.71, -0.743, -1.277, -0.703]], [[0.688, -0.884, 0.719, 1.427], [-0.018, -0.352, -0.063, 0.551], [0.801, 0.351, 0.428, -1.268]]]> : tensor<2x3x4xf64>
  %n = arith.constant dense<[4, 1]> : tensor<2xi32>
  %m = arith.constant dense<[2, 3]> : tensor<2xi32>
  %last = arith.constant dense<[[[-0.032, -1.49, 0.893, 0.745], [0.009, 0.106, 0.478, -1.302], [0.71, -0.743, -1.277, -0.703]], [[0.688, 0xFFF0000000000000, 0xFFF0000000000000, 0xFFF0000000000000], [-0.018, 0xFFF0000000000000, 0xFFF0000000000000, 0xFFF0000000000000], [0.801, 0xFFF0000000000000, 0xFFF0000000000000, 0xFFF0000000000000]]]> : tensor<2x3x4xf64>
  %middle = arith.constant dense<[[[-0.032, -1.49, 0.893, 0.745], [0.009, 0.106, 0.478, -1.302], [7.5, 7.5, 7.5, 7.5]], [[0.688, -0.884, 0.719, 1.427], [-0.018, -0.352, -0.063, 0.551], [0.801, 0.351, 0.428, -1.268]]]> : tensor<2x3x4xf64>
  %y = tern.padding_mask %x lengths %n : tensor<2x3x4xf64>, tensor<2xi32>
  %z = tern.padding_mask %x dim 1 fill 7.5 lengths %m : tensor<2x3x4xf64>, tensor<2xi32>
  check.equal %y, %last : tensor<2x3x4xf64>
  check.equal %z, %middle : tensor<2x3x4xf64>
  return
}

func.func @rnn_through_time(%xs: tensor<2x6x3xf64>, %h0: tensor<2x4xf64>, %wi: tensor<4x3xf64>, %wh: tensor<4x4xf64>,
    %bi: tensor<4xf64>, %bh: tensor<4xf64>, %w: tensor<2x6x4xf64>) -> tensor<f64> {
  %n = arith.constant dense<[6, 3]> : tensor<2xi32>
  %last, %all = tern.scan (%h = %h0) over (%x = %xs) lengths(%n : tensor<2xi32>) : tensor<2x4xf64>, tensor<2x6x3xf64> {
    %y = tern.rnn_cell %x, %h weights %wi, %wh biases %bi, %bh : tensor<2x3xf64>, tensor<2x4xf64>,
        tensor<4x3xf64>, tensor<4x4xf64>, tensor<4xf64>, tensor<4xf64>
    tern.yield %y, %y : tensor<2x4xf64>, tensor<2x4xf64>
  }
  %p = tern.mul %all, %w : tensor<2x6x4xf64>, tensor<2x6x4xf64>
  %s = tern.sum %p : tensor<2x6x4xf64>
  %e = tern.sum %last : tensor<2x4xf64>
  %loss = tern.add %s, %e : tensor<f64>, tensor<f64>
  return %loss : tensor<f64>
}
check.gradient @rnn_through_time

func.func @gru_through_time(%xs: tensor<2x6x3xf64>, %h0: tensor<2x4xf64>, %wi: tensor<12x3xf64>, %wh: tensor<12x4xf64>,
    %bi: tensor<12xf64>, %bh: tensor<12xf64>, %w: tensor<2x6x4xf64>) -> tensor<f64> {
  %n = arith.constant dense<[6, 3]> : tensor<2xi32>
  %last, %all = tern.scan (%h = %h0) over (%x = %xs) lengths(%n : tensor<2xi32>) : tensor<2x4xf64>, tensor<2x6x3xf64> {
    %y = tern.gru_cell %x, %h weights %wi, %wh biases %bi, %bh : tensor<2x3xf64>, tensor<2x4xf64>,
        tensor<12x3xf64>, tensor<12x4xf64>, tensor<12xf64>, tensor<12xf64>
    tern.yield %y, %y : tensor<2x4xf64>, tensor<2x4xf64>
  }
  %p = tern.mul %all, %w : tensor<2x6x4xf64>, tensor<2x6x4xf64>
  %s = tern.sum %p : tensor<2x6x4xf64>
  %e = tern.sum %last : tensor<2x4xf64>
  %loss = tern.add %s, %e : tensor<f64>, tensor<f64>
  return %loss : tensor<f64>
}
check.gradient @gru_through_time

func.func @lstm_through_time(%xs: tensor<2x6x3xf64>, %h0: tensor<2x4xf64>, %c0: tensor<2x4xf64>, %wi: tensor<16x3xf64>, %wh: tensor<16x4xf64>,
    %bi: tensor<16xf64>, %bh: tensor<16xf64>, %w: tensor<2x6x4xf64>) -> tensor<f64> {
  %n = arith.constant dense<[4, 6]> : tensor<2xi32>
  %h, %c, %all = tern.scan reverse (%hi = %h0, %ci = %c0) over (%x = %xs) lengths(%n : tensor<2xi32>) :
      tensor<2x4xf64>, tensor<2x4xf64>, tensor<2x6x3xf64> {
    %h1, %c1 = tern.lstm_cell %x, %hi, %ci weights %wi, %wh biases %bi, %bh : tensor<2x3xf64>, tensor<2x4xf64>,
        tensor<2x4xf64>, tensor<16x3xf64>, tensor<16x4xf64>, tensor<16xf64>, tensor<16xf64>
    tern.yield %h1, %c1, %h1 : tensor<2x4xf64>, tensor<2x4xf64>, tensor<2x4xf64>
  }
  %p = tern.mul %all, %w : tensor<2x6x4xf64>, tensor<2x6x4xf64>
  %s = tern.sum %p : tensor<2x6x4xf64>
  %product = tern.mul %h, %c : tensor<2x4xf64>, tensor<2x4xf64>
  %e = tern.sum %product : tensor<2x4xf64>
  %loss = tern.add %s, %e : tensor<f64>, tensor<f64>
  return %loss : tensor<f64>
}
check.gradient @lstm_through_time

func.func @masks(%x: tensor<2x3x4xf64>, %old: tensor<2x4xf64>, %w: tensor<2x4xf64>) -> tensor<f64> {
  %n = arith.constant dense<[4, 2]> : tensor<2xi32>
  %t = arith.constant dense<3> : tensor<i64>
  %masked = tern.padding_mask %x lengths %n : tensor<2x3x4xf64>, tensor<2xi32>
  %p = tern.softmax %masked : tensor<2x3x4xf64>
  %kept = tern.padding_mask %x dim 1 fill 0.0 lengths %n : tensor<2x3x4xf64>, tensor<2xi32>
  %both = tern.mul %p, %kept : tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %rows = tern.sum %both dims [1] : tensor<2x3x4xf64>
  %chosen = tern.valid_rows %rows step %t lengths %n else %old : tensor<2x4xf64>, tensor<2xi32>, tensor<2x4xf64>
  %q = tern.mul %chosen, %w : tensor<2x4xf64>, tensor<2x4xf64>
  %loss = tern.sum %q : tensor<2x4xf64>
  return %loss : tensor<f64>
}
check.gradient @masks
