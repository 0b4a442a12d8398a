// RUN: not tern-run %s -O0 | FileCheck %s
// RUN: not tern-run %s -O3 | FileCheck %s

// check.equal compares bits: what almost_equal forgives, and what differs only in the sign of zero, is a difference.

// CHECK: PASS: test_same_bits
func.func @test_same_bits() {
  %x = arith.constant dense<[1.0, -0.0, 0x7FC00000, 0xFF800000]> : tensor<4xf32>
  check.equal %x, %x : tensor<4xf32>
  return
}

// A NaN agrees with a NaN, whatever its sign and payload.
// CHECK-NEXT: PASS: test_nans
func.func @test_nans() {
  %x = arith.constant dense<[0x7FC00000, 0xFFC00001]> : tensor<2xf32>
  %y = arith.constant dense<[0xFFC00000, 0x7FC00002]> : tensor<2xf32>
  check.equal %x, %y : tensor<2xf32>
  return
}

// CHECK-NEXT: FAIL: test_nan_and_number
// CHECK-NEXT: check-equal.mlir:[[#@LINE+4]]:3: 1 of 2 elements differ; first at [1]: actual 2, expected nan (exactly)
func.func @test_nan_and_number() {
  %x = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %y = arith.constant dense<[1.0, 0x7FC00000]> : tensor<2xf32>
  check.equal %x, %y : tensor<2xf32>
  return
}

// CHECK-NEXT: FAIL: test_zeros
// CHECK-NEXT: check-equal.mlir:[[#@LINE+5]]:3: 1 of 1 elements differ; first at [0]: actual -0, expected 0 (exactly)
func.func @test_zeros() {
  %x = arith.constant dense<[-0.0]> : tensor<1xf64>
  %y = arith.constant dense<[0.0]> : tensor<1xf64>
  check.almost_equal %x, %y rtol 0.0 atol 0.0 : tensor<1xf64>
  check.equal %x, %y : tensor<1xf64>
  return
}

// CHECK-NEXT: FAIL: test_last_bit
// CHECK-NEXT: check-equal.mlir:[[#@LINE+5]]:3: 2 of 4 elements differ; first at [0, 1]: actual 1.0000001192092896, expected 1 (exactly)
func.func @test_last_bit() {
  %x = arith.constant dense<[[1.0, 0x3F800001], [1.0, 3.0]]> : tensor<2x2xf32>
  %y = arith.constant dense<[[1.0, 1.0], [1.0, 3.000001]]> : tensor<2x2xf32>
  check.almost_equal %x, %y : tensor<2x2xf32>
  check.equal %x, %y : tensor<2x2xf32>
  return
}

// Integers of 64 bits that are the same as doubles are not the same; both checks see it.
// CHECK-NEXT: FAIL: test_large_integers
// CHECK-NEXT: check-equal.mlir:[[#@LINE+5]]:3: 1 of 2 elements differ; first at [0]: actual 9007199254740993, expected 9007199254740992 (exactly)
// CHECK-NEXT: check-equal.mlir:[[#@LINE+5]]:3: 1 of 2 elements differ; worst at [0]: actual 9007199254740993, expected 9007199254740992 (rtol
func.func @test_large_integers() {
  %x = arith.constant dense<[9007199254740993, -1]> : tensor<2xi64>
  %y = arith.constant dense<[9007199254740992, -1]> : tensor<2xi64>
  check.equal %x, %y : tensor<2xi64>
  check.almost_equal %x, %y : tensor<2xi64>
  return
}
