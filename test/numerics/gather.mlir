// Look-ups and what runs along a dimension against loops written out in another program, ties and indices outside included.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

// Indices outside of the operand are clamped into it.
func.func @test_gather_rows() {
  %x = arith.constant dense<[[[-0.19, 0.239, 1.697], [-0.137, 0.031, 0.35], [-1.261, 0.048, 0.52], [1.172, -1.624, -0.786]], [[-1.637, 1.239, 0.774], [-1.832, 1.929, 1.859], [0.616, 0.462, -1.37], [-1.94, 0.114, -1.762]]]> : tensor<2x4x3xf64>
  %i = arith.constant dense<[[[3], [0], [3]], [[1], [-5], [9]]]> : tensor<2x3x1xi32>
  %expected = arith.constant dense<[[[1.172, -1.624, -0.786], [-0.19, 0.239, 1.697], [1.172, -1.624, -0.786]], [[-1.832, 1.929, 1.859], [-1.637, 1.239, 0.774], [-1.94, 0.114, -1.762]]]> : tensor<2x3x3xf64>
  %y = tern.gather %x, %i dim 1 : tensor<2x4x3xf64>, tensor<2x3x1xi32>
  check.equal %y, %expected : tensor<2x3x3xf64>
  return
}

func.func @test_gather_last() {
  %x = arith.constant dense<[[[-0.19, 0.239, 1.697], [-0.137, 0.031, 0.35], [-1.261, 0.048, 0.52], [1.172, -1.624, -0.786]], [[-1.637, 1.239, 0.774], [-1.832, 1.929, 1.859], [0.616, 0.462, -1.37], [-1.94, 0.114, -1.762]]]> : tensor<2x4x3xf64>
  %i = arith.constant dense<[[[2, 0], [1, 1], [0, 2], [2, 2]], [[1, 0], [0, 0], [2, 1], [1, 2]]]> : tensor<2x4x2xi64>
  %expected = arith.constant dense<[[[1.697, -0.19], [0.031, 0.031], [-1.261, 0.52], [-0.786, -0.786]], [[1.239, -1.637], [-1.832, -1.832], [-1.37, 0.462], [0.114, -1.762]]]> : tensor<2x4x2xf64>
  %y = tern.gather %x, %i dim -1 : tensor<2x4x3xf64>, tensor<2x4x2xi64>
  check.equal %y, %expected : tensor<2x4x2xf64>
  return
}

// Every column has its own index; dimension 1 shares them.
func.func @test_gather_first() {
  %x = arith.constant dense<[[[-0.19, 0.239, 1.697], [-0.137, 0.031, 0.35], [-1.261, 0.048, 0.52], [1.172, -1.624, -0.786]], [[-1.637, 1.239, 0.774], [-1.832, 1.929, 1.859], [0.616, 0.462, -1.37], [-1.94, 0.114, -1.762]]]> : tensor<2x4x3xf64>
  %i = arith.constant dense<[[[1, 0, 1]], [[0, 0, 1]], [[1, 1, 0]]]> : tensor<3x1x3xi32>
  %expected = arith.constant dense<[[[-1.637, 0.239, 0.774], [-1.832, 0.031, 1.859], [0.616, 0.048, -1.37], [-1.94, -1.624, -1.762]], [[-0.19, 0.239, 0.774], [-0.137, 0.031, 1.859], [-1.261, 0.048, -1.37], [1.172, -1.624, -1.762]], [[-1.637, 1.239, 1.697], [-1.832, 1.929, 0.35], [0.616, 0.462, 0.52], [-1.94, 0.114, -0.786]]]> : tensor<3x4x3xf64>
  %y = tern.gather %x, %i dim 0 : tensor<2x4x3xf64>, tensor<3x1x3xi32>
  check.equal %y, %expected : tensor<3x4x3xf64>
  return
}

