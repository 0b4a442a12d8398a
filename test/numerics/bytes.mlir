// Products of i8 by i8 against the same product in f64, where it is exact too: every order of the operands, sizes that neither
// words of four k nor vectors nor tiles divide, the extremes, epilogues.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=3
// RUN: tern-run %s -O3 -mcpu=x86-64-v4
// RUN: tern-run %s -O3 -mcpu=x86-64-v3 -threads=2
// RUN: tern-run %s -O3 -mcpu=x86-64
// RUN: tern-run %s -O3 -mcpu=native+emulated-amx
// RUN: tern-run %s -O3 -mcpu=native+emulated-amx -threads=3

func.func @test_rows() {
  %k0 = arith.constant dense<3350269870686955817> : tensor<i64>
  %k1 = arith.constant dense<1814124071295661753> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<13x70xf64>
  %u = tern.uniform [13, 64] from -128.9 to 127.9 key %k0 : f64
  %v = tern.uniform [64, 70] from -128.9 to 127.9 key %k1 : f64
  %a = arith.fptosi %u : tensor<13x64xf64> to tensor<13x64xi8>
  %b = arith.fptosi %v : tensor<64x70xf64> to tensor<64x70xi8>
  %x = arith.sitofp %a : tensor<13x64xi8> to tensor<13x64xf64>
  %y = arith.sitofp %b : tensor<64x70xi8> to tensor<64x70xf64>
  %e = tensor.empty() : tensor<13x70xi32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<13x64xi8>, tensor<64x70xi8>) outs(%e : tensor<13x70xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  } -> tensor<13x70xi32>
  %product = linalg.matmul ins(%x, %y : tensor<13x64xf64>, tensor<64x70xf64>) outs(%zero : tensor<13x70xf64>) -> tensor<13x70xf64>
  %expected = arith.fptosi %product : tensor<13x70xf64> to tensor<13x70xi32>
  check.equal %c, %expected : tensor<13x70xi32>
  return
}

func.func @test_one_row() {
  %k0 = arith.constant dense<69379859197811557> : tensor<i64>
  %k1 = arith.constant dense<2680336604770836957> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<1x101xf64>
  %u = tern.uniform [1, 67] from -128.9 to 127.9 key %k0 : f64
  %v = tern.uniform [67, 101] from -128.9 to 127.9 key %k1 : f64
  %a = arith.fptosi %u : tensor<1x67xf64> to tensor<1x67xi8>
  %b = arith.fptosi %v : tensor<67x101xf64> to tensor<67x101xi8>
  %x = arith.sitofp %a : tensor<1x67xi8> to tensor<1x67xf64>
  %y = arith.sitofp %b : tensor<67x101xi8> to tensor<67x101xf64>
  %e = tensor.empty() : tensor<1x101xi32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<1x67xi8>, tensor<67x101xi8>) outs(%e : tensor<1x101xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  } -> tensor<1x101xi32>
  %product = linalg.matmul ins(%x, %y : tensor<1x67xf64>, tensor<67x101xf64>) outs(%zero : tensor<1x101xf64>) -> tensor<1x101xf64>
  %expected = arith.fptosi %product : tensor<1x101xf64> to tensor<1x101xi32>
  check.equal %c, %expected : tensor<1x101xi32>
  return
}

