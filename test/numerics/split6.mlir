// f32 through tile registers, as sums of parts in bf16, against f64: the error of every element as a fraction of the sum of
// absolute products |A| |B|. One bound holds for fused multiply-add and for six products; three products have their own in
// split3.mlir.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 --f32=split6 --mcpu=native+emulated-amx
// RUN: tern-run %s -O3 --f32=exact --mcpu=native+emulated-amx
// RUN: tern-run %s -O3 --mcpu=native+emulated-amx --threads=3

// Numbers of one size.
func.func @test_uniform() {
  %k0 = arith.constant dense<6174253917735128341> : tensor<i64>
  %k1 = arith.constant dense<3920518461739205573> : tensor<i64>
  %a = tern.uniform [37, 601] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [601, 41] from -1.0 to 1.0 key %k1 : f32
  %empty = tensor.empty() : tensor<37x41xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<37x601xf32>, tensor<601x41xf32>) outs(%empty : tensor<37x41xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<37x41xf32>
  %zero = arith.constant dense<0.0> : tensor<37x41xf64>
  %a64 = arith.extf %a : tensor<37x601xf32> to tensor<37x601xf64>
  %b64 = arith.extf %b : tensor<601x41xf32> to tensor<601x41xf64>
  %c64 = arith.extf %c : tensor<37x41xf32> to tensor<37x41xf64>
  %exact = linalg.matmul ins(%a64, %b64 : tensor<37x601xf64>, tensor<601x41xf64>) outs(%zero : tensor<37x41xf64>) -> tensor<37x41xf64>
  %a_size = math.absf %a64 : tensor<37x601xf64>
  %b_size = math.absf %b64 : tensor<601x41xf64>
  %size = linalg.matmul ins(%a_size, %b_size : tensor<37x601xf64>, tensor<601x41xf64>) outs(%zero : tensor<37x41xf64>) -> tensor<37x41xf64>
  %difference = arith.subf %c64, %exact : tensor<37x41xf64>
  %error = arith.divf %difference, %size : tensor<37x41xf64>
  %none = arith.constant dense<0.0> : tensor<37x41xf64>
  check.almost_equal %error, %none rtol 0.0 atol 7.0e-7 : tensor<37x41xf64>
  return
}

// Elements from e^-40 to e^40: within a block, the small ones need no digits that the large ones have not.
func.func @test_wide_exponents() {
  %k0 = arith.constant dense<6174253917735128341> : tensor<i64>
  %k1 = arith.constant dense<3920518461739205573> : tensor<i64>
  %a_sign = tern.uniform [37, 601] from -1.0 to 1.0 key %k0 : f32
  %a_log = tern.uniform [37, 601] from -40.0 to 40.0 key %k1 : f32
  %a_scale = tern.exp %a_log : tensor<37x601xf32>
  %a = tern.mul %a_sign, %a_scale : tensor<37x601xf32>, tensor<37x601xf32>
  %b_sign = tern.uniform [601, 41] from -1.0 to 1.0 key %k1 : f32
  %b_log = tern.uniform [601, 41] from -10.0 to 10.0 key %k0 : f32
  %b_scale = tern.exp %b_log : tensor<601x41xf32>
  %b = tern.mul %b_sign, %b_scale : tensor<601x41xf32>, tensor<601x41xf32>
  %empty = tensor.empty() : tensor<37x41xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<37x601xf32>, tensor<601x41xf32>) outs(%empty : tensor<37x41xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<37x41xf32>
  %zero = arith.constant dense<0.0> : tensor<37x41xf64>
  %a64 = arith.extf %a : tensor<37x601xf32> to tensor<37x601xf64>
  %b64 = arith.extf %b : tensor<601x41xf32> to tensor<601x41xf64>
  %c64 = arith.extf %c : tensor<37x41xf32> to tensor<37x41xf64>
  %exact = linalg.matmul ins(%a64, %b64 : tensor<37x601xf64>, tensor<601x41xf64>) outs(%zero : tensor<37x41xf64>) -> tensor<37x41xf64>
  %a_size = math.absf %a64 : tensor<37x601xf64>
  %b_size = math.absf %b64 : tensor<601x41xf64>
  %size = linalg.matmul ins(%a_size, %b_size : tensor<37x601xf64>, tensor<601x41xf64>) outs(%zero : tensor<37x41xf64>) -> tensor<37x41xf64>
  %difference = arith.subf %c64, %exact : tensor<37x41xf64>
  %error = arith.divf %difference, %size : tensor<37x41xf64>
  %none = arith.constant dense<0.0> : tensor<37x41xf64>
  check.almost_equal %error, %none rtol 0.0 atol 7.0e-7 : tensor<37x41xf64>
  return
}

