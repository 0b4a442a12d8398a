// Shape ops move elements where they belong, and their gradients move cotangents back.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

func.func @test_reshape() {
  %x = arith.constant dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf64>
  %expected = arith.constant dense<[[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 8.0, 9.0, 10.0, 11.0], [12.0, 13.0, 14.0, 15.0, 16.0, 17.0], [18.0, 19.0, 20.0, 21.0, 22.0, 23.0]]> : tensor<4x6xf64>
  %y = tern.reshape %x to [4, -1] : tensor<2x3x4xf64>
  check.almost_equal %y, %expected : tensor<4x6xf64>
  return
}

func.func @test_transpose() {
  %x = arith.constant dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf64>
  %expected = arith.constant dense<[[[0.0, 4.0, 8.0], [12.0, 16.0, 20.0]], [[1.0, 5.0, 9.0], [13.0, 17.0, 21.0]], [[2.0, 6.0, 10.0], [14.0, 18.0, 22.0]], [[3.0, 7.0, 11.0], [15.0, 19.0, 23.0]]]> : tensor<4x2x3xf64>
  %y = tern.transpose %x [2, 0, 1] : tensor<2x3x4xf64>
  check.almost_equal %y, %expected : tensor<4x2x3xf64>
  return
}

func.func @test_split() {
  %x = arith.constant dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf64>
  %first = arith.constant dense<[[[0.0], [4.0], [8.0]], [[12.0], [16.0], [20.0]]]> : tensor<2x3x1xf64>
  %second = arith.constant dense<[[[1.0, 2.0, 3.0], [5.0, 6.0, 7.0], [9.0, 10.0, 11.0]], [[13.0, 14.0, 15.0], [17.0, 18.0, 19.0], [21.0, 22.0, 23.0]]]> : tensor<2x3x3xf64>
  %a, %b = tern.split %x dim -1 sizes [1, 3] : tensor<2x3x4xf64>
  check.almost_equal %a, %first : tensor<2x3x1xf64>
  check.almost_equal %b, %second : tensor<2x3x3xf64>
  return
}

func.func @test_concat() {
  %x = arith.constant dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf64>
  %z = arith.constant dense<[[[100.0, 101.0, 102.0, 103.0]], [[104.0, 105.0, 106.0, 107.0]]]> : tensor<2x1x4xf64>
  %expected = arith.constant dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0], [100.0, 101.0, 102.0, 103.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0], [104.0, 105.0, 106.0, 107.0]]]> : tensor<2x4x4xf64>
  %y = tern.concat %x, %z dim 1 : tensor<2x3x4xf64>, tensor<2x1x4xf64>
  check.almost_equal %y, %expected : tensor<2x4x4xf64>
  return
}

func.func @test_slice() {
  %x = arith.constant dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf64>
  %expected = arith.constant dense<[[[17.0, 19.0], [21.0, 23.0]]]> : tensor<1x2x2xf64>
  %y = tern.slice %x offsets [1, 1, 1] sizes [1, -1, 2] strides [1, 1, 2] : tensor<2x3x4xf64>
  check.almost_equal %y, %expected : tensor<1x2x2xf64>
  return
}

func.func @test_pad_slice() {
  %z = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf64>
  %expected = arith.constant dense<[[0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 2.0, 0.0], [0.0, 3.0, 0.0, 4.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0]]> : tensor<4x5xf64>
  %y = tern.pad_slice %z offsets [1, 1] strides [1, 2] into [4, 5] : tensor<2x2xf64>
  check.almost_equal %y, %expected : tensor<4x5xf64>
  return
}

func.func @test_broadcast() {
  %z = arith.constant dense<[[1.0], [2.0]]> : tensor<2x1xf64>
  %expected = arith.constant dense<[[[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]], [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]]> : tensor<2x2x3xf64>
  %y = tern.broadcast %z to [2, 0, 3] : tensor<2x1xf64>
  check.almost_equal %y, %expected : tensor<2x2x3xf64>
  return
}

// Integers too: the shifted targets of a language model.
func.func @test_tokens() {
  %t = arith.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
  %expected = arith.constant dense<[[2, 3], [5, 6]]> : tensor<2x2xi32>
  %y = tern.slice %t offsets [0, 1] sizes [-1, 2] : tensor<2x3xi32>
  check.almost_equal %y, %expected : tensor<2x2xi32>
  return
}

