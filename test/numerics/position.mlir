// Learned positions are added to every batch row; positions beyond the sequence get no gradient.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

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
