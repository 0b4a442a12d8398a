// Gated linear units against their formulas in f64, packed and not.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

func.func @test_swiglu() {
  %gate = arith.constant dense<[[-1.048, 0.177, -0.52], [0.416, 0.503, -1.738]]> : tensor<2x3xf64>
  %up = arith.constant dense<[[-1.947, 1.35, -0.963], [-1.063, 1.983, -0.119]]> : tensor<2x3xf64>
  %packed = arith.constant dense<[[-1.048, 0.177, -0.52, -1.947, 1.35, -0.963], [0.416, 0.503, -1.738, -1.063, 1.983, -0.119]]> : tensor<2x6xf64>
  %expected = arith.constant dense<[[0.5297214367163917, 0.1300210188469457, 0.18670948454100417], [-0.2664416802827562, 0.6215743913241539, 0.030933777078773192]]> : tensor<2x3xf64>
  %y = tern.swiglu %gate, %up : tensor<2x3xf64>, tensor<2x3xf64>
  %z = tern.swiglu %packed : tensor<2x6xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 : tensor<2x3xf64>
  check.almost_equal %z, %expected rtol 1.0e-12 : tensor<2x3xf64>
  return
}

func.func @two_swiglu(%gate: tensor<3x5xf64>, %up: tensor<3x5xf64>, %w: tensor<3x5xf64>) -> tensor<f64> {
  %y = tern.swiglu %gate, %up : tensor<3x5xf64>, tensor<3x5xf64>
  %p = tern.mul %y, %w : tensor<3x5xf64>, tensor<3x5xf64>
  %loss = tern.sum %p : tensor<3x5xf64>
  return %loss : tensor<f64>
}
check.gradient @two_swiglu low -2.0 high 2.0

func.func @packed_swiglu(%packed: tensor<3x10xf64>, %w: tensor<3x5xf64>) -> tensor<f64> {
  %y = tern.swiglu %packed : tensor<3x10xf64>
  %p = tern.mul %y, %w : tensor<3x5xf64>, tensor<3x5xf64>
  %loss = tern.sum %p : tensor<3x5xf64>
  return %loss : tensor<f64>
}
check.gradient @packed_swiglu low -2.0 high 2.0

func.func @test_geglu() {
  %gate = arith.constant dense<[[-1.048, 0.177, -0.52], [0.416, 0.503, -1.738]]> : tensor<2x3xf64>
  %up = arith.constant dense<[[-1.947, 1.35, -0.963], [-1.063, 1.983, -0.119]]> : tensor<2x3xf64>
  %packed = arith.constant dense<[[-1.048, 0.177, -0.52, -1.947, 1.35, -0.963], [0.416, 0.503, -1.738, -1.063, 1.983, -0.119]]> : tensor<2x6xf64>
  %expected = arith.constant dense<[[0.30059855662174717, 0.13626023515514554, 0.15099505793201878], [-0.2924299386489972, 0.6907512508498734, 0.008501502463330238]]> : tensor<2x3xf64>
  %y = tern.geglu %gate, %up : tensor<2x3xf64>, tensor<2x3xf64>
  %z = tern.geglu %packed : tensor<2x6xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 : tensor<2x3xf64>
  check.almost_equal %z, %expected rtol 1.0e-12 : tensor<2x3xf64>
  return
}

func.func @two_geglu(%gate: tensor<3x5xf64>, %up: tensor<3x5xf64>, %w: tensor<3x5xf64>) -> tensor<f64> {
  %y = tern.geglu %gate, %up : tensor<3x5xf64>, tensor<3x5xf64>
  %p = tern.mul %y, %w : tensor<3x5xf64>, tensor<3x5xf64>
  %loss = tern.sum %p : tensor<3x5xf64>
  return %loss : tensor<f64>
}
check.gradient @two_geglu low -2.0 high 2.0

func.func @packed_geglu(%packed: tensor<3x10xf64>, %w: tensor<3x5xf64>) -> tensor<f64> {
  %y = tern.geglu %packed : tensor<3x10xf64>
  %p = tern.mul %y, %w : tensor<3x5xf64>, tensor<3x5xf64>
  %loss = tern.sum %p : tensor<3x5xf64>
  return %loss : tensor<f64>
}
check.gradient @packed_geglu low -2.0 high 2.0

