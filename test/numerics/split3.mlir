// f32 through tile registers as two parts in bf16 and three products: each element is off by less than 2.0e-5 of the sum
// of absolute products |A| |B|.
// RUN: tern-run %s -O3 --f32=split3 --mcpu=native+emulated-amx

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
  check.almost_equal %error, %none rtol 0.0 atol 2.0e-5 : tensor<37x41xf64>
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
  check.almost_equal %error, %none rtol 0.0 atol 2.0e-5 : tensor<37x41xf64>
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
  check.almost_equal %error, %none rtol 0.0 atol 2.0e-5 : tensor<37x41xf64>
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
  check.almost_equal %error, %none rtol 0.0 atol 2.0e-5 : tensor<37x41xf64>
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
  check.almost_equal %error, %none rtol 0.0 atol 2.0e-5 : tensor<37x41xf64>
  return
}