func.func @test_scatter_add_rows() {
  %x = arith.constant dense<[[[-0.19, 0.239, 1.697], [-0.137, 0.031, 0.35], [-1.261, 0.048, 0.52], [1.172, -1.624, -0.786]], [[-1.637, 1.239, 0.774], [-1.832, 1.929, 1.859], [0.616, 0.462, -1.37], [-1.94, 0.114, -1.762]]]> : tensor<2x4x3xf64>
  %i = arith.constant dense<[[[3], [0], [3], [7]], [[1], [1], [1], [-2]]]> : tensor<2x4x1xi32>
  %expected = arith.constant dense<[[[-0.137, 0.031, 0.35], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [-1.4509999999999998, 0.287, 2.217], [1.172, -1.624, -0.786]], [[-1.94, 0.114, -1.762], [-2.853, 3.6300000000000003, 1.263], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]]> : tensor<2x5x3xf64>
  %y = tern.scatter_add %x, %i dim 1 size 5 : tensor<2x4x3xf64>, tensor<2x4x1xi32>
  check.almost_equal %y, %expected rtol 1.0e-14 atol 1.0e-15 : tensor<2x5x3xf64>
  return
}

func.func @test_scatter_add_onto() {
  %x = arith.constant dense<[[[-0.19, 0.239, 1.697], [-0.137, 0.031, 0.35], [-1.261, 0.048, 0.52], [1.172, -1.624, -0.786]], [[-1.637, 1.239, 0.774], [-1.832, 1.929, 1.859], [0.616, 0.462, -1.37], [-1.94, 0.114, -1.762]]]> : tensor<2x4x3xf64>
  %old = arith.constant dense<[[[-1.239, -1.032, -1.88], [-0.144, -0.238, 1.37], [0.076, 0.561, -0.001], [0.65, -0.171, -0.887], [1.991, 1.983, 1.361]], [[0.831, -0.739, -1.081], [-0.844, -1.719, 1.065], [-0.398, 1.386, -0.454], [1.832, 1.389, -1.998], [-1.161, 1.641, -0.12]]]> : tensor<2x5x3xf64>
  %i = arith.constant dense<[[[3], [0], [3], [7]], [[1], [1], [1], [-2]]]> : tensor<2x4x1xi32>
  %expected = arith.constant dense<[[[-1.3760000000000001, -1.0010000000000001, -1.5299999999999998], [-0.144, -0.238, 1.37], [0.076, 0.561, -0.001], [-0.8009999999999999, 0.11599999999999998, 1.33], [3.1630000000000003, 0.359, 0.575]], [[-1.109, -0.625, -2.843], [-3.6969999999999996, 1.911, 2.328], [-0.398, 1.386, -0.454], [1.832, 1.389, -1.998], [-1.161, 1.641, -0.12]]]> : tensor<2x5x3xf64>
  %y = tern.scatter_add %x, %i dim 1 size 5 onto %old : tensor<2x4x3xf64>, tensor<2x4x1xi32>, tensor<2x5x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-14 atol 1.0e-15 : tensor<2x5x3xf64>
  return
}

func.func @test_scatter_add_last() {
  %x = arith.constant dense<[[[-0.19, 0.239, 1.697], [-0.137, 0.031, 0.35], [-1.261, 0.048, 0.52], [1.172, -1.624, -0.786]], [[-1.637, 1.239, 0.774], [-1.832, 1.929, 1.859], [0.616, 0.462, -1.37], [-1.94, 0.114, -1.762]]]> : tensor<2x4x3xf64>
  %i = arith.constant dense<[[[2, 0, 2], [1, 1, 1], [0, 2, 1], [2, 2, 0]], [[1, 0, 0], [0, 0, 0], [2, 1, 2], [1, 2, 1]]]> : tensor<2x4x3xi64>
  %expected = arith.constant dense<[[[0.239, 0.0, 1.5070000000000001, 0.0], [0.0, 0.24399999999999997, 0.0, 0.0], [-1.261, 0.52, 0.048, 0.0], [-0.786, 0.0, -0.4520000000000002, 0.0]], [[2.013, -1.637, 0.0, 0.0], [1.956, 0.0, 0.0, 0.0], [0.0, 0.462, -0.7540000000000001, 0.0], [0.0, -3.702, 0.114, 0.0]]]> : tensor<2x4x4xf64>
  %y = tern.scatter_add %x, %i dim -1 size 4 : tensor<2x4x3xf64>, tensor<2x4x3xi64>
  check.almost_equal %y, %expected rtol 1.0e-14 atol 1.0e-15 : tensor<2x4x4xf64>
  return
}

