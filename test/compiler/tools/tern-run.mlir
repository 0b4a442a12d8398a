// RUN: not tern-run %s -O0 | FileCheck %s
// RUN: not tern-run %s -O3 --threads=2 | FileCheck %s
// RUN: not tern-run - -O0 < %s | FileCheck %s --check-prefix=PIPE

// A program from a pipe has its checks of functions too.
// PIPE: PASS: gradient of @cube (
// PIPE: FAIL: test_differs

// A test passes or says what differs most, where, and by which check.

// CHECK-DAG: PASS: gradient of @cube (
// CHECK-DAG: PASS: test_agrees
// CHECK-DAG: FAIL: test_differs
// CHECK: tern-run.mlir:[[#@LINE+26]]:3: 2 of 6 elements differ; worst at [1, 2]: actual 6, expected 9 (rtol 1e-05, atol 1e-08)

func.func @cube(%x: tensor<3xf32>) -> tensor<f32> {
  %y = tern.mul %x, %x : tensor<3xf32>, tensor<3xf32>
  %z = tern.mul %x, %y : tensor<3xf32>, tensor<3xf32>
  %s = tern.sum %z : tensor<3xf32>
  return %s : tensor<f32>
}

func.func @twice(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = tern.add %x, %x : tensor<3xf32>, tensor<3xf32>
  return %y : tensor<3xf32>
}

func.func @test_agrees() {
  check.gradient @cube
  %x = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %y = call @twice(%x) : (tensor<3xf32>) -> tensor<3xf32>
  %z = arith.constant dense<[2.0, 4.0, 6.0]> : tensor<3xf32>
  check.almost_equal %y, %z : tensor<3xf32>
  return
}

func.func @test_differs() {
  %x = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %y = arith.constant dense<[[1.0, 4.0, 3.0], [4.0, 5.0, 9.0]]> : tensor<2x3xf32>
  check.almost_equal %x, %y : tensor<2x3xf32>
  return
}
