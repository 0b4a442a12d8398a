// Norms against their formulas in f64, and their gradients.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

func.func @test_layer_norm() {
  %x = arith.constant dense<[[[-0.583, 1.111, -2.893, -1.794, 1.094], [2.468, 2.81, -2.308, 0.034, 1.549], [0.017, 1.114, -1.866, -2.577, -2.363]], [[-2.775, 0.31, 0.089, 0.412, -2.121], [-1.893, -1.777, 2.041, 2.942, 2.561], [-2.429, -2.628, 2.709, -0.228, 1.588]]]> : tensor<2x3x5xf64>
  %w = arith.constant dense<[-0.52, -0.099, 0.046, -0.21, 0.303]> : tensor<5xf64>
  %b = arith.constant dense<[-1.46, 0.603, 1.033, -0.956, -0.138]> : tensor<5xf64>
  %expected = arith.constant dense<[[[-1.4698741550277266, 0.49496914849280355, 0.9666152961982073, -0.7990199238188158, 0.18937950882024213], [-1.8920355939323672, 0.502684592288431, 0.9540156855594963, -0.8577942819583011, -0.0348066951830143], [-1.8732418236938972, 0.4494064081075221, 1.009803436225409, -0.747102615766917, -0.3946784700976898]], [[-0.7067630092523177, 0.5204580510247002, 1.0638319957829814, -1.1469355454369345, -0.43030472017001087], [-0.8148612061068686, 0.720483905098549, 1.0600867367508695, -1.1676483235727875, 0.11369191182920024], [-0.9133034422918331, 0.7163648762001252, 1.0959953753362752, -0.9529921342720257, 0.11691322811605154]]]> : tensor<2x3x5xf64>
  %y = tern.layer_norm %x weight %w bias %b : tensor<2x3x5xf64>, tensor<5xf64>, tensor<5xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3x5xf64>
  return
}

func.func @test_rms_norm() {
  %x = arith.constant dense<[[[-0.583, 1.111, -2.893, -1.794, 1.094], [2.468, 2.81, -2.308, 0.034, 1.549], [0.017, 1.114, -1.866, -2.577, -2.363]], [[-2.775, 0.31, 0.089, 0.412, -2.121], [-1.893, -1.777, 2.041, 2.942, 2.561], [-2.429, -2.628, 2.709, -0.228, 1.588]]]> : tensor<2x3x5xf64>
  %w = arith.constant dense<[-0.52, -0.099, 0.046, -0.21, 0.303]> : tensor<5xf64>
  %expected = arith.constant dense<[[[0.17889399828520602, -0.06490424850703103, -0.07852901274508063, 0.2223133820885622, 0.19560674343441306], [-0.6158260901269519, -0.1334907274750785, -0.05094519412838037, -0.003426161235745572, 0.22521827696267183], [-0.004801520163959011, -0.059902766154115786, -0.04662254352868617, 0.29394102569340474, -0.3888954322028109]], [[0.9136192578881436, -0.019431029123068003, 0.002592070160633444, -0.05477916714655729, -0.40689486703545946], [0.4306698649448499, 0.07696852234009187, 0.0410763043400912, -0.27030401068737775, 0.3395023099369127], [0.5925469863460732, 0.1220541331757534, 0.05845999474026156, 0.02246187866663235, 0.22572780674084145]]]> : tensor<2x3x5xf64>
  %y = tern.rms_norm %x weight %w eps 1.0e-6 : tensor<2x3x5xf64>, tensor<5xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3x5xf64>
  return
}

// A row without variance gives the bias.
func.func @test_constant_rows() {
  %x = arith.constant dense<3.0> : tensor<2x4xf64>
  %w = arith.constant dense<2.0> : tensor<4xf64>
  %b = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf64>
  %expected = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]]> : tensor<2x4xf64>
  %y = tern.layer_norm %x weight %w bias %b : tensor<2x4xf64>, tensor<4xf64>, tensor<4xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x4xf64>
  return
}

// The variance is that of the centered values: nothing cancels.
func.func @test_layer_norm_far_from_zero_f32() {
  %x = arith.constant dense<[[1000.0, 1001.0, 1002.0, 1003.0]]> : tensor<1x4xf32>
  %w = arith.constant dense<1.0> : tensor<4xf32>
  %b = arith.constant dense<0.0> : tensor<4xf32>
  %expected = arith.constant dense<[[-1.3416354199689269, -0.447211806656309, 0.447211806656309, 1.3416354199689269]]> : tensor<1x4xf32>
  %y = tern.layer_norm %x weight %w bias %b : tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>
  check.almost_equal %y, %expected rtol 1.0e-5 : tensor<1x4xf32>
  return
}

func.func @weighted_layer_norm(%x: tensor<2x3x5xf64>, %weight: tensor<5xf64>, %bias: tensor<5xf64>, %w: tensor<2x3x5xf64>) -> tensor<f64> {
  %y = tern.layer_norm %x weight %weight bias %bias : tensor<2x3x5xf64>, tensor<5xf64>, tensor<5xf64>
  %p = tern.mul %y, %w : tensor<2x3x5xf64>, tensor<2x3x5xf64>
  %loss = tern.sum %p : tensor<2x3x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_layer_norm

func.func @weighted_rms_norm(%x: tensor<2x3x5xf64>, %weight: tensor<5xf64>, %w: tensor<2x3x5xf64>) -> tensor<f64> {
  %y = tern.rms_norm %x weight %weight : tensor<2x3x5xf64>, tensor<5xf64>
  %p = tern.mul %y, %w : tensor<2x3x5xf64>, tensor<2x3x5xf64>
  %loss = tern.sum %p : tensor<2x3x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_rms_norm

// Wide enough that statistics, gradients and sums over rows share loops; no size is a multiple of a vector or of a task.
func.func @residual_norms(%x: tensor<67x37xf64>, %weight: tensor<37xf64>, %bias: tensor<37xf64>, %scale: tensor<37xf64>,
                          %w: tensor<67x37xf64>) -> tensor<f64> {
  %n = tern.layer_norm %x weight %weight bias %bias : tensor<67x37xf64>, tensor<37xf64>, tensor<37xf64>
  %h = tern.add %x, %n : tensor<67x37xf64>, tensor<67x37xf64>
  %r = tern.rms_norm %h weight %scale : tensor<67x37xf64>, tensor<37xf64>
  %s = tern.softmax %r : tensor<67x37xf64>
  %y = tern.add %h, %s : tensor<67x37xf64>, tensor<67x37xf64>
  %p = tern.mul %y, %w : tensor<67x37xf64>, tensor<67x37xf64>
  %loss = tern.sum %p : tensor<67x37xf64>
  return %loss : tensor<f64>
}
check.gradient @residual_norms