// 5 and -1 are no classes.
func.func @test_one_hot() {
  %i = arith.constant dense<[[0, 4, 2], [5, -1, 3]]> : tensor<2x3xi32>
  %expected = arith.constant dense<[[[1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 0.0, 0.0]], [[0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0, 0.0]]]> : tensor<2x3x5xf64>
  %y = tern.one_hot %i classes 5 : tensor<2x3xi32>, f64
  check.equal %y, %expected : tensor<2x3x5xf64>
  return
}

// Ties in their order, infinities, and a row that has fewer numbers than are asked for.
func.func @test_top_k() {
  %x = arith.constant dense<[[0.5, 2.0, -1.0, 2.0, 0.5, 2.0], [-3.0, -1.0, -1.0, -2.0, 0xFFF0000000000000, -0.5], [1.0, 1.0, 1.0, 1.0, 1.0, 1.0], [0x7FF8000000000000, 0x7FF0000000000000, 0x7FF8000000000000, 0xFFF0000000000000, 0x7FF8000000000000, 0x7FF8000000000000]]> : tensor<4x6xf64>
  %v = arith.constant dense<[[2.0, 2.0, 2.0, 0.5], [-0.5, -1.0, -1.0, -2.0], [1.0, 1.0, 1.0, 1.0], [0x7FF0000000000000, 0xFFF0000000000000, 0xFFF0000000000000, 0xFFF0000000000000]]> : tensor<4x4xf64>
  %i = arith.constant dense<[[1, 3, 5, 0], [5, 1, 2, 3], [0, 1, 2, 3], [1, 3, 6, 6]]> : tensor<4x4xi32>
  %values, %indices = tern.top_k %x k 4 : tensor<4x6xf64>
  check.equal %values, %v : tensor<4x4xf64>
  check.equal %indices, %i : tensor<4x4xi32>
  return
}

func.func @test_top_k_of_the_middle() {
  %x = arith.constant dense<[[[1.921, -0.41, -1.708], [0.518, 1.114, -0.921], [-1.651, -0.67, 1.856], [1.032, -1.528, -1.014], [-1.596, -1.76, 1.188]], [[-1.289, 0.237, -0.21], [-1.237, 0.928, -1.476], [0.575, -1.534, -0.317], [-1.149, -0.921, 1.884], [1.214, -0.783, 1.539]]]> : tensor<2x5x3xf64>
  %v = arith.constant dense<[[[1.921, 1.114, 1.856], [1.032, -0.41, 1.188]], [[1.214, 0.928, 1.884], [0.575, 0.237, 1.539]]]> : tensor<2x2x3xf64>
  %i = arith.constant dense<[[[0, 1, 2], [3, 0, 4]], [[4, 1, 3], [2, 0, 4]]]> : tensor<2x2x3xi32>
  %values, %indices = tern.top_k %x k 2 dim 1 : tensor<2x5x3xf64>
  check.equal %values, %v : tensor<2x2x3xf64>
  check.equal %indices, %i : tensor<2x2x3xi32>
  return
}

// All of them: the values in order, as a sort.
func.func @test_sort_f32() {
  %x = arith.constant dense<[[-20.0, -10.0, 14.0, 11.0, -19.0, 6.0, 4.0, 16.0, 1.0, 0.0, 13.0, -1.0, -1.0, 13.0, 0.0, 1.0, 16.0, 4.0, 6.0, -19.0, 11.0, 14.0, -10.0, -20.0, -16.0, 2.0, -7.0, -2.0, 17.0, 9.0, 15.0, -6.0, -13.0, -6.0, 15.0, 9.0, 17.0]]> : tensor<1x37xf32>
  %v = arith.constant dense<[[17.0, 17.0, 16.0, 16.0, 15.0, 15.0, 14.0, 14.0, 13.0, 13.0, 11.0, 11.0, 9.0, 9.0, 6.0, 6.0, 4.0, 4.0, 2.0, 1.0, 1.0, 0.0, 0.0, -1.0, -1.0, -2.0, -6.0, -6.0, -7.0, -10.0, -10.0, -13.0, -16.0, -19.0, -19.0, -20.0, -20.0]]> : tensor<1x37xf32>
  %i = arith.constant dense<[[28, 36, 7, 16, 30, 34, 2, 21, 10, 13, 3, 20, 29, 35, 5, 18, 6, 17, 25, 8, 15, 9, 14, 11, 12, 27, 31, 33, 26, 1, 22, 32, 24, 4, 19, 0, 23]]> : tensor<1x37xi32>
  %values, %indices = tern.top_k %x k 37 : tensor<1x37xf32>
  check.equal %values, %v : tensor<1x37xf32>
  check.equal %indices, %i : tensor<1x37xi32>
  return
}

