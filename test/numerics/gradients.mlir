// Ops that are gradients of others, against derivatives computed in another program in f64.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

func.func @test_gelu_grad() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %dy = arith.constant dense<[[0.492, 0.967, 1.181], [1.77, 0.96, 1.689]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-0.005877258424458489, -0.11861375082813116, 0.15648825778107164], [1.230810838144036, 0.9592566928696656, 1.752525124098857]]> : tensor<2x3xf64>
  %dx = tern.gelu_grad %x, %dy : tensor<2x3xf64>
  check.almost_equal %dx, %expected rtol 1.0e-12 : tensor<2x3xf64>
  return
}

func.func @test_gelu_grad_tanh() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %dy = arith.constant dense<[[0.492, 0.967, 1.181], [1.77, 0.96, 1.689]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-0.0056994099824370014, -0.11845037538541027, 0.1566361439255874], [1.2307767484173768, 0.9589807258919176, 1.7531002122231931]]> : tensor<2x3xf64>
  %dx = tern.gelu_grad %x, %dy tanh : tensor<2x3xf64>
  check.almost_equal %dx, %expected rtol 1.0e-12 : tensor<2x3xf64>
  return
}

func.func @test_silu_grad() {
  %x = arith.constant dense<[[-3.0, -1.25, -0.5], [0.25, 0.75, 2.5]]> : tensor<2x3xf64>
  %dy = arith.constant dense<[[0.492, 0.967, 1.181], [1.77, 0.96, 1.689]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[-0.04334722015946345, 0.0061106229668928735, 0.3071058377955682], [1.10396673817925, 0.8088959467168834, 1.8568884770558387]]> : tensor<2x3xf64>
  %dx = tern.silu_grad %x, %dy : tensor<2x3xf64>
  check.almost_equal %dx, %expected rtol 1.0e-12 : tensor<2x3xf64>
  return
}

func.func @test_nll_grad() {
  %targets = arith.constant dense<[[1, -100, 3], [0, 2, -100]]> : tensor<2x3xi32>
  %dloss = arith.constant dense<0.6> : tensor<f64>
  %expected = arith.constant dense<[[[0.0, -0.15, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, -0.15]], [[-0.15, 0.0, 0.0, 0.0], [0.0, 0.0, -0.15, 0.0], [0.0, 0.0, 0.0, 0.0]]]> : tensor<2x3x4xf64>
  %dx = tern.nll_grad %targets, %dloss classes 4 : tensor<2x3xi32>, tensor<f64>
  check.almost_equal %dx, %expected rtol 1.0e-14 : tensor<2x3x4xf64>
  return
}

// Two heads that share one of keys and values.
func.func @test_attention_grad() {
  %q = arith.constant dense<[[[-1.884, -0.138, 1.773, 0.596], [1.604, -1.547, -0.124, -1.014], [0.175, 0.296, -1.948, -1.133]]]> : tensor<1x3x4xf64>
  %k = arith.constant dense<[[[-0.882, 1.665], [1.063, -1.362], [1.189, -1.445]]]> : tensor<1x3x2xf64>
  %v = arith.constant dense<[[[0.47, -1.493], [-1.993, 1.486], [-1.162, -1.138]]]> : tensor<1x3x2xf64>
  %o = arith.constant dense<[[[0.47, -1.493, 0.47, -1.493], [-1.9825863846944323, 1.4734047259458847, -1.6941230630207242, 1.1245081627035067], [-0.7080502315721992, -0.5333807173654902, -0.7640403725530072, -0.45754881893672894]]]> : tensor<1x3x4xf64>
  %lse = arith.constant dense<[[[1.0023425999999998, 2.672683184184343, 1.0932150064543895], [-0.4000121999999999, 1.0038440914620845, 0.7892653664895004]]]> : tensor<1x2x3xf64>
  %do = arith.constant dense<[[[1.93, 1.49, -0.843, 1.846], [0.157, 0.711, -1.181, 1.764], [0.763, 1.866, 1.575, -0.805]]]> : tensor<1x3x4xf64>
  %expected_dq = arith.constant dense<[[[0.0, 0.0, 0.0, 0.0], [0.009924452556171689, -0.0154454076542579, 1.1850955151917821, -1.8443620177303472], [0.47833925246161213, -0.7779855875414239, -1.5283973612020347, 2.3768756149869086]]]> : tensor<1x3x4xf64>
  %expected_dk = arith.constant dense<[[[-1.5078156218441086, -0.3419311128980409], [1.5292995715911515, 0.4120371932552792], [-0.021483949747042607, -0.07010608035723806]]]> : tensor<1x3x2xf64>
  %expected_dv = arith.constant dense<[[[1.904260429446658, 4.020652336696423], [-0.16725191421531682, 2.5424089631569364], [0.6639914847686581, 0.30893870014664]]]> : tensor<1x3x2xf64>
  %dq, %dk, %dv = tern.attention_grad %q, %k, %v, %o, %lse, %do heads 2 kv_heads 1 causal scale 0.7 :
      tensor<1x3x4xf64>, tensor<1x3x2xf64>, tensor<1x3x2xf64>, tensor<1x3x4xf64>, tensor<1x2x3xf64>, tensor<1x3x4xf64>
  check.almost_equal %dq, %expected_dq rtol 1.0e-12 atol 1.0e-14 : tensor<1x3x4xf64>
  check.almost_equal %dk, %expected_dk rtol 1.0e-12 atol 1.0e-14 : tensor<1x3x2xf64>
  check.almost_equal %dv, %expected_dv rtol 1.0e-12 atol 1.0e-14 : tensor<1x3x2xf64>
  return
}
