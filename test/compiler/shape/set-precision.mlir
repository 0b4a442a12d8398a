// RUN: tern-opt %s "-tern-set-precision=precision=f64" | FileCheck %s
// RUN: not tern-opt %s "-tern-set-precision=precision=f8" 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// UNKNOWN: precision 'f8' is not supported; choose f32 or f64

// CHECK-LABEL: func.func @types_and_constants(
// CHECK-SAME: tensor<2xf64>, %{{.*}}: tensor<2xi32>) -> tensor<2xf64>
// CHECK: arith.constant dense<[5.000000e-01, 1.250000e+00]> : tensor<2xf64>
// CHECK: tern.add %{{.*}}, %{{.*}} : tensor<2xf64>, tensor<2xf64>
func.func @types_and_constants(%x: tensor<2xf32>, %n: tensor<2xi32>) -> tensor<2xf32> {
  %c = arith.constant dense<[0.5, 1.25]> : tensor<2xf32>
  %y = tern.add %x, %c : tensor<2xf32>, tensor<2xf32>
  return %y : tensor<2xf32>
}