func.func @test_transposed_weights() {
  %k0 = arith.constant dense<1065125436852762691> : tensor<i64>
  %k1 = arith.constant dense<2118615807604647509> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<37x53xf64>
  %u = tern.uniform [37, 131] from -128.9 to 127.9 key %k0 : f64
  %v = tern.uniform [53, 131] from -128.9 to 127.9 key %k1 : f64
  %a = arith.fptosi %u : tensor<37x131xf64> to tensor<37x131xi8>
  %b = arith.fptosi %v : tensor<53x131xf64> to tensor<53x131xi8>
  %x = arith.sitofp %a : tensor<37x131xi8> to tensor<37x131xf64>
  %y = arith.sitofp %b : tensor<53x131xi8> to tensor<53x131xf64>
  %yt = tern.transpose %y [1, 0] : tensor<53x131xf64>
  %e = tensor.empty() : tensor<37x53xi32>
  %c = tern_kernel.contract transpose_b init(zero) ins(%a, %b : tensor<37x131xi8>, tensor<53x131xi8>) outs(%e : tensor<37x53xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  } -> tensor<37x53xi32>
  %product = linalg.matmul ins(%x, %yt : tensor<37x131xf64>, tensor<131x53xf64>) outs(%zero : tensor<37x53xf64>) -> tensor<37x53xf64>
  %expected = arith.fptosi %product : tensor<37x53xf64> to tensor<37x53xi32>
  check.equal %c, %expected : tensor<37x53xi32>
  return
}

func.func @test_transposed_rows() {
  %k0 = arith.constant dense<647022608876966819> : tensor<i64>
  %k1 = arith.constant dense<3468575668630242967> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<31x70xf64>
  %u = tern.uniform [101, 31] from -128.9 to 127.9 key %k0 : f64
  %v = tern.uniform [101, 70] from -128.9 to 127.9 key %k1 : f64
  %a = arith.fptosi %u : tensor<101x31xf64> to tensor<101x31xi8>
  %b = arith.fptosi %v : tensor<101x70xf64> to tensor<101x70xi8>
  %x = arith.sitofp %a : tensor<101x31xi8> to tensor<101x31xf64>
  %y = arith.sitofp %b : tensor<101x70xi8> to tensor<101x70xf64>
  %xt = tern.transpose %x [1, 0] : tensor<101x31xf64>
  %e = tensor.empty() : tensor<31x70xi32>
  %c = tern_kernel.contract transpose_a init(zero) ins(%a, %b : tensor<101x31xi8>, tensor<101x70xi8>) outs(%e : tensor<31x70xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  } -> tensor<31x70xi32>
  %product = linalg.matmul ins(%xt, %y : tensor<31x101xf64>, tensor<101x70xf64>) outs(%zero : tensor<31x70xf64>) -> tensor<31x70xf64>
  %expected = arith.fptosi %product : tensor<31x70xf64> to tensor<31x70xi32>
  check.equal %c, %expected : tensor<31x70xi32>
  return
}

func.func @test_both_transposed() {
  %k0 = arith.constant dense<1286658773523442893> : tensor<i64>
  %k1 = arith.constant dense<116436186428834871> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<7x45xf64>
  %u = tern.uniform [66, 7] from -128.9 to 127.9 key %k0 : f64
  %v = tern.uniform [45, 66] from -128.9 to 127.9 key %k1 : f64
  %a = arith.fptosi %u : tensor<66x7xf64> to tensor<66x7xi8>
  %b = arith.fptosi %v : tensor<45x66xf64> to tensor<45x66xi8>
  %x = arith.sitofp %a : tensor<66x7xi8> to tensor<66x7xf64>
  %y = arith.sitofp %b : tensor<45x66xi8> to tensor<45x66xf64>
  %xt = tern.transpose %x [1, 0] : tensor<66x7xf64>
  %yt = tern.transpose %y [1, 0] : tensor<45x66xf64>
  %e = tensor.empty() : tensor<7x45xi32>
  %c = tern_kernel.contract transpose_a transpose_b init(zero) ins(%a, %b : tensor<66x7xi8>, tensor<45x66xi8>) outs(%e : tensor<7x45xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  } -> tensor<7x45xi32>
  %product = linalg.matmul ins(%xt, %yt : tensor<7x66xf64>, tensor<66x45xf64>) outs(%zero : tensor<7x45xf64>) -> tensor<7x45xf64>
  %expected = arith.fptosi %product : tensor<7x45xf64> to tensor<7x45xi32>
  check.equal %c, %expected : tensor<7x45xi32>
  return
}

