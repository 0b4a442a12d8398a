// Products of bf16 against products of the same numbers in f32, which take another way through the compiler: pairs, operands
// that are rounded while they are packed, sizes that neither pairs nor tiles divide.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 --threads=3
// RUN: tern-run %s -O3 --mcpu=x86-64
// RUN: tern-run %s -O3 --mcpu=x86-64-v3
// RUN: tern-run %s -O3 --mcpu=native+emulated-amx --threads=2

func.func @test_pairs() {
  %k0 = arith.constant dense<3906640506192814797> : tensor<i64>
  %k1 = arith.constant dense<1717619889029536859> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<37x53xf32>
  %a = tern.uniform [37, 29] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [29, 53] from -1.0 to 1.0 key %k1 : f32
  %a_half = arith.truncf %a : tensor<37x29xf32> to tensor<37x29xbf16>
  %a_rounded = arith.extf %a_half : tensor<37x29xbf16> to tensor<37x29xf32>
  %b_half = arith.truncf %b : tensor<29x53xf32> to tensor<29x53xbf16>
  %b_rounded = arith.extf %b_half : tensor<29x53xbf16> to tensor<29x53xf32>
  %empty = tensor.empty() : tensor<37x53xf32>
  %c = tern_kernel.contract init(zero) ins(%a_half, %b_half : tensor<37x29xbf16>, tensor<29x53xbf16>)
      outs(%empty : tensor<37x53xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<37x53xf32>
  %expected = linalg.matmul ins(%a_rounded, %b_rounded : tensor<37x29xf32>, tensor<29x53xf32>)
      outs(%zero : tensor<37x53xf32>) -> tensor<37x53xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<37x53xf32>
  return
}

func.func @test_both_transposed() {
  %k0 = arith.constant dense<3294104152025794385> : tensor<i64>
  %k1 = arith.constant dense<1634778092439064851> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<31x70xf32>
  %a = tern.uniform [1302, 31] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [70, 1302] from -1.0 to 1.0 key %k1 : f32
  %a_half = arith.truncf %a : tensor<1302x31xf32> to tensor<1302x31xbf16>
  %a_rounded = arith.extf %a_half : tensor<1302x31xbf16> to tensor<1302x31xf32>
  %a_across = tern.transpose %a_rounded [1, 0] : tensor<1302x31xf32>
  %b_half = arith.truncf %b : tensor<70x1302xf32> to tensor<70x1302xbf16>
  %b_rounded = arith.extf %b_half : tensor<70x1302xbf16> to tensor<70x1302xf32>
  %b_across = tern.transpose %b_rounded [1, 0] : tensor<70x1302xf32>
  %empty = tensor.empty() : tensor<31x70xf32>
  %c = tern_kernel.contract transpose_a transpose_b init(zero) ins(%a_half, %b_half : tensor<1302x31xbf16>, tensor<70x1302xbf16>)
      outs(%empty : tensor<31x70xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<31x70xf32>
  %expected = linalg.matmul ins(%a_across, %b_across : tensor<31x1302xf32>, tensor<1302x70xf32>)
      outs(%zero : tensor<31x70xf32>) -> tensor<31x70xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<31x70xf32>
  return
}

func.func @test_left_transposed() {
  %k0 = arith.constant dense<2727008549707914859> : tensor<i64>
  %k1 = arith.constant dense<1722849356830647789> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<45x33xf32>
  %a = tern.uniform [97, 45] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [97, 33] from -1.0 to 1.0 key %k1 : f32
  %a_half = arith.truncf %a : tensor<97x45xf32> to tensor<97x45xbf16>
  %a_rounded = arith.extf %a_half : tensor<97x45xbf16> to tensor<97x45xf32>
  %a_across = tern.transpose %a_rounded [1, 0] : tensor<97x45xf32>
  %b_half = arith.truncf %b : tensor<97x33xf32> to tensor<97x33xbf16>
  %b_rounded = arith.extf %b_half : tensor<97x33xbf16> to tensor<97x33xf32>
  %empty = tensor.empty() : tensor<45x33xf32>
  %c = tern_kernel.contract transpose_a init(zero) ins(%a_half, %b_half : tensor<97x45xbf16>, tensor<97x33xbf16>)
      outs(%empty : tensor<45x33xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<45x33xf32>
  %expected = linalg.matmul ins(%a_across, %b_rounded : tensor<45x97xf32>, tensor<97x33xf32>)
      outs(%zero : tensor<45x33xf32>) -> tensor<45x33xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<45x33xf32>
  return
}

func.func @test_right_transposed() {
  %k0 = arith.constant dense<2858363992824967455> : tensor<i64>
  %k1 = arith.constant dense<837443615721954739> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<29x67xf32>
  %a = tern.uniform [29, 66] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [67, 66] from -1.0 to 1.0 key %k1 : f32
  %a_half = arith.truncf %a : tensor<29x66xf32> to tensor<29x66xbf16>
  %a_rounded = arith.extf %a_half : tensor<29x66xbf16> to tensor<29x66xf32>
  %b_half = arith.truncf %b : tensor<67x66xf32> to tensor<67x66xbf16>
  %b_rounded = arith.extf %b_half : tensor<67x66xbf16> to tensor<67x66xf32>
  %b_across = tern.transpose %b_rounded [1, 0] : tensor<67x66xf32>
  %empty = tensor.empty() : tensor<29x67xf32>
  %c = tern_kernel.contract transpose_b init(zero) ins(%a_half, %b_half : tensor<29x66xbf16>, tensor<67x66xbf16>)
      outs(%empty : tensor<29x67xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<29x67xf32>
  %expected = linalg.matmul ins(%a_rounded, %b_across : tensor<29x66xf32>, tensor<66x67xf32>)
      outs(%zero : tensor<29x67xf32>) -> tensor<29x67xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<29x67xf32>
  return
}

func.func @test_few_rows() {
  %k0 = arith.constant dense<1056149308443902211> : tensor<i64>
  %k1 = arith.constant dense<4424645140495399009> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<7x131xf32>
  %a = tern.uniform [7, 64] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [64, 131] from -1.0 to 1.0 key %k1 : f32
  %a_half = arith.truncf %a : tensor<7x64xf32> to tensor<7x64xbf16>
  %a_rounded = arith.extf %a_half : tensor<7x64xbf16> to tensor<7x64xf32>
  %b_half = arith.truncf %b : tensor<64x131xf32> to tensor<64x131xbf16>
  %b_rounded = arith.extf %b_half : tensor<64x131xbf16> to tensor<64x131xf32>
  %empty = tensor.empty() : tensor<7x131xf32>
  %c = tern_kernel.contract init(zero) ins(%a_half, %b_half : tensor<7x64xbf16>, tensor<64x131xbf16>)
      outs(%empty : tensor<7x131xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<7x131xf32>
  %expected = linalg.matmul ins(%a_rounded, %b_rounded : tensor<7x64xf32>, tensor<64x131xf32>)
      outs(%zero : tensor<7x131xf32>) -> tensor<7x131xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<7x131xf32>
  return
}

func.func @test_many_blocks() {
  %k0 = arith.constant dense<4375203116912571189> : tensor<i64>
  %k1 = arith.constant dense<3591160443469505641> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<65x40xf32>
  %a = tern.uniform [65, 1203] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [1203, 40] from -1.0 to 1.0 key %k1 : f32
  %a_half = arith.truncf %a : tensor<65x1203xf32> to tensor<65x1203xbf16>
  %a_rounded = arith.extf %a_half : tensor<65x1203xbf16> to tensor<65x1203xf32>
  %b_half = arith.truncf %b : tensor<1203x40xf32> to tensor<1203x40xbf16>
  %b_rounded = arith.extf %b_half : tensor<1203x40xbf16> to tensor<1203x40xf32>
  %empty = tensor.empty() : tensor<65x40xf32>
  %c = tern_kernel.contract init(zero) ins(%a_half, %b_half : tensor<65x1203xbf16>, tensor<1203x40xbf16>)
      outs(%empty : tensor<65x40xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<65x40xf32>
  %expected = linalg.matmul ins(%a_rounded, %b_rounded : tensor<65x1203xf32>, tensor<1203x40xf32>)
      outs(%zero : tensor<65x40xf32>) -> tensor<65x40xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<65x40xf32>
  return
}

func.func @test_right_is_rounded() {
  %k0 = arith.constant dense<3015405700094523701> : tensor<i64>
  %k1 = arith.constant dense<848221474661068991> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<37x53xf32>
  %a = tern.uniform [37, 64] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [64, 53] from -1.0 to 1.0 key %k1 : f32
  %a_half = arith.truncf %a : tensor<37x64xf32> to tensor<37x64xbf16>
  %a_rounded = arith.extf %a_half : tensor<37x64xbf16> to tensor<37x64xf32>
  %b_half = arith.truncf %b : tensor<64x53xf32> to tensor<64x53xbf16>
  %b_rounded = arith.extf %b_half : tensor<64x53xbf16> to tensor<64x53xf32>
  %empty = tensor.empty() : tensor<37x53xf32>
  %c = tern_kernel.contract init(zero) compute(bf16) ins(%a_half, %b : tensor<37x64xbf16>, tensor<64x53xf32>)
      outs(%empty : tensor<37x53xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<37x53xf32>
  %expected = linalg.matmul ins(%a_rounded, %b_rounded : tensor<37x64xf32>, tensor<64x53xf32>)
      outs(%zero : tensor<37x53xf32>) -> tensor<37x53xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<37x53xf32>
  return
}

func.func @test_both_are_rounded() {
  %k0 = arith.constant dense<1306240489323355059> : tensor<i64>
  %k1 = arith.constant dense<3493209850330447659> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<17x19xf32>
  %a = tern.uniform [17, 131] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [19, 131] from -1.0 to 1.0 key %k1 : f32
  %a_half = arith.truncf %a : tensor<17x131xf32> to tensor<17x131xbf16>
  %a_rounded = arith.extf %a_half : tensor<17x131xbf16> to tensor<17x131xf32>
  %b_half = arith.truncf %b : tensor<19x131xf32> to tensor<19x131xbf16>
  %b_rounded = arith.extf %b_half : tensor<19x131xbf16> to tensor<19x131xf32>
  %b_across = tern.transpose %b_rounded [1, 0] : tensor<19x131xf32>
  %empty = tensor.empty() : tensor<17x19xf32>
  %c = tern_kernel.contract transpose_b init(zero) compute(bf16) ins(%a, %b : tensor<17x131xf32>, tensor<19x131xf32>)
      outs(%empty : tensor<17x19xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<17x19xf32>
  %expected = linalg.matmul ins(%a_rounded, %b_across : tensor<17x131xf32>, tensor<131x19xf32>)
      outs(%zero : tensor<17x19xf32>) -> tensor<17x19xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<17x19xf32>
  return
}

func.func @test_rounded_and_transposed() {
  %k0 = arith.constant dense<836599543699563639> : tensor<i64>
  %k1 = arith.constant dense<2963165869312639021> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<17x19xf32>
  %a = tern.uniform [131, 17] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [131, 19] from -1.0 to 1.0 key %k1 : f32
  %a_half = arith.truncf %a : tensor<131x17xf32> to tensor<131x17xbf16>
  %a_rounded = arith.extf %a_half : tensor<131x17xbf16> to tensor<131x17xf32>
  %a_across = tern.transpose %a_rounded [1, 0] : tensor<131x17xf32>
  %b_half = arith.truncf %b : tensor<131x19xf32> to tensor<131x19xbf16>
  %b_rounded = arith.extf %b_half : tensor<131x19xbf16> to tensor<131x19xf32>
  %empty = tensor.empty() : tensor<17x19xf32>
  %c = tern_kernel.contract transpose_a init(zero) compute(bf16) ins(%a, %b : tensor<131x17xf32>, tensor<131x19xf32>)
      outs(%empty : tensor<17x19xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<17x19xf32>
  %expected = linalg.matmul ins(%a_across, %b_rounded : tensor<17x131xf32>, tensor<131x19xf32>)
      outs(%zero : tensor<17x19xf32>) -> tensor<17x19xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<17x19xf32>
  return
}

func.func @test_right_is_widened() {
  %k0 = arith.constant dense<1318927908745697011> : tensor<i64>
  %k1 = arith.constant dense<452441261244422659> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<13x40xf32>
  %a = tern.uniform [13, 31] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [31, 40] from -1.0 to 1.0 key %k1 : f32
  %b_half = arith.truncf %b : tensor<31x40xf32> to tensor<31x40xbf16>
  %b_rounded = arith.extf %b_half : tensor<31x40xbf16> to tensor<31x40xf32>
  %empty = tensor.empty() : tensor<13x40xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b_half : tensor<13x31xf32>, tensor<31x40xbf16>)
      outs(%empty : tensor<13x40xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<13x40xf32>
  %expected = linalg.matmul ins(%a, %b_rounded : tensor<13x31xf32>, tensor<31x40xf32>)
      outs(%zero : tensor<13x40xf32>) -> tensor<13x40xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-4 : tensor<13x40xf32>
  return
}

// Sums are f32, what the epilogue makes of them may be bf16.
func.func @test_rounded_out() {
  %k0 = arith.constant dense<1648072751692187097> : tensor<i64>
  %k1 = arith.constant dense<1650569080174061021> : tensor<i64>
  %a32 = tern.uniform [19, 34] from -1.0 to 1.0 key %k0 : f32
  %b32 = tern.uniform [34, 45] from -1.0 to 1.0 key %k1 : f32
  %bias = tern.uniform [45] from -1.0 to 1.0 key %k0 : f32
  %a = arith.truncf %a32 : tensor<19x34xf32> to tensor<19x34xbf16>
  %b = arith.truncf %b32 : tensor<34x45xf32> to tensor<34x45xbf16>
  %e0 = tensor.empty() : tensor<19x45xbf16>
  %e1 = tensor.empty() : tensor<19x45xf32>
  %c:2 = tern_kernel.contract init(zero) ins(%a, %b : tensor<19x34xbf16>, tensor<34x45xbf16>) extras(%bias : tensor<45xf32>)
      outs(%e0, %e1 : tensor<19x45xbf16>, tensor<19x45xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    %z = arith.truncf %y : f32 to bf16
    tern_kernel.yield %z, %y : bf16, f32
  } -> tensor<19x45xbf16>, tensor<19x45xf32>
  %rounded = arith.truncf %c#1 : tensor<19x45xf32> to tensor<19x45xbf16>
  %actual = arith.extf %c#0 : tensor<19x45xbf16> to tensor<19x45xf32>
  %expected = arith.extf %rounded : tensor<19x45xbf16> to tensor<19x45xf32>
  check.equal %actual, %expected : tensor<19x45xf32>
  return
}

func.func @test_adds_to_out() {
  %k0 = arith.constant dense<4193044627108441235> : tensor<i64>
  %old = tern.uniform [23, 41] from -1.0 to 1.0 key %k0 : f32
  %a32 = tern.uniform [39, 23] from -1.0 to 1.0 key %k0 : f32
  %b32 = tern.uniform [39, 41] from -1.0 to 1.0 key %k0 : f32
  %a = arith.truncf %a32 : tensor<39x23xf32> to tensor<39x23xbf16>
  %b = arith.truncf %b32 : tensor<39x41xf32> to tensor<39x41xbf16>
  %wide_a = arith.extf %a : tensor<39x23xbf16> to tensor<39x23xf32>
  %wide_b = arith.extf %b : tensor<39x41xbf16> to tensor<39x41xf32>
  %across = tern.transpose %wide_a [1, 0] : tensor<39x23xf32>
  %expected = linalg.matmul ins(%across, %wide_b : tensor<23x39xf32>, tensor<39x41xf32>) outs(%old : tensor<23x41xf32>) -> tensor<23x41xf32>
  %c = tern_kernel.contract transpose_a init(add) ins(%a, %b : tensor<39x23xbf16>, tensor<39x41xbf16>) outs(%old : tensor<23x41xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<23x41xf32>
  check.almost_equal %c, %expected rtol 1.0e-4 atol 1.0e-5 : tensor<23x41xf32>
  return
}

check.deterministic @product threads [1, 2, 3]

func.func @product() -> tensor<150x200xf32> {
  %k0 = arith.constant dense<642498848867997097> : tensor<i64>
  %a32 = tern.uniform [150, 500] from -1.0 to 1.0 key %k0 : f32
  %b32 = tern.uniform [500, 200] from -1.0 to 1.0 key %k0 : f32
  %a = arith.truncf %a32 : tensor<150x500xf32> to tensor<150x500xbf16>
  %b = arith.truncf %b32 : tensor<500x200xf32> to tensor<500x200xbf16>
  %empty = tensor.empty() : tensor<150x200xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<150x500xbf16>, tensor<500x200xbf16>) outs(%empty : tensor<150x200xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<150x200xf32>
  return %c : tensor<150x200xf32>
}
