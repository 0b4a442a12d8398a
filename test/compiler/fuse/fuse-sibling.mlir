// RUN: tern-opt %s -tern-fuse-sibling -canonicalize -cse | FileCheck %s

#matrix = affine_map<(m, n) -> (m, n)>
#whole = affine_map<(b, t, c) -> (b, t, c)>
#columns = affine_map<(b, t, c) -> (c)>

// The exponential of x is computed once, for the product and for the op beside it. Its view follows it.
// CHECK-LABEL: @recomputed
// CHECK-SAME: %[[A:[a-z0-9]+]]: tensor<8x16xf32>, %[[B:[a-z0-9]+]]: tensor<16x32xf32>, %[[X:[a-z0-9]+]]: tensor<2x4x32xbf16>, %[[S:[a-z0-9]+]]: tensor<32xf32>
// CHECK-NOT: linalg.generic
// CHECK: %[[MATRIX:.*]] = tensor.collapse_shape %[[X]]
// CHECK: %[[D:.*]]:2 = tern_kernel.contract init(zero) ins(%[[A]], %[[B]] : {{.*}}) extras(%[[MATRIX]], %[[S]] : tensor<8x32xbf16>, tensor<32xf32>)
// CHECK-SAME: outs(%{{.*}}, %{{.*}} : tensor<8x32xf32>, tensor<8x32xbf16>)
// CHECK: ^bb0(%[[ACC:.*]]: f32, %[[V:.*]]: bf16, %[[C:.*]]: f32):
// CHECK: %[[E:.*]] = math.exp
// CHECK-NOT: math.exp
// CHECK: %[[G:.*]] = arith.mulf %[[ACC]], %[[E]]
// CHECK: %[[P:.*]] = arith.mulf %[[E]], %[[C]]
// CHECK: %[[R:.*]] = arith.truncf %[[P]] : f32 to bf16
// CHECK: tern_kernel.yield %[[G]], %[[R]]
// CHECK: return %[[D]]#0, %[[D]]#1
func.func @recomputed(%a: tensor<8x16xf32>, %b: tensor<16x32xf32>, %x: tensor<2x4x32xbf16>, %s: tensor<32xf32>)
    -> (tensor<8x32xf32>, tensor<8x32xbf16>) {
  %o = tensor.empty() : tensor<2x4x32xbf16>
  %y = linalg.generic {indexing_maps = [#whole, #columns, #whole], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %s : tensor<2x4x32xbf16>, tensor<32xf32>) outs(%o : tensor<2x4x32xbf16>) {
  ^bb0(%v: bf16, %c: f32, %z: bf16):
    %w = arith.extf %v : bf16 to f32
    %t = math.exp %w : f32
    %p = arith.mulf %t, %c : f32
    %r = arith.truncf %p : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<2x4x32xbf16>
  %view = tensor.collapse_shape %y [[0, 1], [2]] : tensor<2x4x32xbf16> into tensor<8x32xbf16>
  %matrix = tensor.collapse_shape %x [[0, 1], [2]] : tensor<2x4x32xbf16> into tensor<8x32xbf16>
  %e = tensor.empty() : tensor<8x32xf32>
  %d = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x32xf32>)
      extras(%matrix : tensor<8x32xbf16>) outs(%e : tensor<8x32xf32>) {
  ^bb0(%acc: f32, %v: bf16):
    %w = arith.extf %v : bf16 to f32
    %t = math.exp %w : f32
    %g = arith.mulf %acc, %t : f32
    tern_kernel.yield %g : f32
  } -> tensor<8x32xf32>
  return %d, %view : tensor<8x32xf32>, tensor<8x32xbf16>
}

// The product itself needs what the op makes.
// CHECK-LABEL: @needed_by_the_product
// CHECK: linalg.generic
// CHECK: tern_kernel.contract
func.func @needed_by_the_product(%b: tensor<16x16xf32>, %x: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %e = tensor.empty() : tensor<8x16xf32>
  %y = linalg.generic {indexing_maps = [#matrix, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<8x16xf32>) outs(%e : tensor<8x16xf32>) {
  ^bb0(%v: f32, %z: f32):
    %t = math.exp %v : f32
    linalg.yield %t : f32
  } -> tensor<8x16xf32>
  %d = tern_kernel.contract init(zero) ins(%y, %b : tensor<8x16xf32>, tensor<16x16xf32>)
      extras(%x : tensor<8x16xf32>) outs(%e : tensor<8x16xf32>) {
  ^bb0(%acc: f32, %v: f32):
    %g = arith.addf %acc, %v : f32
    tern_kernel.yield %g : f32
  } -> tensor<8x16xf32>
  return %d : tensor<8x16xf32>
}

// An operand of the op is made after the product.
// CHECK-LABEL: @operand_comes_later
// CHECK: tern_kernel.contract
// CHECK: linalg.generic
func.func @operand_comes_later(%a: tensor<8x16xf32>, %b: tensor<16x16xf32>, %x: tensor<8x16xf32>)
    -> (tensor<8x16xf32>, tensor<8x16xf32>) {
  %e = tensor.empty() : tensor<8x16xf32>
  %d = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x16xf32>)
      extras(%x : tensor<8x16xf32>) outs(%e : tensor<8x16xf32>) {
  ^bb0(%acc: f32, %v: f32):
    %g = arith.addf %acc, %v : f32
    tern_kernel.yield %g : f32
  } -> tensor<8x16xf32>
  %later = tern_kernel.contract init(zero) ins(%d, %b : tensor<8x16xf32>, tensor<16x16xf32>) outs(%e : tensor<8x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x16xf32>
  %y = linalg.generic {indexing_maps = [#matrix, #matrix, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%x, %later : tensor<8x16xf32>, tensor<8x16xf32>) outs(%e : tensor<8x16xf32>) {
  ^bb0(%v: f32, %w: f32, %z: f32):
    %t = arith.mulf %v, %w : f32
    linalg.yield %t : f32
  } -> tensor<8x16xf32>
  return %d, %y : tensor<8x16xf32>, tensor<8x16xf32>
}