func.func @test_cumsum() {
  %x = arith.constant dense<[[[-0.19, 0.239, 1.697], [-0.137, 0.031, 0.35], [-1.261, 0.048, 0.52], [1.172, -1.624, -0.786]], [[-1.637, 1.239, 0.774], [-1.832, 1.929, 1.859], [0.616, 0.462, -1.37], [-1.94, 0.114, -1.762]]]> : tensor<2x4x3xf64>
  %expected = arith.constant dense<[[[-0.19, 0.04899999999999999, 1.746], [-0.137, -0.10600000000000001, 0.24399999999999997], [-1.261, -1.2129999999999999, -0.6929999999999998], [1.172, -0.4520000000000002, -1.2380000000000002]], [[-1.637, -0.3979999999999999, 0.3760000000000001], [-1.832, 0.09699999999999998, 1.956], [0.616, 1.078, -0.29200000000000004], [-1.94, -1.8259999999999998, -3.588]]]> : tensor<2x4x3xf64>
  %y = tern.cumsum %x : tensor<2x4x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-14 atol 1.0e-15 : tensor<2x4x3xf64>
  return
}

func.func @test_cumsum_reverse() {
  %x = arith.constant dense<[[[-0.19, 0.239, 1.697], [-0.137, 0.031, 0.35], [-1.261, 0.048, 0.52], [1.172, -1.624, -0.786]], [[-1.637, 1.239, 0.774], [-1.832, 1.929, 1.859], [0.616, 0.462, -1.37], [-1.94, 0.114, -1.762]]]> : tensor<2x4x3xf64>
  %expected = arith.constant dense<[[[1.746, 1.936, 1.697], [0.244, 0.381, 0.35], [-0.6929999999999998, 0.5680000000000001, 0.52], [-1.2380000000000002, -2.41, -0.786]], [[0.3759999999999999, 2.013, 0.774], [1.9560000000000002, 3.7880000000000003, 1.859], [-0.29200000000000015, -0.9080000000000001, -1.37], [-3.588, -1.648, -1.762]]]> : tensor<2x4x3xf64>
  %y = tern.cumsum %x reverse : tensor<2x4x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-14 atol 1.0e-15 : tensor<2x4x3xf64>
  return
}

func.func @test_cumsum_exclusive() {
  %x = arith.constant dense<[[[-0.19, 0.239, 1.697], [-0.137, 0.031, 0.35], [-1.261, 0.048, 0.52], [1.172, -1.624, -0.786]], [[-1.637, 1.239, 0.774], [-1.832, 1.929, 1.859], [0.616, 0.462, -1.37], [-1.94, 0.114, -1.762]]]> : tensor<2x4x3xf64>
  %expected = arith.constant dense<[[[0.0, -0.19, 0.04899999999999999], [0.0, -0.137, -0.10600000000000001], [0.0, -1.261, -1.2129999999999999], [0.0, 1.172, -0.4520000000000002]], [[0.0, -1.637, -0.3979999999999999], [0.0, -1.832, 0.09699999999999998], [0.0, 0.616, 1.078], [0.0, -1.94, -1.8259999999999998]]]> : tensor<2x4x3xf64>
  %y = tern.cumsum %x exclusive : tensor<2x4x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-14 atol 1.0e-15 : tensor<2x4x3xf64>
  return
}