func.func @weighted_reshape(%x: tensor<2x3x4xf64>, %w: tensor<4x6xf64>) -> tensor<f64> {
  %y = tern.reshape %x to [4, -1] : tensor<2x3x4xf64>
  %p = tern.mul %y, %w : tensor<4x6xf64>, tensor<4x6xf64>
  %loss = tern.sum %p : tensor<4x6xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_reshape

func.func @weighted_transpose(%x: tensor<2x3x4xf64>, %w: tensor<4x2x3xf64>) -> tensor<f64> {
  %y = tern.transpose %x [2, 0, 1] : tensor<2x3x4xf64>
  %p = tern.mul %y, %w : tensor<4x2x3xf64>, tensor<4x2x3xf64>
  %loss = tern.sum %p : tensor<4x2x3xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_transpose

func.func @weighted_split(%x: tensor<2x3x4xf64>, %w: tensor<2x3x1xf64>) -> tensor<f64> {
  %a, %b, %c, %d = tern.split %x dim 2 into 4 : tensor<2x3x4xf64>
  %y = tern.sub %b, %d : tensor<2x3x1xf64>, tensor<2x3x1xf64>
  %p = tern.mul %y, %w : tensor<2x3x1xf64>, tensor<2x3x1xf64>
  %loss = tern.sum %p : tensor<2x3x1xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_split

func.func @weighted_concat(%x: tensor<2x3x4xf64>, %z: tensor<2x1x4xf64>, %w: tensor<2x4x4xf64>) -> tensor<f64> {
  %y = tern.concat %x, %z dim 1 : tensor<2x3x4xf64>, tensor<2x1x4xf64>
  %p = tern.mul %y, %w : tensor<2x4x4xf64>, tensor<2x4x4xf64>
  %loss = tern.sum %p : tensor<2x4x4xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_concat

func.func @weighted_slice(%x: tensor<2x3x4xf64>, %w: tensor<1x2x2xf64>) -> tensor<f64> {
  %y = tern.slice %x offsets [1, 1, 1] sizes [1, -1, 2] strides [1, 1, 2] : tensor<2x3x4xf64>
  %p = tern.mul %y, %w : tensor<1x2x2xf64>, tensor<1x2x2xf64>
  %loss = tern.sum %p : tensor<1x2x2xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_slice

func.func @weighted_pad_slice(%x: tensor<2x2xf64>, %w: tensor<4x5xf64>) -> tensor<f64> {
  %y = tern.pad_slice %x offsets [1, 1] strides [1, 2] into [4, 5] : tensor<2x2xf64>
  %p = tern.mul %y, %w : tensor<4x5xf64>, tensor<4x5xf64>
  %loss = tern.sum %p : tensor<4x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_pad_slice

func.func @weighted_broadcast(%x: tensor<2x1xf64>, %w: tensor<2x2x3xf64>) -> tensor<f64> {
  %y = tern.broadcast %x to [2, 0, 3] : tensor<2x1xf64>
  %p = tern.mul %y, %w : tensor<2x2x3xf64>, tensor<2x2x3xf64>
  %loss = tern.sum %p : tensor<2x2x3xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_broadcast

func.func @test_pad() {
  %x = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf64>
  %expected = arith.constant dense<[[-1.5, -1.5, -1.5, -1.5, -1.5], [-1.5, -1.5, 1.0, 2.0, -1.5], [-1.5, -1.5, 3.0, 4.0, -1.5]]> : tensor<3x5xf64>
  %y = tern.pad %x low [1, 2] high [0, 1] value -1.5 : tensor<2x2xf64>
  check.equal %y, %expected : tensor<3x5xf64>
  return
}

func.func @test_pad_tokens() {
  %x = arith.constant dense<[[7, 8], [9, 10]]> : tensor<2x2xi32>
  %expected = arith.constant dense<[[2, 7, 8, 2], [2, 9, 10, 2]]> : tensor<2x4xi32>
  %y = tern.pad %x low [0, 1] high [0, 1] value 2.0 : tensor<2x2xi32>
  check.equal %y, %expected : tensor<2x4xi32>
  return
}

func.func @padded(%x: tensor<2x3xf64>, %w: tensor<3x6xf64>) -> tensor<f64> {
  %y = tern.pad %x low [1, 2] high [0, 1] value 0.5 : tensor<2x3xf64>
  %z = tern.mul %y, %y : tensor<3x6xf64>, tensor<3x6xf64>
  %p = tern.mul %z, %w : tensor<3x6xf64>, tensor<3x6xf64>
  %loss = tern.sum %p : tensor<3x6xf64>
  return %loss : tensor<f64>
}
check.gradient @padded