// Rows whose products all but cancel: a comes twice, with opposite signs and a small change.
func.func @test_cancellation() {
  %k0 = arith.constant dense<6174253917735128341> : tensor<i64>
  %k1 = arith.constant dense<3920518461739205573> : tensor<i64>
  %half = tern.uniform [37, 300] from -1.0 to 1.0 key %k0 : f32
  %negative = tern.neg %half : tensor<37x300xf32>
  %rest = tern.uniform [37, 1] from -0.001 to 0.001 key %k1 : f32
  %a = tern.concat %half, %negative, %rest dim 1 : tensor<37x300xf32>, tensor<37x300xf32>, tensor<37x1xf32>
  %b_half = tern.uniform [300, 41] from 0.5 to 1.0 key %k1 : f32
  %b_rest = tern.uniform [1, 41] from 0.5 to 1.0 key %k0 : f32
  %b = tern.concat %b_half, %b_half, %b_rest dim 0 : tensor<300x41xf32>, tensor<300x41xf32>, tensor<1x41xf32>
  %empty = tensor.empty() : tensor<37x41xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<37x601xf32>, tensor<601x41xf32>) outs(%empty : tensor<37x41xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<37x41xf32>
  %zero = arith.constant dense<0.0> : tensor<37x41xf64>
  %a64 = arith.extf %a : tensor<37x601xf32> to tensor<37x601xf64>
  %b64 = arith.extf %b : tensor<601x41xf32> to tensor<601x41xf64>
  %c64 = arith.extf %c : tensor<37x41xf32> to tensor<37x41xf64>
  %exact = linalg.matmul ins(%a64, %b64 : tensor<37x601xf64>, tensor<601x41xf64>) outs(%zero : tensor<37x41xf64>) -> tensor<37x41xf64>
  %a_size = math.absf %a64 : tensor<37x601xf64>
  %b_size = math.absf %b64 : tensor<601x41xf64>
  %size = linalg.matmul ins(%a_size, %b_size : tensor<37x601xf64>, tensor<601x41xf64>) outs(%zero : tensor<37x41xf64>) -> tensor<37x41xf64>
  %difference = arith.subf %c64, %exact : tensor<37x41xf64>
  %error = arith.divf %difference, %size : tensor<37x41xf64>
  %none = arith.constant dense<0.0> : tensor<37x41xf64>
  check.almost_equal %error, %none rtol 0.0 atol 7.0e-7 : tensor<37x41xf64>
  return
}

// Elements near the largest and the smallest normal float, whose products are of size 1: multiplied on vectors.
func.func @test_beyond_the_range() {
  %k0 = arith.constant dense<6174253917735128341> : tensor<i64>
  %k1 = arith.constant dense<3920518461739205573> : tensor<i64>
  %a_sign = tern.uniform [37, 601] from -1.0 to 1.0 key %k0 : f32
  %a_log = tern.uniform [37, 601] from 84.0 to 86.0 key %k1 : f32
  %a_scale = tern.exp %a_log : tensor<37x601xf32>
  %a = tern.mul %a_sign, %a_scale : tensor<37x601xf32>, tensor<37x601xf32>
  %b_sign = tern.uniform [601, 41] from -1.0 to 1.0 key %k1 : f32
  %b_log = tern.uniform [601, 41] from -86.0 to -84.0 key %k0 : f32
  %b_scale = tern.exp %b_log : tensor<601x41xf32>
  %b = tern.mul %b_sign, %b_scale : tensor<601x41xf32>, tensor<601x41xf32>
  %empty = tensor.empty() : tensor<37x41xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<37x601xf32>, tensor<601x41xf32>) outs(%empty : tensor<37x41xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<37x41xf32>
  %zero = arith.constant dense<0.0> : tensor<37x41xf64>
  %a64 = arith.extf %a : tensor<37x601xf32> to tensor<37x601xf64>
  %b64 = arith.extf %b : tensor<601x41xf32> to tensor<601x41xf64>
  %c64 = arith.extf %c : tensor<37x41xf32> to tensor<37x41xf64>
  %exact = linalg.matmul ins(%a64, %b64 : tensor<37x601xf64>, tensor<601x41xf64>) outs(%zero : tensor<37x41xf64>) -> tensor<37x41xf64>
  %a_size = math.absf %a64 : tensor<37x601xf64>
  %b_size = math.absf %b64 : tensor<601x41xf64>
  %size = linalg.matmul ins(%a_size, %b_size : tensor<37x601xf64>, tensor<601x41xf64>) outs(%zero : tensor<37x41xf64>) -> tensor<37x41xf64>
  %difference = arith.subf %c64, %exact : tensor<37x41xf64>
  %error = arith.divf %difference, %size : tensor<37x41xf64>
  %none = arith.constant dense<0.0> : tensor<37x41xf64>
  check.almost_equal %error, %none rtol 0.0 atol 7.0e-7 : tensor<37x41xf64>
  return
}