func.func @test_cumsum_exclusive_reverse() {
  %x = arith.constant dense<[[[-0.19, 0.239, 1.697], [-0.137, 0.031, 0.35], [-1.261, 0.048, 0.52], [1.172, -1.624, -0.786]], [[-1.637, 1.239, 0.774], [-1.832, 1.929, 1.859], [0.616, 0.462, -1.37], [-1.94, 0.114, -1.762]]]> : tensor<2x4x3xf64>
  %expected = arith.constant dense<[[[1.936, 1.697, 0.0], [0.381, 0.35, 0.0], [0.5680000000000001, 0.52, 0.0], [-2.41, -0.786, 0.0]], [[2.013, 0.774, 0.0], [3.7880000000000003, 1.859, 0.0], [-0.9080000000000001, -1.37, 0.0], [-1.648, -1.762, 0.0]]]> : tensor<2x4x3xf64>
  %y = tern.cumsum %x exclusive reverse : tensor<2x4x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-14 atol 1.0e-15 : tensor<2x4x3xf64>
  return
}

func.func @test_cumsum_of_the_middle_reverse() {
  %x = arith.constant dense<[[[-0.19, 0.239, 1.697], [-0.137, 0.031, 0.35], [-1.261, 0.048, 0.52], [1.172, -1.624, -0.786]], [[-1.637, 1.239, 0.774], [-1.832, 1.929, 1.859], [0.616, 0.462, -1.37], [-1.94, 0.114, -1.762]]]> : tensor<2x4x3xf64>
  %expected = arith.constant dense<[[[-0.416, -1.306, 1.7810000000000001], [-0.22599999999999998, -1.5450000000000002, 0.08399999999999996], [-0.08899999999999997, -1.576, -0.266], [1.172, -1.624, -0.786]], [[-4.792999999999999, 3.7439999999999998, -0.4990000000000001], [-3.1559999999999997, 2.505, -1.2730000000000001], [-1.3239999999999998, 0.5760000000000001, -3.132], [-1.94, 0.114, -1.762]]]> : tensor<2x4x3xf64>
  %y = tern.cumsum %x dim 1 reverse : tensor<2x4x3xf64>
  check.almost_equal %y, %expected rtol 1.0e-14 atol 1.0e-15 : tensor<2x4x3xf64>
  return
}

// Columns as wide as vectors.
func.func @test_cumsum_of_rows_f32() {
  %x = arith.constant dense<[[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 2.0, 4.0, 6.0, 1.0, 3.0, 5.0, 0.0, 2.0, 4.0, 6.0, 1.0, 3.0, 5.0, 0.0, 2.0, 4.0, 6.0, 1.0, 3.0, 5.0, 0.0, 2.0, 4.0, 6.0, 1.0, 3.0, 5.0, 0.0, 2.0, 4.0, 6.0, 1.0, 3.0, 5.0, 0.0, 2.0, 4.0, 6.0, 1.0]]> : tensor<3x40xf32>
  %expected = arith.constant dense<[[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 3.0, 6.0, 9.0, 5.0, 8.0, 11.0, 0.0, 3.0, 6.0, 9.0, 5.0, 8.0, 11.0, 0.0, 3.0, 6.0, 9.0, 5.0, 8.0, 11.0, 0.0, 3.0, 6.0, 9.0, 5.0, 8.0, 11.0, 0.0, 3.0, 6.0, 9.0, 5.0, 8.0, 11.0, 0.0, 3.0, 6.0, 9.0, 5.0]]> : tensor<3x40xf32>
  %y = tern.cumsum %x dim 0 : tensor<3x40xf32>
  check.equal %y, %expected : tensor<3x40xf32>
  return
}

// The cotangent of every element goes where it came from; several of one place are added.
func.func @looked_up(%x: tensor<2x4x3xf64>, %w: tensor<2x3x3xf64>, %v: tensor<2x4x2xf64>) -> tensor<f64> {
  %rows = arith.constant dense<[[[3], [0], [3]], [[1], [1], [1]]]> : tensor<2x3x1xi32>
  %each = arith.constant dense<[[[2, 0], [1, 1], [0, 2], [2, 2]], [[1, 0], [0, 0], [2, 1], [1, 2]]]> : tensor<2x4x2xi32>
  %y = tern.gather %x, %rows dim 1 : tensor<2x4x3xf64>, tensor<2x3x1xi32>
  %z = tern.gather %x, %each dim 2 : tensor<2x4x3xf64>, tensor<2x4x2xi32>
  %p = tern.mul %y, %w : tensor<2x3x3xf64>, tensor<2x3x3xf64>
  %q = tern.mul %z, %v : tensor<2x4x2xf64>, tensor<2x4x2xf64>
  %a = tern.sum %p : tensor<2x3x3xf64>
  %b = tern.sum %q : tensor<2x4x2xf64>
  %loss = tern.mul %a, %b : tensor<f64>, tensor<f64>
  return %loss : tensor<f64>
}
check.gradient @looked_up

