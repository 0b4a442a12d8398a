// The cheapest form that the tolerance permits, and a remark where it permits none.
// RUN: %tern-opt --load-pass-plugin=%cheap-gelu %s --cheap-gelu | FileCheck %s --check-prefixes=CHECK,TANH
// RUN: %tern-opt --load-pass-plugin=%cheap-gelu %s --cheap-gelu=tolerance=0.03 | FileCheck %s --check-prefixes=CHECK,SIGMOID
// RUN: %tern-opt --load-pass-plugin=%cheap-gelu %s --cheap-gelu=tolerance=0 --remarks=cheap-gelu 2>&1 \
// RUN:   | FileCheck %s --check-prefix=KEPT
// RUN: %tern-opt --load-pass-plugin=%cheap-gelu %s --cheap-gelu=tolerance=0.03 --remarks=cheap-gelu 2>&1 \
// RUN:   | FileCheck %s --check-prefix=CHEAPER
// RUN: %tern-opt --load-pass-plugin=%cheap-gelu %s --cheap-gelu --mlir-pass-statistics 2>&1 | FileCheck %s --check-prefix=STATISTICS
// RUN: not %tern-opt --load-pass-plugin=%cheap-gelu %s --cheap-gelu=tolerance=-1 2>&1 | FileCheck %s --check-prefix=NEGATIVE

// CHEAPER: cheap-gelu.mlir:[[# @LINE + 13]]:8: remark: [passed] cheap-gelu: cheaper: GELU in its sigmoid form
// STATISTICS: cheap-gelu
// STATISTICS-NEXT: 1 cheaper
// STATISTICS-NEXT: 1 kept
// NEGATIVE: cheap-gelu.mlir:[[# @LINE + 7]]:1: error: tolerance must be at least 0, and it is -1

// CHECK-LABEL: func @exact
// CHECK-SAME: %[[X:.*]]: tensor<4x8xf32>
// TANH-NEXT: tern.gelu %[[X]] tanh
// SIGMOID: tern.sigmoid
// SIGMOID-NEXT: tern.mul %[[X]]
func.func @exact(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // KEPT: cheap-gelu.mlir:[[# @LINE + 1]]:8: remark: [missed] cheap-gelu: kept: the next cheaper form differs by up to 4.800000e-04
  %y = tern.gelu %x : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: func @tanh
// CHECK-SAME: %[[X:.*]]: tensor<4x8xf32>
// TANH-NEXT: tern.gelu %[[X]] tanh
// SIGMOID: %[[SLOPE:.*]] = arith.constant dense<1.702000e+00> : tensor<f32>
// SIGMOID: %[[SCALED:.*]] = tern.mul %[[X]], %[[SLOPE]]
// SIGMOID: %[[GATE:.*]] = tern.sigmoid %[[SCALED]]
// SIGMOID: tern.mul %[[X]], %[[GATE]]
func.func @tanh(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // KEPT: cheap-gelu.mlir:[[# @LINE + 1]]:8: remark: [missed] cheap-gelu: kept: the next cheaper form differs by up to 2.070000e-02
  %y = tern.gelu %x tanh : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