func.func @test_whole_tiles() {
  %k0 = arith.constant dense<2678180993351894441> : tensor<i64>
  %k1 = arith.constant dense<3810867677573034923> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<24x64xf64>
  %u = tern.uniform [24, 128] from -128.9 to 127.9 key %k0 : f64
  %v = tern.uniform [64, 128] from -128.9 to 127.9 key %k1 : f64
  %a = arith.fptosi %u : tensor<24x128xf64> to tensor<24x128xi8>
  %b = arith.fptosi %v : tensor<64x128xf64> to tensor<64x128xi8>
  %x = arith.sitofp %a : tensor<24x128xi8> to tensor<24x128xf64>
  %y = arith.sitofp %b : tensor<64x128xi8> to tensor<64x128xf64>
  %yt = tern.transpose %y [1, 0] : tensor<64x128xf64>
  %e = tensor.empty() : tensor<24x64xi32>
  %c = tern_kernel.contract transpose_b init(zero) ins(%a, %b : tensor<24x128xi8>, tensor<64x128xi8>) outs(%e : tensor<24x64xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  } -> tensor<24x64xi32>
  %product = linalg.matmul ins(%x, %yt : tensor<24x128xf64>, tensor<128x64xf64>) outs(%zero : tensor<24x64xf64>) -> tensor<24x64xf64>
  %expected = arith.fptosi %product : tensor<24x64xf64> to tensor<24x64xi32>
  check.equal %c, %expected : tensor<24x64xi32>
  return
}

func.func @test_many_columns() {
  %k0 = arith.constant dense<2961273740784851079> : tensor<i64>
  %k1 = arith.constant dense<1560701433998257191> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<5x1100xf64>
  %u = tern.uniform [5, 36] from -128.9 to 127.9 key %k0 : f64
  %v = tern.uniform [36, 1100] from -128.9 to 127.9 key %k1 : f64
  %a = arith.fptosi %u : tensor<5x36xf64> to tensor<5x36xi8>
  %b = arith.fptosi %v : tensor<36x1100xf64> to tensor<36x1100xi8>
  %x = arith.sitofp %a : tensor<5x36xi8> to tensor<5x36xf64>
  %y = arith.sitofp %b : tensor<36x1100xi8> to tensor<36x1100xf64>
  %e = tensor.empty() : tensor<5x1100xi32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<5x36xi8>, tensor<36x1100xi8>) outs(%e : tensor<5x1100xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  } -> tensor<5x1100xi32>
  %product = linalg.matmul ins(%x, %y : tensor<5x36xf64>, tensor<36x1100xf64>) outs(%zero : tensor<5x1100xf64>) -> tensor<5x1100xf64>
  %expected = arith.fptosi %product : tensor<5x1100xf64> to tensor<5x1100xi32>
  check.equal %c, %expected : tensor<5x1100xi32>
  return
}

// -128 by -128, where unsigned bytes are at their ends.
func.func @test_extremes() {
  %a = arith.constant dense<-128> : tensor<3x40xi8>
  %b = arith.constant dense<-128> : tensor<40x17xi8>
  %c = arith.constant dense<127> : tensor<40x17xi8>
  %low = arith.constant dense<655360> : tensor<3x17xi32>
  %high = arith.constant dense<-650240> : tensor<3x17xi32>
  %e = tensor.empty() : tensor<3x17xi32>
  %r = tern_kernel.contract init(zero) ins(%a, %b : tensor<3x40xi8>, tensor<40x17xi8>) outs(%e : tensor<3x17xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  } -> tensor<3x17xi32>
  check.equal %r, %low : tensor<3x17xi32>
  %s = tern_kernel.contract init(zero) ins(%a, %c : tensor<3x40xi8>, tensor<40x17xi8>) outs(%e : tensor<3x17xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  } -> tensor<3x17xi32>
  check.equal %s, %high : tensor<3x17xi32>
  return
}

