// RUN: tern-opt %s --tern-materialize-layouts | FileCheck %s

// CHECK-LABEL: func.func @load
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<3x4x48x32xf32>
// CHECK: %[[PART:.*]] = tensor.extract_slice %[[W]][%{{.*}}, 0, 0, 0] [1, 4, 48, 32] [1, 1, 1, 1] : tensor<3x4x48x32xf32> to tensor<4x48x32xf32>
// CHECK: %[[NEW:.*]] = tern_kernel.pack {{.*}} outs(%[[PART]] : tensor<4x48x32xf32>)
// CHECK: tensor.insert_slice %[[NEW]] into %[[W]][%{{.*}}, 0, 0, 0] [1, 4, 48, 32] [1, 1, 1, 1]
!stack = tensor<3x41x101xf32, #tern_kernel.packed<columns = 32, group = 1>>
!matrix = tensor<41x101xf32, #tern_kernel.packed<columns = 32, group = 1>>
func.func @load(%i: index, %x: tensor<41x101xf32>, %w: !stack) -> !stack {
  %part = tensor.extract_slice %w[%i, 0, 0] [1, 41, 101] [1, 1, 1] : !stack to !matrix
  %new = tern_kernel.pack layout(<columns = 32, group = 1>) ins(%x : tensor<41x101xf32>) outs(%part : !matrix) -> !matrix
  %all = tensor.insert_slice %new into %w[%i, 0, 0] [1, 41, 101] [1, 1, 1] : !matrix into !stack
  return %all : !stack
}

// Loops carry it, products read it; (N, K) has its own sizes.
// CHECK-LABEL: func.func @carried
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<4x48x64xbf16>
// CHECK: scf.for {{.*}} iter_args(%[[B:[a-z0-9]+]] = %[[W]], {{.*}}) -> (tensor<4x48x64xbf16>, tensor<9x101xf32>)
// CHECK: tern_kernel.contract transpose_b init(zero) compute(bf16) layout_b(<columns = 32, group = 2, transposed = true>)
// CHECK-SAME: ins(%{{.*}}, %[[B]] : tensor<9x70xf32>, tensor<4x48x64xbf16>)
!across = tensor<101x70xbf16, #tern_kernel.packed<columns = 32, group = 2, transposed = true>>
func.func @carried(%x: tensor<9x70xf32>, %w: !across, %from: index, %to: index, %step: index) -> (!across, tensor<9x101xf32>) {
  %empty = tensor.empty() : tensor<9x101xf32>
  %r:2 = scf.for %i = %from to %to step %step iter_args(%b = %w, %y = %empty) -> (!across, tensor<9x101xf32>) {
    %next = tern_kernel.contract transpose_b init(zero) compute(bf16) layout_b(<columns = 32, group = 2, transposed = true>)
        ins(%x, %b : tensor<9x70xf32>, !across) outs(%y : tensor<9x101xf32>) {
    ^bb0(%acc: f32):
      tern_kernel.yield %acc : f32
    } -> tensor<9x101xf32>
    scf.yield %b, %next : !across, tensor<9x101xf32>
  }
  return %r#0, %r#1 : !across, tensor<9x101xf32>
}
