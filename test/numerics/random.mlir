// Random numbers against an independent program in integers and f64: seed 5, step 3, micro-batch 1, layer 2, site "h".
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

func.func @test_random_key() {
  %seed = arith.constant dense<5> : tensor<i64>
  %step = arith.constant dense<3> : tensor<i64>
  %microbatch = arith.constant dense<1> : tensor<i64>
  %layer = arith.constant dense<2> : tensor<i64>
  %key = tern.random_key %seed, %step, %microbatch layer %layer site "h"
  %outside = tern.random_key %seed, %step, %microbatch site "h"
  %expected = arith.constant dense<2998483290944722907> : tensor<i64>
  %expected_outside = arith.constant dense<-849193249611987527> : tensor<i64>
  check.almost_equal %key, %expected : tensor<i64>
  check.almost_equal %outside, %expected_outside : tensor<i64>
  return
}

func.func @test_uniform() {
  %seed = arith.constant dense<5> : tensor<i64>
  %step = arith.constant dense<3> : tensor<i64>
  %microbatch = arith.constant dense<1> : tensor<i64>
  %layer = arith.constant dense<2> : tensor<i64>
  %key = tern.random_key %seed, %step, %microbatch layer %layer site "h"
  %expected = arith.constant dense<[[0.002262115478515625, -0.8102637529373169, 0.32831835746765137], [-0.5773298740386963, 0.8705769777297974, 0.8006398677825928]]> : tensor<2x3xf64>
  %y = tern.uniform [2, 3] from -1.0 to 1.0 key %key : f64
  check.almost_equal %y, %expected rtol 1.0e-15 : tensor<2x3xf64>
  return
}

func.func @test_uniform_f32_has_the_same_numbers() {
  %seed = arith.constant dense<5> : tensor<i64>
  %step = arith.constant dense<3> : tensor<i64>
  %microbatch = arith.constant dense<1> : tensor<i64>
  %layer = arith.constant dense<2> : tensor<i64>
  %key = tern.random_key %seed, %step, %microbatch layer %layer site "h"
  %expected = arith.constant dense<[[0.5011310577392578, 0.09486812353134155, 0.6641591787338257], [0.21133506298065186, 0.9352884888648987, 0.9003199338912964]]> : tensor<2x3xf32>
  %y = tern.uniform [2, 3] key %key : f32
  check.almost_equal %y, %expected rtol 0.0 atol 0.0 : tensor<2x3xf32>
  return
}

func.func @test_normal() {
  %seed = arith.constant dense<5> : tensor<i64>
  %step = arith.constant dense<3> : tensor<i64>
  %microbatch = arith.constant dense<1> : tensor<i64>
  %layer = arith.constant dense<2> : tensor<i64>
  %key = tern.random_key %seed, %step, %microbatch layer %layer site "h"
  %expected = arith.constant dense<[[0.5194554295353456, 0.5043525851460828, 0.5059271955892526], [0.5172476555761362, 0.48445337984191444, 0.4958341977297834]]> : tensor<2x3xf64>
  %y = tern.normal [2, 3] mean 0.5 std 0.02 key %key : f64
  check.almost_equal %y, %expected rtol 1.0e-13 : tensor<2x3xf64>
  return
}

func.func @test_dropout() {
  %seed = arith.constant dense<5> : tensor<i64>
  %step = arith.constant dense<3> : tensor<i64>
  %microbatch = arith.constant dense<1> : tensor<i64>
  %layer = arith.constant dense<2> : tensor<i64>
  %key = tern.random_key %seed, %step, %microbatch layer %layer site "h"
  %x = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 10.0, 11.0, 12.0]]> : tensor<3x4xf64>
  %expected = arith.constant dense<[[1.6666666666666667, 0.0, 5.0, 0.0], [8.333333333333334, 10.0, 0.0, 0.0], [0.0, 16.666666666666668, 18.333333333333336, 20.0]]> : tensor<3x4xf64>
  %y = tern.dropout %x rate 0.4 key %key : tensor<3x4xf64>
  check.almost_equal %y, %expected : tensor<3x4xf64>
  return
}

// The counter is the row-major index.
func.func @test_shape_does_not_matter() {
  %seed = arith.constant dense<5> : tensor<i64>
  %step = arith.constant dense<3> : tensor<i64>
  %microbatch = arith.constant dense<1> : tensor<i64>
  %layer = arith.constant dense<2> : tensor<i64>
  %key = tern.random_key %seed, %step, %microbatch layer %layer site "h"
  %square = tern.normal [4, 6] key %key : f64
  %line = tern.normal [24] key %key : f64
  %same = tern.reshape %line to [4, 6] : tensor<24xf64>
  check.almost_equal %square, %same rtol 0.0 atol 0.0 : tensor<4x6xf64>
  return
}

// Mean 0 and variance 1 within 4 standard errors of 20000 numbers.
func.func @test_moments() {
  %seed = arith.constant dense<5> : tensor<i64>
  %step = arith.constant dense<3> : tensor<i64>
  %microbatch = arith.constant dense<1> : tensor<i64>
  %layer = arith.constant dense<2> : tensor<i64>
  %key = tern.random_key %seed, %step, %microbatch layer %layer site "h"
  %z = tern.normal [20000] key %key : f64
  %square = tern.mul %z, %z : tensor<20000xf64>, tensor<20000xf64>
  %mean = tern.mean %z : tensor<20000xf64>
  %variance = tern.mean %square : tensor<20000xf64>
  %zero = arith.constant dense<0.0> : tensor<f64>
  %one = arith.constant dense<1.0> : tensor<f64>
  check.almost_equal %mean, %zero rtol 0.0 atol 0.0283 : tensor<f64>
  check.almost_equal %variance, %one rtol 0.0 atol 0.04 : tensor<f64>
  return
}

// The gradient draws the same mask again.
func.func @dropped(%x: tensor<3x4xf64>, %w: tensor<3x4xf64>) -> tensor<f64> {
  %key = arith.constant dense<77> : tensor<i64>
  %y = tern.dropout %x rate 0.4 key %key : tensor<3x4xf64>
  %p = tern.mul %y, %w : tensor<3x4xf64>, tensor<3x4xf64>
  %loss = tern.sum %p : tensor<3x4xf64>
  return %loss : tensor<f64>
}
check.gradient @dropped