func.func @scattered(%x: tensor<2x4x3xf64>, %old: tensor<2x5x3xf64>, %w: tensor<2x5x3xf64>) -> tensor<f64> {
  %rows = arith.constant dense<[[[3], [0], [3], [4]], [[1], [1], [1], [0]]]> : tensor<2x4x1xi32>
  %y = tern.scatter_add %x, %rows dim 1 size 5 onto %old : tensor<2x4x3xf64>, tensor<2x4x1xi32>, tensor<2x5x3xf64>
  %z = tern.scatter_add %x, %rows dim 1 size 5 : tensor<2x4x3xf64>, tensor<2x4x1xi32>
  %both = tern.mul %y, %z : tensor<2x5x3xf64>, tensor<2x5x3xf64>
  %p = tern.mul %both, %w : tensor<2x5x3xf64>, tensor<2x5x3xf64>
  %loss = tern.sum %p : tensor<2x5x3xf64>
  return %loss : tensor<f64>
}
check.gradient @scattered

func.func @largest(%x: tensor<3x7xf64>, %w: tensor<3x2xf64>, %v: tensor<2x7xf64>) -> tensor<f64> {
  %values, %indices = tern.top_k %x k 2 : tensor<3x7xf64>
  %columns, %rows = tern.top_k %x k 2 dim 0 : tensor<3x7xf64>
  %p = tern.mul %values, %w : tensor<3x2xf64>, tensor<3x2xf64>
  %q = tern.mul %columns, %v : tensor<2x7xf64>, tensor<2x7xf64>
  %a = tern.sum %p : tensor<3x2xf64>
  %b = tern.sum %q : tensor<2x7xf64>
  %loss = tern.mul %a, %b : tensor<f64>, tensor<f64>
  return %loss : tensor<f64>
}
check.gradient @largest

func.func @running_sums(%x: tensor<2x4x3xf64>, %w: tensor<2x4x3xf64>) -> tensor<f64> {
  %y = tern.cumsum %x dim 1 : tensor<2x4x3xf64>
  %z = tern.cumsum %y dim 2 exclusive : tensor<2x4x3xf64>
  %u = tern.cumsum %z dim 0 reverse : tensor<2x4x3xf64>
  %v = tern.cumsum %y dim 1 exclusive reverse : tensor<2x4x3xf64>
  %both = tern.mul %u, %v : tensor<2x4x3xf64>, tensor<2x4x3xf64>
  %p = tern.mul %both, %w : tensor<2x4x3xf64>, tensor<2x4x3xf64>
  %loss = tern.sum %p : tensor<2x4x3xf64>
  return %loss : tensor<f64>
}
check.gradient @running_sums

// Many rows meet in few places: the order in which they are added is theirs, not that of threads.
func.func @crowded(%x: tensor<301x67xf32>, %i: tensor<301x1xi32>, %j: tensor<301x67xi32>) -> (tensor<5x67xf32>, tensor<301x5xf32>, tensor<301x67xf32>) {
  %y = tern.scatter_add %x, %i dim 0 size 5 : tensor<301x67xf32>, tensor<301x1xi32>
  %z = tern.scatter_add %x, %j dim 1 size 5 : tensor<301x67xf32>, tensor<301x67xi32>
  %s = tern.cumsum %x dim 0 : tensor<301x67xf32>
  return %y, %z, %s : tensor<5x67xf32>, tensor<301x5xf32>, tensor<301x67xf32>
}
check.deterministic @crowded threads [1, 2, 3, 5] classes 5