// Only one of the operands is out of the range.
func.func @test_huge_times_small() {
  %k0 = arith.constant dense<6174253917735128341> : tensor<i64>
  %k1 = arith.constant dense<3920518461739205573> : tensor<i64>
  %a_sign = tern.uniform [37, 601] from -1.0 to 1.0 key %k0 : f32
  %a_log = tern.uniform [37, 601] from 60.0 to 70.0 key %k1 : f32
  %a_scale = tern.exp %a_log : tensor<37x601xf32>
  %a = tern.mul %a_sign, %a_scale : tensor<37x601xf32>, tensor<37x601xf32>
  %b_sign = tern.uniform [601, 41] from -1.0 to 1.0 key %k1 : f32
  %b_log = tern.uniform [601, 41] from -30.0 to -20.0 key %k0 : f32
  %b_scale = tern.exp %b_log : tensor<601x41xf32>
  %b = tern.mul %b_sign, %b_scale : tensor<601x41xf32>, tensor<601x41xf32>
  %empty = tensor.empty() : tensor<37x41xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<37x601xf32>, tensor<601x41xf32>) outs(%empty : tensor<37x41xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<37x41xf32>
  %zero = arith.constant dense<0.0> : tensor<37x41xf64>
  %a64 = arith.extf %a : tensor<37x601xf32> to tensor<37x601xf64>
  %b64 = arith.extf %b : tensor<601x41xf32> to tensor<601x41xf64>
  %c64 = arith.extf %c : tensor<37x41xf32> to tensor<37x41xf64>
  %exact = linalg.matmul ins(%a64, %b64 : tensor<37x601xf64>, tensor<601x41xf64>) outs(%zero : tensor<37x41xf64>) -> tensor<37x41xf64>
  %a_size = math.absf %a64 : tensor<37x601xf64>
  %b_size = math.absf %b64 : tensor<601x41xf64>
  %size = linalg.matmul ins(%a_size, %b_size : tensor<37x601xf64>, tensor<601x41xf64>) outs(%zero : tensor<37x41xf64>) -> tensor<37x41xf64>
  %difference = arith.subf %c64, %exact : tensor<37x41xf64>
  %error = arith.divf %difference, %size : tensor<37x41xf64>
  %none = arith.constant dense<0.0> : tensor<37x41xf64>
  check.almost_equal %error, %none rtol 0.0 atol 1.0e-6 : tensor<37x41xf64>
  return
}

