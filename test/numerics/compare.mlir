// Comparisons and choices against a table made by hand, NaNs and ties among the operands.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

func.func @test_equal() {
  %a = arith.constant dense<[[0.5, -1.5, 2.0], [3.0, 0x7FF8000000000000, 0.5]]> : tensor<2x3xf64>
  %b = arith.constant dense<[2.0, -1.5, 0.5]> : tensor<3xf64>
  %expected = arith.constant dense<[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]> : tensor<2x3xf64>
  %y = tern.equal %a, %b : tensor<2x3xf64>, tensor<3xf64>
  check.equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_not_equal() {
  %a = arith.constant dense<[[0.5, -1.5, 2.0], [3.0, 0x7FF8000000000000, 0.5]]> : tensor<2x3xf64>
  %b = arith.constant dense<[2.0, -1.5, 0.5]> : tensor<3xf64>
  %expected = arith.constant dense<[[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]> : tensor<2x3xf64>
  %y = tern.not_equal %a, %b : tensor<2x3xf64>, tensor<3xf64>
  check.equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_less() {
  %a = arith.constant dense<[[0.5, -1.5, 2.0], [3.0, 0x7FF8000000000000, 0.5]]> : tensor<2x3xf64>
  %b = arith.constant dense<[2.0, -1.5, 0.5]> : tensor<3xf64>
  %expected = arith.constant dense<[[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]> : tensor<2x3xf64>
  %y = tern.less %a, %b : tensor<2x3xf64>, tensor<3xf64>
  check.equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_less_equal() {
  %a = arith.constant dense<[[0.5, -1.5, 2.0], [3.0, 0x7FF8000000000000, 0.5]]> : tensor<2x3xf64>
  %b = arith.constant dense<[2.0, -1.5, 0.5]> : tensor<3xf64>
  %expected = arith.constant dense<[[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]> : tensor<2x3xf64>
  %y = tern.less_equal %a, %b : tensor<2x3xf64>, tensor<3xf64>
  check.equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_greater() {
  %a = arith.constant dense<[[0.5, -1.5, 2.0], [3.0, 0x7FF8000000000000, 0.5]]> : tensor<2x3xf64>
  %b = arith.constant dense<[2.0, -1.5, 0.5]> : tensor<3xf64>
  %expected = arith.constant dense<[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]> : tensor<2x3xf64>
  %y = tern.greater %a, %b : tensor<2x3xf64>, tensor<3xf64>
  check.equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_greater_equal() {
  %a = arith.constant dense<[[0.5, -1.5, 2.0], [3.0, 0x7FF8000000000000, 0.5]]> : tensor<2x3xf64>
  %b = arith.constant dense<[2.0, -1.5, 0.5]> : tensor<3xf64>
  %expected = arith.constant dense<[[0.0, 1.0, 1.0], [1.0, 0.0, 1.0]]> : tensor<2x3xf64>
  %y = tern.greater_equal %a, %b : tensor<2x3xf64>, tensor<3xf64>
  check.equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_equal_of_integers() {
  %a = arith.constant dense<[[7, 0, 3], [0, 0, -2]]> : tensor<2x3xi32>
  %b = arith.constant dense<0> : tensor<i32>
  %expected = arith.constant dense<[[false, true, false], [true, true, false]]> : tensor<2x3xi1>
  %y = tern.equal %a, %b : tensor<2x3xi32>, tensor<i32>
  check.equal %y, %expected : tensor<2x3xi1>
  return
}

func.func @test_not_equal_of_integers() {
  %a = arith.constant dense<[[7, 0, 3], [0, 0, -2]]> : tensor<2x3xi32>
  %b = arith.constant dense<0> : tensor<i32>
  %expected = arith.constant dense<[[true, false, true], [false, false, true]]> : tensor<2x3xi1>
  %y = tern.not_equal %a, %b : tensor<2x3xi32>, tensor<i32>
  check.equal %y, %expected : tensor<2x3xi1>
  return
}

func.func @test_less_of_integers() {
  %a = arith.constant dense<[[7, 0, 3], [0, 0, -2]]> : tensor<2x3xi32>
  %b = arith.constant dense<0> : tensor<i32>
  %expected = arith.constant dense<[[false, false, false], [false, false, true]]> : tensor<2x3xi1>
  %y = tern.less %a, %b : tensor<2x3xi32>, tensor<i32>
  check.equal %y, %expected : tensor<2x3xi1>
  return
}

func.func @test_less_equal_of_integers() {
  %a = arith.constant dense<[[7, 0, 3], [0, 0, -2]]> : tensor<2x3xi32>
  %b = arith.constant dense<0> : tensor<i32>
  %expected = arith.constant dense<[[false, true, false], [true, true, true]]> : tensor<2x3xi1>
  %y = tern.less_equal %a, %b : tensor<2x3xi32>, tensor<i32>
  check.equal %y, %expected : tensor<2x3xi1>
  return
}

func.func @test_greater_of_integers() {
  %a = arith.constant dense<[[7, 0, 3], [0, 0, -2]]> : tensor<2x3xi32>
  %b = arith.constant dense<0> : tensor<i32>
  %expected = arith.constant dense<[[true, false, true], [false, false, false]]> : tensor<2x3xi1>
  %y = tern.greater %a, %b : tensor<2x3xi32>, tensor<i32>
  check.equal %y, %expected : tensor<2x3xi1>
  return
}

func.func @test_greater_equal_of_integers() {
  %a = arith.constant dense<[[7, 0, 3], [0, 0, -2]]> : tensor<2x3xi32>
  %b = arith.constant dense<0> : tensor<i32>
  %expected = arith.constant dense<[[true, true, true], [true, true, false]]> : tensor<2x3xi1>
  %y = tern.greater_equal %a, %b : tensor<2x3xi32>, tensor<i32>
  check.equal %y, %expected : tensor<2x3xi1>
  return
}

// What is not chosen may be anything.
func.func @test_where_of_bits() {
  %c = arith.constant dense<[[true], [false]]> : tensor<2x1xi1>
  %a = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf64>
  %b = arith.constant dense<[[0x7FF8000000000000, 0x7FF8000000000000, 0x7FF8000000000000], [4.0, -5.0, 0x7FF0000000000000]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, -5.0, 0x7FF0000000000000]]> : tensor<2x3xf64>
  %y = tern.where %c, %a, %b : tensor<2x1xi1>, tensor<3xf64>, tensor<2x3xf64>
  check.equal %y, %expected : tensor<2x3xf64>
  return
}

func.func @test_where_of_numbers() {
  %c = arith.constant dense<[0.0, -0.0, 1.0, -3.5, 0x7FF8000000000000]> : tensor<5xf64>
  %a = arith.constant dense<1.0> : tensor<f64>
  %b = arith.constant dense<[10.0, 20.0, 30.0, 40.0, 50.0]> : tensor<5xf64>
  %expected = arith.constant dense<[10.0, 20.0, 1.0, 1.0, 1.0]> : tensor<5xf64>
  %y = tern.where %c, %a, %b : tensor<5xf64>, tensor<f64>, tensor<5xf64>
  check.equal %y, %expected : tensor<5xf64>
  return
}

// Long enough for vectors and what is left of them.
func.func @test_where_f32() {
  %x = arith.constant dense<[-18.0, -17.0, -16.0, -15.0, -14.0, -13.0, -12.0, -11.0, -10.0, -9.0, -8.0, -7.0, -6.0, -5.0, -4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0]> : tensor<37xf32>
  %zero = arith.constant dense<0.0> : tensor<f32>
  %expected = arith.constant dense<[324.0, 289.0, 256.0, 225.0, 196.0, 169.0, 144.0, 121.0, 100.0, 81.0, 64.0, 49.0, 36.0, 25.0, 16.0, 9.0, 4.0, 1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0]> : tensor<37xf32>
  %negative = tern.less %x, %zero : tensor<37xf32>, tensor<f32>
  %square = tern.mul %x, %x : tensor<37xf32>, tensor<37xf32>
  %y = tern.where %negative, %square, %x : tensor<37xf32>, tensor<37xf32>, tensor<37xf32>
  check.equal %y, %expected : tensor<37xf32>
  return
}

// Tokens that are masked out become the padding's.
func.func @test_where_of_tokens() {
  %tokens = arith.constant dense<[[7, 0, 3], [5, 0, 9]]> : tensor<2x3xi32>
  %zero = arith.constant dense<0> : tensor<i32>
  %mask = arith.constant dense<103> : tensor<i32>
  %expected = arith.constant dense<[[103, 0, 103], [103, 0, 103]]> : tensor<2x3xi32>
  %there = tern.not_equal %tokens, %zero : tensor<2x3xi32>, tensor<i32>
  %y = tern.where %there, %mask, %tokens : tensor<2x3xi1>, tensor<i32>, tensor<2x3xi32>
  check.equal %y, %expected : tensor<2x3xi32>
  return
}

// Lengths of nothing, of a part, of all and of more than there is.
func.func @test_length_mask() {
  %lengths = arith.constant dense<[0, 2, 4, 9]> : tensor<4xi32>
  %like = arith.constant dense<3.0> : tensor<4x4x2xf64>
  %expected = arith.constant dense<[[0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]]> : tensor<4x4xf64>
  %y = tern.length_mask %lengths like %like : tensor<4xi32>, tensor<4x4x2xf64>
  check.equal %y, %expected : tensor<4x4xf64>
  return
}

func.func @test_length_mask_of_tokens() {
  %lengths = arith.constant dense<[1, 3]> : tensor<2xi64>
  %like = arith.constant dense<3> : tensor<2x3xi32>
  %expected = arith.constant dense<[[true, false, false], [true, true, true]]> : tensor<2x3xi1>
  %y = tern.length_mask %lengths like %like : tensor<2xi64>, tensor<2x3xi32>
  check.equal %y, %expected : tensor<2x3xi1>
  return
}

func.func @choice(%c: tensor<4x1xf64>, %a: tensor<3xf64>, %b: tensor<4x3xf64>, %w: tensor<4x3xf64>) -> tensor<f64> {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %positive = tern.greater %c, %zero : tensor<4x1xf64>, tensor<f64>
  %y = tern.where %positive, %a, %b : tensor<4x1xf64>, tensor<3xf64>, tensor<4x3xf64>
  %p = tern.mul %y, %w : tensor<4x3xf64>, tensor<4x3xf64>
  %loss = tern.sum %p : tensor<4x3xf64>
  return %loss : tensor<f64>
}
check.gradient @choice

// No comparison has a slope: only the weights do.
func.func @comparisons(%a: tensor<4x3xf64>, %b: tensor<3xf64>, %w: tensor<4x3xf64>) -> tensor<f64> {
  %equal = tern.equal %a, %b : tensor<4x3xf64>, tensor<3xf64>
  %not_equal = tern.not_equal %a, %b : tensor<4x3xf64>, tensor<3xf64>
  %less = tern.less %a, %b : tensor<4x3xf64>, tensor<3xf64>
  %less_equal = tern.less_equal %a, %b : tensor<4x3xf64>, tensor<3xf64>
  %greater = tern.greater %a, %b : tensor<4x3xf64>, tensor<3xf64>
  %greater_equal = tern.greater_equal %a, %b : tensor<4x3xf64>, tensor<3xf64>
  %0 = tern.add %equal, %not_equal : tensor<4x3xf64>, tensor<4x3xf64>
  %1 = tern.add %0, %less : tensor<4x3xf64>, tensor<4x3xf64>
  %2 = tern.mul %1, %less_equal : tensor<4x3xf64>, tensor<4x3xf64>
  %3 = tern.sub %2, %greater : tensor<4x3xf64>, tensor<4x3xf64>
  %4 = tern.add %3, %greater_equal : tensor<4x3xf64>, tensor<4x3xf64>
  %5 = tern.mul %4, %w : tensor<4x3xf64>, tensor<4x3xf64>
  %loss = tern.sum %5 : tensor<4x3xf64>
  return %loss : tensor<f64>
}
check.gradient @comparisons

// Padding has no gradient, and the mask none by what it is like.
func.func @masked_square(%x: tensor<2x3x4xf64>, %w: tensor<2x3x4xf64>) -> tensor<f64> {
  %lengths = arith.constant dense<[1, 3]> : tensor<2xi32>
  %mask = tern.length_mask %lengths like %x : tensor<2xi32>, tensor<2x3x4xf64>
  %column = tern.reshape %mask to [0, 0, 1] : tensor<2x3xf64>
  %square = tern.mul %x, %x : tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %y = tern.mul %square, %column : tensor<2x3x4xf64>, tensor<2x3x1xf64>
  %p = tern.mul %y, %w : tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %loss = tern.sum %p : tensor<2x3x4xf64>
  return %loss : tensor<f64>
}
check.gradient @masked_square
