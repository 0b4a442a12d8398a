// The repeat over layers: carried values, slices of stacked operands, stacked results; forwards, in reverse, and differentiated.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

func.func @test_layers() {
  %x = arith.constant dense<[0.944, -0.283]> : tensor<2xf64>
  %w = arith.constant dense<[[1.19, 1.14], [0.584, 0.802], [0.796, -0.283]]> : tensor<3x2xf64>
  %one = arith.constant dense<1.0> : tensor<f64>
  %expected = arith.constant dense<[2.78307362304, 0.56325777092]> : tensor<2xf64>
  %expected_all = arith.constant dense<[[2.12336, 0.6773800000000001], [2.24004224, 1.54325876], [2.78307362304, 0.56325777092]]> : tensor<3x2xf64>
  %y, %all = tern.layers 3 (%h = %x) stacked (%g = %w) : tensor<2xf64>, tensor<3x2xf64> {
    %p = tern.mul %h, %g : tensor<2xf64>, tensor<2xf64>
    %s = tern.add %p, %one : tensor<2xf64>, tensor<f64>
    tern.yield %s, %s : tensor<2xf64>, tensor<2xf64>
  }
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2xf64>
  check.almost_equal %all, %expected_all rtol 1.0e-12 atol 1.0e-14 : tensor<3x2xf64>
  return
}

// Slices and stacked results keep their index.
func.func @test_reverse() {
  %x = arith.constant dense<[0.944, -0.283]> : tensor<2xf64>
  %w = arith.constant dense<[[1.19, 1.14], [0.584, 0.802], [0.796, -0.283]]> : tensor<3x2xf64>
  %one = arith.constant dense<1.0> : tensor<f64>
  %expected = arith.constant dense<[3.4071696230399997, 3.12750377092]> : tensor<2xf64>
  %expected_all = arith.constant dense<[[3.4071696230399997, 3.12750377092], [2.022831616, 1.8662313780000002], [1.751424, 1.080089]]> : tensor<3x2xf64>
  %y, %all = tern.layers 3 reverse (%h = %x) stacked (%g = %w) : tensor<2xf64>, tensor<3x2xf64> {
    %p = tern.mul %h, %g : tensor<2xf64>, tensor<2xf64>
    %s = tern.add %p, %one : tensor<2xf64>, tensor<f64>
    tern.yield %s, %s : tensor<2xf64>, tensor<2xf64>
  }
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2xf64>
  check.almost_equal %all, %expected_all rtol 1.0e-12 atol 1.0e-14 : tensor<3x2xf64>
  return
}

// Through three layers, a value from outside, and what each layer stacks.
func.func @deep(%x: tensor<2x4xf64>, %w: tensor<3x4x4xf64>, %b: tensor<3x4xf64>, %outside: tensor<4xf64>) -> tensor<f64> {
  %y, %all = tern.layers 3 (%h = %x) stacked (%g = %w, %c = %b) :
      tensor<2x4xf64>, tensor<3x4x4xf64>, tensor<3x4xf64> {
    %p = tern.linear %h weight %g bias %c : tensor<2x4xf64>, tensor<4x4xf64>, tensor<4xf64>
    %t = tern.tanh %p : tensor<2x4xf64>
    %s = tern.mul %t, %outside : tensor<2x4xf64>, tensor<4xf64>
    %r = tern.add %h, %s : tensor<2x4xf64>, tensor<2x4xf64>
    tern.yield %r, %t : tensor<2x4xf64>, tensor<2x4xf64>
  }
  %squares = tern.mul %y, %y : tensor<2x4xf64>, tensor<2x4xf64>
  %first = tern.sum %squares : tensor<2x4xf64>
  %second = tern.mean %all : tensor<3x2x4xf64>
  %loss = tern.add %first, %second : tensor<f64>, tensor<f64>
  return %loss : tensor<f64>
}
check.gradient @deep
