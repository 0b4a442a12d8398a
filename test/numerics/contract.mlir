// Products against linalg.matmul, which takes another way through the compiler: sizes that no tile divides, transposed
// operands, what the out held, epilogues, both precisions.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2


func.func @test_remainders() {
  %k0 = arith.constant dense<3992531588042663277> : tensor<i64>
  %k1 = arith.constant dense<1340883164516475259> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<37x53xf32>
  %a = tern.uniform [37, 29] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [29, 53] from -1.0 to 1.0 key %k1 : f32
  %empty = tensor.empty() : tensor<37x53xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<37x29xf32>, tensor<29x53xf32>) outs(%empty : tensor<37x53xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<37x53xf32>
  %expected = linalg.matmul ins(%a, %b : tensor<37x29xf32>, tensor<29x53xf32>) outs(%zero : tensor<37x53xf32>) -> tensor<37x53xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-5 : tensor<37x53xf32>
  return
}

// K is longer than one block.
func.func @test_transposed_operands() {
  %k0 = arith.constant dense<1910012683653004481> : tensor<i64>
  %k1 = arith.constant dense<199472968627658327> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<31x70xf32>
  %a = tern.uniform [701, 31] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [70, 701] from -1.0 to 1.0 key %k1 : f32
  %at = tern.transpose %a [1, 0] : tensor<701x31xf32>
  %bt = tern.transpose %b [1, 0] : tensor<70x701xf32>
  %empty = tensor.empty() : tensor<31x70xf32>
  %c = tern_kernel.contract transpose_a transpose_b init(zero) ins(%a, %b : tensor<701x31xf32>, tensor<70x701xf32>)
      outs(%empty : tensor<31x70xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<31x70xf32>
  %expected = linalg.matmul ins(%at, %bt : tensor<31x701xf32>, tensor<701x70xf32>) outs(%zero : tensor<31x70xf32>) -> tensor<31x70xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<31x70xf32>
  return
}

func.func @test_adds_to_out() {
  %k0 = arith.constant dense<3594268240605607949> : tensor<i64>
  %old = tern.uniform [5, 9] from -1.0 to 1.0 key %k0 : f64
  %a = tern.uniform [5, 3] from -1.0 to 1.0 key %k0 : f64
  %b = tern.uniform [3, 9] from -1.0 to 1.0 key %k0 : f64
  %expected = linalg.matmul ins(%a, %b : tensor<5x3xf64>, tensor<3x9xf64>) outs(%old : tensor<5x9xf64>) -> tensor<5x9xf64>
  %c = tern_kernel.contract init(add) ins(%a, %b : tensor<5x3xf64>, tensor<3x9xf64>) outs(%old : tensor<5x9xf64>) {
  ^bb0(%acc: f64):
    tern_kernel.yield %acc : f64
  } -> tensor<5x9xf64>
  check.almost_equal %c, %expected rtol 1.0e-12 atol 1.0e-13 : tensor<5x9xf64>
  return
}

// What the out held must not matter when the flag is off, not even when it is no number.
func.func @test_flag_off() {
  %k0 = arith.constant dense<351023122495932353> : tensor<i64>
  %off = arith.constant dense<false> : tensor<i1>
  %zero = arith.constant dense<0.0> : tensor<6x20xf32>
  %old = arith.constant dense<0x7fc00000> : tensor<6x20xf32>
  %a = tern.uniform [6, 4] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [4, 20] from -1.0 to 1.0 key %k0 : f32
  %c = tern_kernel.contract init(flag) ins(%a, %b : tensor<6x4xf32>, tensor<4x20xf32>) flag(%off : tensor<i1>) outs(%old : tensor<6x20xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<6x20xf32>
  %expected = linalg.matmul ins(%a, %b : tensor<6x4xf32>, tensor<4x20xf32>) outs(%zero : tensor<6x20xf32>) -> tensor<6x20xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 1.0e-6 : tensor<6x20xf32>
  return
}

// A bias row, a residual, and the product itself as a second out.
func.func @test_epilogue_two_outs() {
  %k0 = arith.constant dense<2165547176693115587> : tensor<i64>
  %k1 = arith.constant dense<2802783295364389339> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<19x45xf32>
  %a = tern.uniform [19, 8] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [8, 45] from -1.0 to 1.0 key %k1 : f32
  %bias = tern.uniform [45] from -1.0 to 1.0 key %k0 : f32
  %residual = tern.uniform [19, 45] from -1.0 to 1.0 key %k1 : f32
  %e0 = tensor.empty() : tensor<19x45xf32>
  %e1 = tensor.empty() : tensor<19x45xf32>
  %c:2 = tern_kernel.contract init(zero) ins(%a, %b : tensor<19x8xf32>, tensor<8x45xf32>)
      extras(%bias, %residual : tensor<45xf32>, tensor<19x45xf32>) outs(%e0, %e1 : tensor<19x45xf32>, tensor<19x45xf32>) {
  ^bb0(%acc: f32, %x: f32, %r: f32):
    %y = arith.addf %acc, %x : f32
    %t = math.tanh %y : f32
    %z = arith.addf %t, %r : f32
    tern_kernel.yield %acc, %z : f32, f32
  } -> tensor<19x45xf32>, tensor<19x45xf32>
  %product = linalg.matmul ins(%a, %b : tensor<19x8xf32>, tensor<8x45xf32>) outs(%zero : tensor<19x45xf32>) -> tensor<19x45xf32>
  %shifted = tern.add %product, %bias : tensor<19x45xf32>, tensor<45xf32>
  %bent = tern.tanh %shifted : tensor<19x45xf32>
  %expected = tern.add %bent, %residual : tensor<19x45xf32>, tensor<19x45xf32>
  check.almost_equal %c#0, %product rtol 1.0e-5 atol 1.0e-6 : tensor<19x45xf32>
  check.almost_equal %c#1, %expected rtol 1.0e-5 atol 1.0e-6 : tensor<19x45xf32>
  return
}
