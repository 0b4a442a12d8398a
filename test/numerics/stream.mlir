// Products of one to eight rows, whose weights are streamed, against linalg.matmul, which takes another way through the
// compiler: both orders of the weights, f32, bf16 and f64, sizes that no vector divides, K long enough to be cut, epilogues.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=3
// RUN: tern-run %s -O3 -mcpu=x86-64-v3
// RUN: tern-run %s -O3 -mcpu=x86-64 -threads=2

func.func @test_one_row() {
  %k0 = arith.constant dense<3298764973876561433> : tensor<i64>
  %k1 = arith.constant dense<535385927378644753> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<1x101xf32>
  %a = tern.uniform [1, 67] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [67, 101] from -1.0 to 1.0 key %k1 : f32
  %bias = tern.uniform [101] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<1x101xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<1x67xf32>, tensor<67x101xf32>)
      extras(%bias : tensor<101xf32>) outs(%e : tensor<1x101xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<1x101xf32>
  %product = linalg.matmul ins(%a, %b : tensor<1x67xf32>, tensor<67x101xf32>) outs(%zero : tensor<1x101xf32>) -> tensor<1x101xf32>
  %expected = tern.add %product, %bias : tensor<1x101xf32>, tensor<101xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<1x101xf32>
  return
}

func.func @test_one_row_of_transposed_weights() {
  %k0 = arith.constant dense<3298764973876561433> : tensor<i64>
  %k1 = arith.constant dense<535385927378644753> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<1x101xf32>
  %a = tern.uniform [1, 67] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [101, 67] from -1.0 to 1.0 key %k1 : f32
  %bt = tern.transpose %b [1, 0] : tensor<101x67xf32>
  %bias = tern.uniform [101] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<1x101xf32>
  %c = tern_kernel.contract transpose_b init(zero) ins(%a, %b : tensor<1x67xf32>, tensor<101x67xf32>)
      extras(%bias : tensor<101xf32>) outs(%e : tensor<1x101xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<1x101xf32>
  %product = linalg.matmul ins(%a, %bt : tensor<1x67xf32>, tensor<67x101xf32>) outs(%zero : tensor<1x101xf32>) -> tensor<1x101xf32>
  %expected = tern.add %product, %bias : tensor<1x101xf32>, tensor<101xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<1x101xf32>
  return
}

// Rows of weights that are long.
func.func @test_one_row_of_long_rows() {
  %k0 = arith.constant dense<3298764973876561433> : tensor<i64>
  %k1 = arith.constant dense<535385927378644753> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<1x4003xf32>
  %a = tern.uniform [1, 331] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [331, 4003] from -1.0 to 1.0 key %k1 : f32
  %bias = tern.uniform [4003] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<1x4003xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<1x331xf32>, tensor<331x4003xf32>)
      extras(%bias : tensor<4003xf32>) outs(%e : tensor<1x4003xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<1x4003xf32>
  %product = linalg.matmul ins(%a, %b : tensor<1x331xf32>, tensor<331x4003xf32>) outs(%zero : tensor<1x4003xf32>) -> tensor<1x4003xf32>
  %expected = tern.add %product, %bias : tensor<1x4003xf32>, tensor<4003xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<1x4003xf32>
  return
}

func.func @test_one_row_of_long_transposed_weights() {
  %k0 = arith.constant dense<3298764973876561433> : tensor<i64>
  %k1 = arith.constant dense<535385927378644753> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<1x37xf32>
  %a = tern.uniform [1, 3203] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [37, 3203] from -1.0 to 1.0 key %k1 : f32
  %bt = tern.transpose %b [1, 0] : tensor<37x3203xf32>
  %bias = tern.uniform [37] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<1x37xf32>
  %c = tern_kernel.contract transpose_b init(zero) ins(%a, %b : tensor<1x3203xf32>, tensor<37x3203xf32>)
      extras(%bias : tensor<37xf32>) outs(%e : tensor<1x37xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<1x37xf32>
  %product = linalg.matmul ins(%a, %bt : tensor<1x3203xf32>, tensor<3203x37xf32>) outs(%zero : tensor<1x37xf32>) -> tensor<1x37xf32>
  %expected = tern.add %product, %bias : tensor<1x37xf32>, tensor<37xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<1x37xf32>
  return
}

// K is cut into parts, which are added in their order.
func.func @test_long_k() {
  %k0 = arith.constant dense<3784830834118526967> : tensor<i64>
  %k1 = arith.constant dense<4335989623502356947> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<1x160xf32>
  %a = tern.uniform [1, 1536] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [1536, 160] from -1.0 to 1.0 key %k1 : f32
  %bias = tern.uniform [160] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<1x160xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<1x1536xf32>, tensor<1536x160xf32>)
      extras(%bias : tensor<160xf32>) outs(%e : tensor<1x160xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<1x160xf32>
  %product = linalg.matmul ins(%a, %b : tensor<1x1536xf32>, tensor<1536x160xf32>) outs(%zero : tensor<1x160xf32>) -> tensor<1x160xf32>
  %expected = tern.add %product, %bias : tensor<1x160xf32>, tensor<160xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<1x160xf32>
  return
}

func.func @test_two_rows() {
  %k0 = arith.constant dense<3866854229815012879> : tensor<i64>
  %k1 = arith.constant dense<3934718189325056981> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<2x37xf32>
  %a = tern.uniform [2, 53] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [53, 37] from -1.0 to 1.0 key %k1 : f32
  %bias = tern.uniform [37] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<2x37xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<2x53xf32>, tensor<53x37xf32>)
      extras(%bias : tensor<37xf32>) outs(%e : tensor<2x37xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<2x37xf32>
  %product = linalg.matmul ins(%a, %b : tensor<2x53xf32>, tensor<53x37xf32>) outs(%zero : tensor<2x37xf32>) -> tensor<2x37xf32>
  %expected = tern.add %product, %bias : tensor<2x37xf32>, tensor<37xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<2x37xf32>
  return
}

func.func @test_three_rows_of_transposed_weights() {
  %k0 = arith.constant dense<909225926014566523> : tensor<i64>
  %k1 = arith.constant dense<3934718189325056981> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<3x37xf32>
  %a = tern.uniform [3, 53] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [37, 53] from -1.0 to 1.0 key %k1 : f32
  %bt = tern.transpose %b [1, 0] : tensor<37x53xf32>
  %bias = tern.uniform [37] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<3x37xf32>
  %c = tern_kernel.contract transpose_b init(zero) ins(%a, %b : tensor<3x53xf32>, tensor<37x53xf32>)
      extras(%bias : tensor<37xf32>) outs(%e : tensor<3x37xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<3x37xf32>
  %product = linalg.matmul ins(%a, %bt : tensor<3x53xf32>, tensor<53x37xf32>) outs(%zero : tensor<3x37xf32>) -> tensor<3x37xf32>
  %expected = tern.add %product, %bias : tensor<3x37xf32>, tensor<37xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<3x37xf32>
  return
}

func.func @test_four_rows() {
  %k0 = arith.constant dense<2651566424710769075> : tensor<i64>
  %k1 = arith.constant dense<1978248524190265701> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<4x70xf32>
  %a = tern.uniform [4, 97] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [97, 70] from -1.0 to 1.0 key %k1 : f32
  %bias = tern.uniform [70] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<4x70xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<4x97xf32>, tensor<97x70xf32>)
      extras(%bias : tensor<70xf32>) outs(%e : tensor<4x70xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<4x70xf32>
  %product = linalg.matmul ins(%a, %b : tensor<4x97xf32>, tensor<97x70xf32>) outs(%zero : tensor<4x70xf32>) -> tensor<4x70xf32>
  %expected = tern.add %product, %bias : tensor<4x70xf32>, tensor<70xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<4x70xf32>
  return
}

func.func @test_five_rows_of_transposed_weights() {
  %k0 = arith.constant dense<2727008549707914859> : tensor<i64>
  %k1 = arith.constant dense<1717619889029536859> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<5x70xf32>
  %a = tern.uniform [5, 131] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [70, 131] from -1.0 to 1.0 key %k1 : f32
  %bt = tern.transpose %b [1, 0] : tensor<70x131xf32>
  %bias = tern.uniform [70] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<5x70xf32>
  %c = tern_kernel.contract transpose_b init(zero) ins(%a, %b : tensor<5x131xf32>, tensor<70x131xf32>)
      extras(%bias : tensor<70xf32>) outs(%e : tensor<5x70xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<5x70xf32>
  %product = linalg.matmul ins(%a, %bt : tensor<5x131xf32>, tensor<131x70xf32>) outs(%zero : tensor<5x70xf32>) -> tensor<5x70xf32>
  %expected = tern.add %product, %bias : tensor<5x70xf32>, tensor<70xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<5x70xf32>
  return
}

func.func @test_six_rows_of_bf16() {
  %k0 = arith.constant dense<3841381570077457083> : tensor<i64>
  %k1 = arith.constant dense<1978248524190265701> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<6x70xf32>
  %a = tern.uniform [6, 97] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [97, 70] from -1.0 to 1.0 key %k1 : f32
  %w = arith.truncf %b : tensor<97x70xf32> to tensor<97x70xbf16>
  %wide = arith.extf %w : tensor<97x70xbf16> to tensor<97x70xf32>
  %bias = tern.uniform [70] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<6x70xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %w : tensor<6x97xf32>, tensor<97x70xbf16>)
      extras(%bias : tensor<70xf32>) outs(%e : tensor<6x70xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<6x70xf32>
  %product = linalg.matmul ins(%a, %wide : tensor<6x97xf32>, tensor<97x70xf32>) outs(%zero : tensor<6x70xf32>) -> tensor<6x70xf32>
  %expected = tern.add %product, %bias : tensor<6x70xf32>, tensor<70xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<6x70xf32>
  return
}

func.func @test_seven_rows_of_transposed_bf16() {
  %k0 = arith.constant dense<841896760111214543> : tensor<i64>
  %k1 = arith.constant dense<1717619889029536859> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<7x45xf32>
  %a = tern.uniform [7, 131] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [45, 131] from -1.0 to 1.0 key %k1 : f32
  %w = arith.truncf %b : tensor<45x131xf32> to tensor<45x131xbf16>
  %wide = arith.extf %w : tensor<45x131xbf16> to tensor<45x131xf32>
  %bt = tern.transpose %wide [1, 0] : tensor<45x131xf32>
  %bias = tern.uniform [45] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<7x45xf32>
  %c = tern_kernel.contract transpose_b init(zero) ins(%a, %w : tensor<7x131xf32>, tensor<45x131xbf16>)
      extras(%bias : tensor<45xf32>) outs(%e : tensor<7x45xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<7x45xf32>
  %product = linalg.matmul ins(%a, %bt : tensor<7x131xf32>, tensor<131x45xf32>) outs(%zero : tensor<7x45xf32>) -> tensor<7x45xf32>
  %expected = tern.add %product, %bias : tensor<7x45xf32>, tensor<45xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<7x45xf32>
  return
}

func.func @test_eight_rows() {
  %k0 = arith.constant dense<3540980504725707673> : tensor<i64>
  %k1 = arith.constant dense<1643786769608644419> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<8x33xf32>
  %a = tern.uniform [8, 300] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [300, 33] from -1.0 to 1.0 key %k1 : f32
  %bias = tern.uniform [33] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<8x33xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x300xf32>, tensor<300x33xf32>)
      extras(%bias : tensor<33xf32>) outs(%e : tensor<8x33xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<8x33xf32>
  %product = linalg.matmul ins(%a, %b : tensor<8x300xf32>, tensor<300x33xf32>) outs(%zero : tensor<8x33xf32>) -> tensor<8x33xf32>
  %expected = tern.add %product, %bias : tensor<8x33xf32>, tensor<33xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<8x33xf32>
  return
}

func.func @test_eight_rows_of_transposed_weights() {
  %k0 = arith.constant dense<3540980504725707673> : tensor<i64>
  %k1 = arith.constant dense<1643786769608644419> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<8x33xf32>
  %a = tern.uniform [8, 300] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [33, 300] from -1.0 to 1.0 key %k1 : f32
  %bt = tern.transpose %b [1, 0] : tensor<33x300xf32>
  %bias = tern.uniform [33] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<8x33xf32>
  %c = tern_kernel.contract transpose_b init(zero) ins(%a, %b : tensor<8x300xf32>, tensor<33x300xf32>)
      extras(%bias : tensor<33xf32>) outs(%e : tensor<8x33xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<8x33xf32>
  %product = linalg.matmul ins(%a, %bt : tensor<8x300xf32>, tensor<300x33xf32>) outs(%zero : tensor<8x33xf32>) -> tensor<8x33xf32>
  %expected = tern.add %product, %bias : tensor<8x33xf32>, tensor<33xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<8x33xf32>
  return
}

func.func @test_one_row_of_bf16() {
  %k0 = arith.constant dense<32645004392136673> : tensor<i64>
  %k1 = arith.constant dense<1263093360691256821> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<1x203xf32>
  %a = tern.uniform [1, 515] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [515, 203] from -1.0 to 1.0 key %k1 : f32
  %w = arith.truncf %b : tensor<515x203xf32> to tensor<515x203xbf16>
  %wide = arith.extf %w : tensor<515x203xbf16> to tensor<515x203xf32>
  %bias = tern.uniform [203] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<1x203xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %w : tensor<1x515xf32>, tensor<515x203xbf16>)
      extras(%bias : tensor<203xf32>) outs(%e : tensor<1x203xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<1x203xf32>
  %product = linalg.matmul ins(%a, %wide : tensor<1x515xf32>, tensor<515x203xf32>) outs(%zero : tensor<1x203xf32>) -> tensor<1x203xf32>
  %expected = tern.add %product, %bias : tensor<1x203xf32>, tensor<203xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<1x203xf32>
  return
}

// Rows of up to 2 KiB are added four at a time, longer ones one at a time.
func.func @test_one_row_of_wide_bf16() {
  %k0 = arith.constant dense<32645004392136673> : tensor<i64>
  %k1 = arith.constant dense<1263093360691256821> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<1x1203xf32>
  %a = tern.uniform [1, 131] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [131, 1203] from -1.0 to 1.0 key %k1 : f32
  %w = arith.truncf %b : tensor<131x1203xf32> to tensor<131x1203xbf16>
  %wide = arith.extf %w : tensor<131x1203xbf16> to tensor<131x1203xf32>
  %bias = tern.uniform [1203] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<1x1203xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %w : tensor<1x131xf32>, tensor<131x1203xbf16>)
      extras(%bias : tensor<1203xf32>) outs(%e : tensor<1x1203xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<1x1203xf32>
  %product = linalg.matmul ins(%a, %wide : tensor<1x131xf32>, tensor<131x1203xf32>) outs(%zero : tensor<1x1203xf32>) -> tensor<1x1203xf32>
  %expected = tern.add %product, %bias : tensor<1x1203xf32>, tensor<1203xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<1x1203xf32>
  return
}

func.func @test_one_row_of_transposed_bf16() {
  %k0 = arith.constant dense<32645004392136673> : tensor<i64>
  %k1 = arith.constant dense<1263093360691256821> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<1x203xf32>
  %a = tern.uniform [1, 515] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [203, 515] from -1.0 to 1.0 key %k1 : f32
  %w = arith.truncf %b : tensor<203x515xf32> to tensor<203x515xbf16>
  %wide = arith.extf %w : tensor<203x515xbf16> to tensor<203x515xf32>
  %bt = tern.transpose %wide [1, 0] : tensor<203x515xf32>
  %bias = tern.uniform [203] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<1x203xf32>
  %c = tern_kernel.contract transpose_b init(zero) ins(%a, %w : tensor<1x515xf32>, tensor<203x515xbf16>)
      extras(%bias : tensor<203xf32>) outs(%e : tensor<1x203xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<1x203xf32>
  %product = linalg.matmul ins(%a, %bt : tensor<1x515xf32>, tensor<515x203xf32>) outs(%zero : tensor<1x203xf32>) -> tensor<1x203xf32>
  %expected = tern.add %product, %bias : tensor<1x203xf32>, tensor<203xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<1x203xf32>
  return
}

func.func @test_long_k_of_bf16() {
  %k0 = arith.constant dense<363634505664609975> : tensor<i64>
  %k1 = arith.constant dense<2303584587800933879> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<2x192xf32>
  %a = tern.uniform [2, 2048] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [2048, 192] from -1.0 to 1.0 key %k1 : f32
  %w = arith.truncf %b : tensor<2048x192xf32> to tensor<2048x192xbf16>
  %wide = arith.extf %w : tensor<2048x192xbf16> to tensor<2048x192xf32>
  %bias = tern.uniform [192] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<2x192xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %w : tensor<2x2048xf32>, tensor<2048x192xbf16>)
      extras(%bias : tensor<192xf32>) outs(%e : tensor<2x192xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<2x192xf32>
  %product = linalg.matmul ins(%a, %wide : tensor<2x2048xf32>, tensor<2048x192xf32>) outs(%zero : tensor<2x192xf32>) -> tensor<2x192xf32>
  %expected = tern.add %product, %bias : tensor<2x192xf32>, tensor<192xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<2x192xf32>
  return
}

// Both factors are bf16; the sums are not.
func.func @test_bf16_by_bf16() {
  %k0 = arith.constant dense<2651566424710769075> : tensor<i64>
  %k1 = arith.constant dense<575773559581147673> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<3x77xf32>
  %a = tern.uniform [3, 64] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [64, 77] from -1.0 to 1.0 key %k1 : f32
  %w = arith.truncf %b : tensor<64x77xf32> to tensor<64x77xbf16>
  %wide = arith.extf %w : tensor<64x77xbf16> to tensor<64x77xf32>
  %x = arith.truncf %a : tensor<3x64xf32> to tensor<3x64xbf16>
  %xwide = arith.extf %x : tensor<3x64xbf16> to tensor<3x64xf32>
  %bias = tern.uniform [77] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<3x77xf32>
  %c = tern_kernel.contract init(zero) ins(%x, %w : tensor<3x64xbf16>, tensor<64x77xbf16>)
      extras(%bias : tensor<77xf32>) outs(%e : tensor<3x77xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<3x77xf32>
  %product = linalg.matmul ins(%xwide, %wide : tensor<3x64xf32>, tensor<64x77xf32>) outs(%zero : tensor<3x77xf32>) -> tensor<3x77xf32>
  %expected = tern.add %product, %bias : tensor<3x77xf32>, tensor<77xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<3x77xf32>
  return
}

func.func @test_bf16_by_transposed_bf16() {
  %k0 = arith.constant dense<2651566424710769075> : tensor<i64>
  %k1 = arith.constant dense<575773559581147673> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<3x77xf32>
  %a = tern.uniform [3, 64] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [77, 64] from -1.0 to 1.0 key %k1 : f32
  %w = arith.truncf %b : tensor<77x64xf32> to tensor<77x64xbf16>
  %wide = arith.extf %w : tensor<77x64xbf16> to tensor<77x64xf32>
  %x = arith.truncf %a : tensor<3x64xf32> to tensor<3x64xbf16>
  %xwide = arith.extf %x : tensor<3x64xbf16> to tensor<3x64xf32>
  %bt = tern.transpose %wide [1, 0] : tensor<77x64xf32>
  %bias = tern.uniform [77] from -1.0 to 1.0 key %k0 : f32
  %e = tensor.empty() : tensor<3x77xf32>
  %c = tern_kernel.contract transpose_b init(zero) ins(%x, %w : tensor<3x64xbf16>, tensor<77x64xbf16>)
      extras(%bias : tensor<77xf32>) outs(%e : tensor<3x77xf32>) {
  ^bb0(%acc: f32, %x0: f32):
    %y = arith.addf %acc, %x0 : f32
    tern_kernel.yield %y : f32
  } -> tensor<3x77xf32>
  %product = linalg.matmul ins(%xwide, %bt : tensor<3x64xf32>, tensor<64x77xf32>) outs(%zero : tensor<3x77xf32>) -> tensor<3x77xf32>
  %expected = tern.add %product, %bias : tensor<3x77xf32>, tensor<77xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<3x77xf32>
  return
}

func.func @test_f64() {
  %k0 = arith.constant dense<771321801769814841> : tensor<i64>
  %k1 = arith.constant dense<2802783295364389339> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<2x19xf64>
  %a = tern.uniform [2, 37] from -1.0 to 1.0 key %k0 : f64
  %b = tern.uniform [37, 19] from -1.0 to 1.0 key %k1 : f64
  %bias = tern.uniform [19] from -1.0 to 1.0 key %k0 : f64
  %e = tensor.empty() : tensor<2x19xf64>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<2x37xf64>, tensor<37x19xf64>)
      extras(%bias : tensor<19xf64>) outs(%e : tensor<2x19xf64>) {
  ^bb0(%acc: f64, %x0: f64):
    %y = arith.addf %acc, %x0 : f64
    tern_kernel.yield %y : f64
  } -> tensor<2x19xf64>
  %product = linalg.matmul ins(%a, %b : tensor<2x37xf64>, tensor<37x19xf64>) outs(%zero : tensor<2x19xf64>) -> tensor<2x19xf64>
  %expected = tern.add %product, %bias : tensor<2x19xf64>, tensor<19xf64>
  check.almost_equal %c, %expected rtol 1.0e-12 atol 1.0e-12 : tensor<2x19xf64>
  return
}

func.func @test_transposed_f64() {
  %k0 = arith.constant dense<288346479218825377> : tensor<i64>
  %k1 = arith.constant dense<2802783295364389339> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<4x19xf64>
  %a = tern.uniform [4, 37] from -1.0 to 1.0 key %k0 : f64
  %b = tern.uniform [19, 37] from -1.0 to 1.0 key %k1 : f64
  %bt = tern.transpose %b [1, 0] : tensor<19x37xf64>
  %bias = tern.uniform [19] from -1.0 to 1.0 key %k0 : f64
  %e = tensor.empty() : tensor<4x19xf64>
  %c = tern_kernel.contract transpose_b init(zero) ins(%a, %b : tensor<4x37xf64>, tensor<19x37xf64>)
      extras(%bias : tensor<19xf64>) outs(%e : tensor<4x19xf64>) {
  ^bb0(%acc: f64, %x0: f64):
    %y = arith.addf %acc, %x0 : f64
    tern_kernel.yield %y : f64
  } -> tensor<4x19xf64>
  %product = linalg.matmul ins(%a, %bt : tensor<4x37xf64>, tensor<37x19xf64>) outs(%zero : tensor<4x19xf64>) -> tensor<4x19xf64>
  %expected = tern.add %product, %bias : tensor<4x19xf64>, tensor<19xf64>
  check.almost_equal %c, %expected rtol 1.0e-12 atol 1.0e-12 : tensor<4x19xf64>
  return
}

// A is transposed too; what the out held is added.
func.func @test_transposed_rows_onto_out() {
  %k0 = arith.constant dense<2733073800989720573> : tensor<i64>
  %k1 = arith.constant dense<1178032213966879813> : tensor<i64>
  %old = tern.uniform [5, 49] from -1.0 to 1.0 key %k0 : f32
  %a = tern.uniform [65, 5] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [65, 49] from -1.0 to 1.0 key %k1 : f32
  %at = tern.transpose %a [1, 0] : tensor<65x5xf32>
  %expected = linalg.matmul ins(%at, %b : tensor<5x65xf32>, tensor<65x49xf32>) outs(%old : tensor<5x49xf32>) -> tensor<5x49xf32>
  %c = tern_kernel.contract transpose_a init(add) ins(%a, %b : tensor<65x5xf32>, tensor<65x49xf32>) outs(%old : tensor<5x49xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<5x49xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 1.0e-5 : tensor<5x49xf32>
  return
}

// What the out held must not matter when the flag is off, not even when it is no number.
func.func @test_flag_off() {
  %k0 = arith.constant dense<4371257431375131705> : tensor<i64>
  %off = arith.constant dense<false> : tensor<i1>
  %zero = arith.constant dense<0.0> : tensor<2x35xf32>
  %old = arith.constant dense<0x7fc00000> : tensor<2x35xf32>
  %a = tern.uniform [2, 40] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [35, 40] from -1.0 to 1.0 key %k0 : f32
  %bt = tern.transpose %b [1, 0] : tensor<35x40xf32>
  %c = tern_kernel.contract transpose_b init(flag) ins(%a, %b : tensor<2x40xf32>, tensor<35x40xf32>) flag(%off : tensor<i1>)
      outs(%old : tensor<2x35xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<2x35xf32>
  %expected = linalg.matmul ins(%a, %bt : tensor<2x40xf32>, tensor<40x35xf32>) outs(%zero : tensor<2x35xf32>) -> tensor<2x35xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 1.0e-5 : tensor<2x35xf32>
  return
}

// Same bits at any number of threads, K in parts and not.
func.func @token(%x: tensor<3x768xf32>, %w: tensor<768x256xf32>, %u: tensor<512x256xf32>) -> tensor<3x512xf32> {
  %e = tensor.empty() : tensor<3x256xf32>
  %h = tern_kernel.contract init(zero) ins(%x, %w : tensor<3x768xf32>, tensor<768x256xf32>) outs(%e : tensor<3x256xf32>) {
  ^bb0(%acc: f32):
    %t = math.tanh %acc : f32
    tern_kernel.yield %t : f32
  } -> tensor<3x256xf32>
  %f = tensor.empty() : tensor<3x512xf32>
  %y = tern_kernel.contract transpose_b init(zero) ins(%h, %u : tensor<3x256xf32>, tensor<512x256xf32>) outs(%f : tensor<3x512xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<3x512xf32>
  return %y : tensor<3x512xf32>
}
check.deterministic @token threads [1, 2, 3]
