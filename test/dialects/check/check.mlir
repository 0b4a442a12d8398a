// Checks print and parse again; on buffers of different layout both types are written.
// RUN: tern-opt %s | tern-opt | FileCheck %s

// CHECK-LABEL: func @test_values
func.func @test_values() {
  %a = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK: check.almost_equal %[[A:.*]], %[[A]] : tensor<2xf32>
  check.almost_equal %a, %a : tensor<2xf32>
  // CHECK: check.almost_equal %[[A]], %[[A]] rtol 1.000000e-03 atol 0.000000e+00 : tensor<2xf32>
  check.almost_equal %a, %a rtol 1.0e-3 atol 0.0 : tensor<2xf32>
  // CHECK: check.equal %[[A]], %[[A]] : tensor<2xf32>
  check.equal %a, %a : tensor<2xf32>
  return
}

// CHECK-LABEL: func @buffers
func.func @buffers(%a: memref<2xf32>, %b: memref<2xf32, strided<[3]>>) {
  // CHECK: check.equal %{{.*}}, %{{.*}} : memref<2xf32, strided<[3]>>, memref<2xf32>
  check.equal %b, %a : memref<2xf32, strided<[3]>>, memref<2xf32>
  // CHECK: check.almost_equal %{{.*}}, %{{.*}} : memref<2xf32>, memref<2xf32, strided<[3]>>
  check.almost_equal %a, %b : memref<2xf32>, memref<2xf32, strided<[3]>>
  return
}

func.func @square(%x: tensor<4xf64>) -> tensor<f64> {
  %y = tern.mul %x, %x : tensor<4xf64>, tensor<4xf64>
  %loss = tern.sum %y : tensor<4xf64>
  return %loss : tensor<f64>
}
// CHECK: check.gradient @square{{$}}
check.gradient @square
// CHECK: check.gradient @square seed 3 directions 2 step 1.000000e-04 tolerance 1.000000e-05 low 0.000000e+00 high 2.000000e+00 classes 7
check.gradient @square seed 3 directions 2 step 1.0e-4 tolerance 1.0e-5 low 0.0 high 2.0 classes 7

// CHECK: check.deterministic @square{{$}}
check.deterministic @square
// CHECK: check.deterministic @square threads [1, 7] runs 3 seed 5 low 0.000000e+00 high 2.000000e+00 classes 9
check.deterministic @square threads [1, 7] runs 3 seed 5 low 0.0 high 2.0 classes 9
