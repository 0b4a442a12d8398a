// RUN: tern-opt %s -tern-fuse-prologue | FileCheck %s
// RUN: tern-opt %s -tern-fuse-prologue --remarks=fuse-prologue -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

#id = affine_map<(i, j) -> (i, j)>
#across = affine_map<(i, j) -> (j, i)>

// Both operands.
// CHECK-LABEL: @both
// CHECK-SAME: %[[X:.*]]: tensor<4x8xf32>, %[[W:.*]]: tensor<8x16xf32>
// CHECK-NOT: linalg.generic
// CHECK: tern_kernel.contract init(zero) compute(bf16) ins(%[[X]], %[[W]] : tensor<4x8xf32>, tensor<8x16xf32>)
// REMARK: remark: [passed] fuse-prologue: fused: rounding into the product
func.func @both(%x: tensor<4x8xf32>, %w: tensor<8x16xf32>, %out: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %ex = tensor.empty() : tensor<4x8xbf16>
  %ew = tensor.empty() : tensor<8x16xbf16>
  %hx = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%ex : tensor<4x8xbf16>) {
  ^bb0(%in: f32, %old: bf16):
    %r = arith.truncf %in : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<4x8xbf16>
  %hw = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%w : tensor<8x16xf32>) outs(%ew : tensor<8x16xbf16>) {
  ^bb0(%in: f32, %old: bf16):
    %r = arith.truncf %in : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<8x16xbf16>
  %y = tern_kernel.contract init(zero) ins(%hx, %hw : tensor<4x8xbf16>, tensor<8x16xbf16>) outs(%out : tensor<4x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// An op that does more than rounding, or moves elements, stays.
// CHECK-LABEL: @no_more_than_rounding
// CHECK-COUNT-2: linalg.generic
// CHECK: tern_kernel.contract init(zero) ins({{.*}} : tensor<4x8xbf16>, tensor<8x16xbf16>)
func.func @no_more_than_rounding(%x: tensor<8x4xf32>, %w: tensor<8x16xf32>, %out: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %ex = tensor.empty() : tensor<4x8xbf16>
  %ew = tensor.empty() : tensor<8x16xbf16>
  %hx = linalg.generic {indexing_maps = [#across, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<8x4xf32>) outs(%ex : tensor<4x8xbf16>) {
  ^bb0(%in: f32, %old: bf16):
    %r = arith.truncf %in : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<4x8xbf16>
  %hw = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%w : tensor<8x16xf32>) outs(%ew : tensor<8x16xbf16>) {
  ^bb0(%in: f32, %old: bf16):
    %n = arith.negf %in : f32
    %r = arith.truncf %n : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<8x16xbf16>
  %y = tern_kernel.contract init(zero) ins(%hx, %hw : tensor<4x8xbf16>, tensor<8x16xbf16>) outs(%out : tensor<4x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// Rounding to anything but bf16 is not for products.
// CHECK-LABEL: @from_f64
// CHECK: linalg.generic
// CHECK: tern_kernel.contract init(zero) ins({{.*}} : tensor<4x8xf32>, tensor<8x16xf32>)
func.func @from_f64(%x: tensor<4x8xf32>, %w: tensor<8x16xf64>, %out: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %ew = tensor.empty() : tensor<8x16xf32>
  %hw = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%w : tensor<8x16xf64>) outs(%ew : tensor<8x16xf32>) {
  ^bb0(%in: f64, %old: f32):
    %r = arith.truncf %in : f64 to f32
    linalg.yield %r : f32
  } -> tensor<8x16xf32>
  %y = tern_kernel.contract init(zero) ins(%x, %hw : tensor<4x8xf32>, tensor<8x16xf32>) outs(%out : tensor<4x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}