// A block of k is full of the extremes, and the last one of a prime K has a part of a word; every row and column has its own size.
func.func @test_deep_extremes() {
  %k0 = arith.constant dense<8041223908166725301> : tensor<i64>
  %k1 = arith.constant dense<5127443301998873279> : tensor<i64>
  %low = arith.constant dense<-128> : tensor<33x1031xi8>
  %high = arith.constant dense<127> : tensor<33x1031xi8>
  %low_b = arith.constant dense<-128> : tensor<1031x67xi8>
  %high_b = arith.constant dense<127> : tensor<1031x67xi8>
  %u = tern.uniform [33, 1031] from -1.0 to 3.0 key %k0 : f64
  %v = tern.uniform [1031, 67] from -1.0 to 3.0 key %k1 : f64
  %zero_u = arith.constant dense<0.0> : tensor<33x1031xf64>
  %zero_v = arith.constant dense<0.0> : tensor<1031x67xf64>
  %is_high = arith.cmpf olt, %u, %zero_u : tensor<33x1031xf64>
  %is_high_b = arith.cmpf olt, %v, %zero_v : tensor<1031x67xf64>
  %a = arith.select %is_high, %high, %low : tensor<33x1031xi1>, tensor<33x1031xi8>
  %b = arith.select %is_high_b, %high_b, %low_b : tensor<1031x67xi1>, tensor<1031x67xi8>
  %x = arith.sitofp %a : tensor<33x1031xi8> to tensor<33x1031xf64>
  %y = arith.sitofp %b : tensor<1031x67xi8> to tensor<1031x67xf64>
  %e = tensor.empty() : tensor<33x67xi32>
  %c = tern_kernel.contract init(zero) ins(%a, %b : tensor<33x1031xi8>, tensor<1031x67xi8>) outs(%e : tensor<33x67xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  } -> tensor<33x67xi32>
  %zero = arith.constant dense<0.0> : tensor<33x67xf64>
  %product = linalg.matmul ins(%x, %y : tensor<33x1031xf64>, tensor<1031x67xf64>) outs(%zero : tensor<33x67xf64>) -> tensor<33x67xf64>
  %expected = arith.fptosi %product : tensor<33x67xf64> to tensor<33x67xi32>
  check.equal %c, %expected : tensor<33x67xi32>
  return
}

// What the out held is added; the region scales into f32.
func.func @test_onto_out_and_epilogue() {
  %a = arith.constant dense<3> : tensor<4x9xi8>
  %b = arith.constant dense<-5> : tensor<9x20xi8>
  %old = arith.constant dense<7> : tensor<4x20xi32>
  %sum = arith.constant dense<-128> : tensor<4x20xi32>
  %r = tern_kernel.contract init(add) ins(%a, %b : tensor<4x9xi8>, tensor<9x20xi8>) outs(%old : tensor<4x20xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  } -> tensor<4x20xi32>
  check.equal %r, %sum : tensor<4x20xi32>
  %scale = arith.constant dense<0.5> : tensor<20xf32>
  %expected = arith.constant dense<-67.5> : tensor<4x20xf32>
  %e = tensor.empty() : tensor<4x20xf32>
  %s = tern_kernel.contract init(zero) ins(%a, %b : tensor<4x9xi8>, tensor<9x20xi8>) extras(%scale : tensor<20xf32>)
      outs(%e : tensor<4x20xf32>) {
  ^bb0(%acc: i32, %x: f32):
    %f = arith.sitofp %acc : i32 to f32
    %y = arith.mulf %f, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<4x20xf32>
  check.equal %s, %expected : tensor<4x20xf32>
  return
}

func.func @product(%a: tensor<29x70xi8>, %b: tensor<70x99xi8>) -> tensor<29x99xi32> {
  %e = tensor.empty() : tensor<29x99xi32>
  %r = tern_kernel.contract init(zero) ins(%a, %b : tensor<29x70xi8>, tensor<70x99xi8>) outs(%e : tensor<29x99xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  } -> tensor<29x99xi32>
  return %r : tensor<29x99xi32>
}
check.deterministic @product threads [1, 2, 3]