func.func @test_geglu_tanh() {
  %gate = arith.constant dense<[[-1.048, 0.177, -0.52], [0.416, 0.503, -1.738]]> : tensor<2x3xf64>
  %up = arith.constant dense<[[-1.947, 1.35, -0.963], [-1.063, 1.983, -0.119]]> : tensor<2x3xf64>
  %packed = arith.constant dense<[[-1.048, 0.177, -0.52, -1.947, 1.35, -0.963], [0.416, 0.503, -1.738, -1.063, 1.983, -0.119]]> : tensor<2x6xf64>
  %expected = arith.constant dense<[[0.3009282597650753, 0.13625980848286584, 0.15101417168327724], [-0.2924206652596917, 0.6907163516093981, 0.00851447844347167]]> : tensor<2x3xf64>
  %y = tern.geglu %gate, %up tanh : tensor<2x3xf64>, tensor<2x3xf64>
  %z = tern.geglu %packed tanh : tensor<2x6xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 : tensor<2x3xf64>
  check.almost_equal %z, %expected rtol 1.0e-12 : tensor<2x3xf64>
  return
}

func.func @two_geglu_tanh(%gate: tensor<3x5xf64>, %up: tensor<3x5xf64>, %w: tensor<3x5xf64>) -> tensor<f64> {
  %y = tern.geglu %gate, %up tanh : tensor<3x5xf64>, tensor<3x5xf64>
  %p = tern.mul %y, %w : tensor<3x5xf64>, tensor<3x5xf64>
  %loss = tern.sum %p : tensor<3x5xf64>
  return %loss : tensor<f64>
}
check.gradient @two_geglu_tanh low -2.0 high 2.0

func.func @packed_geglu_tanh(%packed: tensor<3x10xf64>, %w: tensor<3x5xf64>) -> tensor<f64> {
  %y = tern.geglu %packed tanh : tensor<3x10xf64>
  %p = tern.mul %y, %w : tensor<3x5xf64>, tensor<3x5xf64>
  %loss = tern.sum %p : tensor<3x5xf64>
  return %loss : tensor<f64>
}
check.gradient @packed_geglu_tanh low -2.0 high 2.0

// The packed halves in f32, longer than a vector.
func.func @test_swiglu_f32() {
  %packed = arith.constant dense<[[-6.0, -5.65, -5.3, -4.95, -4.6, -4.25, -3.9, -3.55, -3.2, -2.85, -2.5, -2.15, -1.8, -1.45, -1.1, -0.75, -0.4, -0.05, 0.3, 0.65, 1.0, 1.35, 1.7, 2.05, 2.4, 2.75, 3.1, 3.45, 3.8, 4.15, 4.5, 4.85, 5.2, 5.55, 5.9, 6.25, 7.0, 6.65, 6.3, 5.95, 5.6, 5.25, 4.9, 4.55, 4.2, 3.85, 3.5, 3.15, 2.8, 2.45, 2.1, 1.75, 1.4, 1.05, 0.7, 0.35, 0.0, -0.3500000000000001, -0.7, -1.0499999999999998, -1.4, -1.75, -2.1, -2.45, -2.8, -3.1500000000000004, -3.5, -3.8499999999999996, -4.2, -4.55, -4.9, -5.25]]> : tensor<1x72xf32>
  %expected = arith.constant dense<[[-0.10385017257866051, -0.13169864682594248, -0.1658415070954019, -0.207156725682495, -0.2563584160914554, -0.3137946784024147, -0.3791482425782212, -0.4510193730472395, -0.5263873143885129, -0.59999075315191, -0.6637590751858811, -0.7065832085734364, -0.7149293670984582, -0.6749805632693994, -0.5768991560752783, -0.4210779573322967, -0.2247349103370269, -0.025593886684578956, 0.1206329285304484, 0.14946988025822097, 0.0, -0.3752262493240525, -1.0061863345505937, -1.9070022492952496, -3.0805397397804204, -4.523332996037588, -6.22937177033353, -8.192426216283707, -10.40718327723957, -12.869617982128752, -15.576955653568156, -18.52746004771826, -21.720179232036003, -25.15471213211445, -28.831019014341358, -32.74927901885957]]> : tensor<1x36xf32>
  %y = tern.swiglu %packed : tensor<1x72xf32>
  check.almost_equal %y, %expected rtol 3.0e-6 atol 1.0e-6 : tensor<1x36xf32>
  return
}
