// RUN: tern-opt %s | tern-opt | FileCheck %s

// A packed weight, encoded and as it lies in memory.
// CHECK-LABEL: @packed
// CHECK: tern_kernel.pack layout(<columns = 32, group = 2>) compute(bf16) ins({{.*}} : tensor<70x40xf32>) outs({{.*}} : tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>)
// CHECK: tern_kernel.contract init(zero) compute(bf16) layout_b(<columns = 32, group = 2>) ins({{.*}} : tensor<9x70xf32>, tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>)
// CHECK: tern_kernel.contract {{.*}} ins({{.*}} : tensor<9x70xf32>, tensor<2x48x64xbf16>)
func.func @packed(%x: tensor<9x70xf32>, %w: tensor<70x40xf32>, %physical: tensor<2x48x64xbf16>) -> (tensor<9x40xf32>, tensor<9x40xf32>) {
  %panels = tensor.empty() : tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>
  %b = tern_kernel.pack layout(<columns = 32, group = 2>) compute(bf16) ins(%w : tensor<70x40xf32>)
      outs(%panels : tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>)
      -> tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>
  %out = tensor.empty() : tensor<9x40xf32>
  %y = tern_kernel.contract init(zero) compute(bf16) layout_b(<columns = 32, group = 2>)
      ins(%x, %b : tensor<9x70xf32>, tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>) outs(%out : tensor<9x40xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<9x40xf32>
  %z = tern_kernel.contract init(zero) compute(bf16) layout_b(<columns = 32, group = 2>)
      ins(%x, %physical : tensor<9x70xf32>, tensor<2x48x64xbf16>) outs(%out : tensor<9x40xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<9x40xf32>
  return %y, %z : tensor<9x40xf32>, tensor<9x40xf32>
}
