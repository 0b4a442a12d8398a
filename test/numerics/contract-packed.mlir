// Products of weights that are packed in memory against products of the same weights as they are: sizes that neither groups
// nor panels divide, both orders, several blocks of k, a layer of a stack.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3 --mcpu=x86-64-v4
// RUN: tern-run %s -O3 --mcpu=x86-64-v4 --threads=3

func.func @test_panels() {
  %k0 = arith.constant dense<201> : tensor<i64>
  %k1 = arith.constant dense<231> : tensor<i64>
  %a = tern.uniform [37, 1301] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [1301, 70] from -1.0 to 1.0 key %k1 : f32
  %panels = tensor.empty() : tensor<3x1312x32xf32>
  %packed = tern_kernel.pack layout(<columns = 32, group = 1>) ins(%b : tensor<1301x70xf32>) outs(%panels : tensor<3x1312x32xf32>)
      -> tensor<3x1312x32xf32>
  %empty = tensor.empty() : tensor<37x70xf32>
  %c = tern_kernel.contract init(zero) layout_b(<columns = 32, group = 1>) ins(%a, %packed : tensor<37x1301xf32>, tensor<3x1312x32xf32>)
      outs(%empty : tensor<37x70xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<37x70xf32>
  %zero = arith.constant dense<0.0> : tensor<37x70xf32>
  %expected = linalg.matmul ins(%a, %b : tensor<37x1301xf32>, tensor<1301x70xf32>) outs(%zero : tensor<37x70xf32>) -> tensor<37x70xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<37x70xf32>
  return
}

// Of a width that this machine does not read in place: plain loops know every layout.
func.func @test_other_panels_and_pairs() {
  %k0 = arith.constant dense<203> : tensor<i64>
  %k1 = arith.constant dense<233> : tensor<i64>
  %a = tern.uniform [13, 29] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [53, 29] from -1.0 to 1.0 key %k1 : f32
  %a_half = arith.truncf %a : tensor<13x29xf32> to tensor<13x29xbf16>
  %a_rounded = arith.extf %a_half : tensor<13x29xbf16> to tensor<13x29xf32>
  %b_half = arith.truncf %b : tensor<53x29xf32> to tensor<53x29xbf16>
  %b_rounded = arith.extf %b_half : tensor<53x29xbf16> to tensor<53x29xf32>
  %b_across = tern.transpose %b_rounded [1, 0] : tensor<53x29xf32>
  %panels = tensor.empty() : tensor<4x16x32xbf16>
  %packed = tern_kernel.pack layout(<columns = 16, group = 2, transposed = true>) ins(%b : tensor<53x29xf32>)
      outs(%panels : tensor<4x16x32xbf16>) -> tensor<4x16x32xbf16>
  %empty = tensor.empty() : tensor<13x53xf32>
  %c = tern_kernel.contract transpose_b init(zero) compute(bf16) layout_b(<columns = 16, group = 2, transposed = true>)
      ins(%a, %packed : tensor<13x29xf32>, tensor<4x16x32xbf16>) outs(%empty : tensor<13x53xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<13x53xf32>
  %zero = arith.constant dense<0.0> : tensor<13x53xf32>
  %expected = linalg.matmul ins(%a_rounded, %b_across : tensor<13x29xf32>, tensor<29x53xf32>) outs(%zero : tensor<13x53xf32>)
      -> tensor<13x53xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<13x53xf32>
  return
}