// Infinities and NaN reach their rows and no others.
func.func @test_infinities() {
  %k0 = arith.constant dense<6174253917735128341> : tensor<i64>
  %k1 = arith.constant dense<3920518461739205573> : tensor<i64>
  %finite = tern.uniform [4, 69] from 0.5 to 1.0 key %k0 : f32
  %last = arith.constant dense<[[1.0], [0x7f800000], [0x7fc00000], [0xff800000]]> : tensor<4x1xf32>
  %a = tern.concat %finite, %last dim 1 : tensor<4x69xf32>, tensor<4x1xf32>
  %b = tern.uniform [70, 33] from 0.5 to 1.0 key %k1 : f32
  %zero = arith.constant dense<0.0> : tensor<4x33xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<4x70xf32>, tensor<70x33xf32>) outs(%zero : tensor<4x33xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<4x33xf32>
  %rows = tensor.extract_slice %c[1, 0] [3, 33] [1, 1] : tensor<4x33xf32> to tensor<3x33xf32>
  %column = arith.constant dense<[[0x7f800000], [0x7fc00000], [0xff800000]]> : tensor<3x1xf32>
  %expected = tern.broadcast %column to [3, 33] : tensor<3x1xf32>
  check.equal %rows, %expected : tensor<3x33xf32>
  %first = tensor.extract_slice %c[0, 0] [1, 33] [1, 1] : tensor<4x33xf32> to tensor<1x33xf32>
  %a0 = tensor.extract_slice %a[0, 0] [1, 70] [1, 1] : tensor<4x70xf32> to tensor<1x70xf32>
  %zero0 = arith.constant dense<0.0> : tensor<1x33xf32>
  %product = linalg.matmul ins(%a0, %b : tensor<1x70xf32>, tensor<70x33xf32>) outs(%zero0 : tensor<1x33xf32>) -> tensor<1x33xf32>
  check.almost_equal %first, %product rtol 1.0e-5 : tensor<1x33xf32>
  return
}

// A block of denormals only, times large numbers: what bf16 cannot hold is multiplied as it is.
func.func @test_denormals() {
  %a = arith.constant dense<3.0e-41> : tensor<5x61xf32>
  %b = arith.constant dense<1.0e15> : tensor<61x33xf32>
  %zero = arith.constant dense<0.0> : tensor<5x33xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<5x61xf32>, tensor<61x33xf32>) outs(%zero : tensor<5x33xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<5x33xf32>
  %expected = arith.constant dense<1.83e-24> : tensor<5x33xf32>
  check.almost_equal %c, %expected rtol 1.0e-3 : tensor<5x33xf32>
  return
}

// Operands of two types, both in the range and out of it.
func.func @test_mixed_types() {
  %k0 = arith.constant dense<8213047559146620187> : tensor<i64>
  %k1 = arith.constant dense<2745019937752881907> : tensor<i64>
  %a32 = tern.uniform [67, 41] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [67, 35] from -1.0 to 1.0 key %k1 : f32
  %a = arith.truncf %a32 : tensor<67x41xf32> to tensor<67x41xbf16>
  %wide = arith.extf %a : tensor<67x41xbf16> to tensor<67x41xf32>
  %across = tern.transpose %wide [1, 0] : tensor<67x41xf32>
  %zero = arith.constant dense<0.0> : tensor<41x35xf32>
  %c = tern_kernel.contract transpose_a init(zero) ins(%a, %b : tensor<67x41xbf16>, tensor<67x35xf32>) outs(%zero : tensor<41x35xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<41x35xf32>
  %expected = linalg.matmul ins(%across, %b : tensor<41x67xf32>, tensor<67x35xf32>) outs(%zero : tensor<41x35xf32>) -> tensor<41x35xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 1.0e-5 : tensor<41x35xf32>
  %huge = arith.constant dense<1.0e30> : tensor<67x35xf32>
  %d = arith.mulf %b, %huge : tensor<67x35xf32>
  %e = tern_kernel.contract transpose_a init(zero) ins(%a, %d : tensor<67x41xbf16>, tensor<67x35xf32>) outs(%zero : tensor<41x35xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<41x35xf32>
  %far = linalg.matmul ins(%across, %d : tensor<41x67xf32>, tensor<67x35xf32>) outs(%zero : tensor<41x35xf32>) -> tensor<41x35xf32>
  check.almost_equal %e, %far rtol 1.0e-4 atol 1.0e25 : tensor<41x35xf32>
  return
}

check.deterministic @product threads [1, 2, 3]

func.func @product() -> tensor<70x100xf32> {
  %k0 = arith.constant dense<5528864371930557719> : tensor<i64>
  %a = tern.uniform [70, 500] from -1.0 to 1.0 key %k0 : f32
  %b = tern.uniform [500, 100] from -1.0 to 1.0 key %k0 : f32
  %empty = tensor.empty() : tensor<70x100xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<70x500xf32>, tensor<500x100xf32>) outs(%empty : tensor<70x100xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<70x100xf32>
  return %c : tensor<70x100xf32>
}
