// RUN: tern-opt %s -tern-fuse-epilogue | FileCheck %s

#whole = affine_map<(b, t, c) -> (b, t, c)>
#columns = affine_map<(b, t, c) -> (c)>
#matrix = affine_map<(m, n) -> (m, n)>
#scalar = affine_map<(m, n) -> ()>

// The activation of a product whose rows are split; nobody else needs the product.
// CHECK-LABEL: @activation
// CHECK-SAME: %[[A:[a-z0-9]+]]: tensor<8x16xf32>, %[[B:[a-z0-9]+]]: tensor<16x32xf32>, %[[BIAS:[a-z0-9]+]]: tensor<32xf32>
// CHECK: %[[Y:.*]] = tern_kernel.contract init(zero) ins(%[[A]], %[[B]] : {{.*}}) extras(%[[BIAS]] : tensor<32xf32>)
// CHECK: ^bb0(%[[ACC:.*]]: f32, %[[X:.*]]: f32):
// CHECK: %[[S:.*]] = arith.addf %[[ACC]], %[[X]]
// CHECK: %[[T:.*]] = math.tanh %[[S]]
// CHECK: tern_kernel.yield %[[T]] : f32
// CHECK: %[[R:.*]] = tensor.expand_shape %[[Y]]
// CHECK-NOT: linalg.generic
// CHECK: return %[[R]]
func.func @activation(%a: tensor<8x16xf32>, %b: tensor<16x32xf32>, %bias: tensor<32xf32>) -> tensor<2x4x32xf32> {
  %e = tensor.empty() : tensor<8x32xf32>
  %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x32xf32>) outs(%e : tensor<8x32xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x32xf32>
  %v = tensor.expand_shape %p [[0, 1], [2]] output_shape [2, 4, 32] : tensor<8x32xf32> into tensor<2x4x32xf32>
  %o = tensor.empty() : tensor<2x4x32xf32>
  %y = linalg.generic {indexing_maps = [#whole, #columns, #whole], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%v, %bias : tensor<2x4x32xf32>, tensor<32xf32>) outs(%o : tensor<2x4x32xf32>) {
  ^bb0(%x: f32, %c: f32, %z: f32):
    %s = arith.addf %x, %c : f32
    %t = math.tanh %s : f32
    linalg.yield %t : f32
  } -> tensor<2x4x32xf32>
  return %y : tensor<2x4x32xf32>
}

// The product is needed too: it stays as a first out.
// CHECK-LABEL: @product_needed
// CHECK: %[[Y:.*]]:2 = tern_kernel.contract {{.*}} outs(%{{.*}}, %{{.*}} : tensor<8x32xf32>, tensor<8x32xf32>)
// CHECK: ^bb0(%[[ACC:.*]]: f32, %[[X:.*]]: f32):
// CHECK: %[[S:.*]] = arith.addf %[[ACC]], %[[X]]
// CHECK: tern_kernel.yield %[[ACC]], %[[S]]
// CHECK: return %[[Y]]#0, %[[Y]]#1
func.func @product_needed(%a: tensor<8x16xf32>, %b: tensor<16x32xf32>, %r: tensor<8x32xf32>) -> (tensor<8x32xf32>, tensor<8x32xf32>) {
  %e = tensor.empty() : tensor<8x32xf32>
  %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x32xf32>) outs(%e : tensor<8x32xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x32xf32>
  %y = linalg.generic {indexing_maps = [#matrix, #matrix, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p, %r : tensor<8x32xf32>, tensor<8x32xf32>) outs(%e : tensor<8x32xf32>) {
  ^bb0(%x: f32, %c: f32, %z: f32):
    %s = arith.addf %x, %c : f32
    linalg.yield %s : f32
  } -> tensor<8x32xf32>
  return %p, %y : tensor<8x32xf32>, tensor<8x32xf32>
}

// CHECK-LABEL: @accumulation
// CHECK-SAME: %[[FLAG:[a-z0-9]+]]: tensor<i1>, %[[OLD:[a-z0-9]+]]: tensor<8x32xf32>
// CHECK: tern_kernel.contract transpose_a init(flag) {{.*}} flag(%[[FLAG]] : tensor<i1>) outs(%[[OLD]] : tensor<8x32xf32>)
// CHECK-NOT: linalg.generic
func.func @accumulation(%a: tensor<16x8xf32>, %b: tensor<16x32xf32>, %flag: tensor<i1>, %old: tensor<8x32xf32>) -> tensor<8x32xf32> {
  %e = tensor.empty() : tensor<8x32xf32>
  %p = tern_kernel.contract transpose_a init(zero) ins(%a, %b : tensor<16x8xf32>, tensor<16x32xf32>) outs(%e : tensor<8x32xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x32xf32>
  %y = linalg.generic {indexing_maps = [#matrix, #scalar, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p, %flag : tensor<8x32xf32>, tensor<i1>) outs(%old : tensor<8x32xf32>) {
  ^bb0(%x: f32, %f: i1, %o: f32):
    %s = arith.addf %o, %x : f32
    %t = arith.select %f, %s, %x : f32
    linalg.yield %t : f32
  } -> tensor<8x32xf32>
  return %y : tensor<8x32xf32>
}

// A scalar operand has no place among the extras; a body that asks for its position has no vector form.
// CHECK-LABEL: @refusals
// CHECK: tern_kernel.contract
// CHECK: linalg.generic
func.func @refusals(%a: tensor<8x16xf32>, %b: tensor<16x32xf32>, %s: tensor<f32>) -> tensor<8x32xf32> {
  %e = tensor.empty() : tensor<8x32xf32>
  %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x32xf32>) outs(%e : tensor<8x32xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x32xf32>
  %y = linalg.generic {indexing_maps = [#matrix, #scalar, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p, %s : tensor<8x32xf32>, tensor<f32>) outs(%e : tensor<8x32xf32>) {
  ^bb0(%x: f32, %f: f32, %o: f32):
    %t = arith.mulf %x, %f : f32
    linalg.yield %t : f32
  } -> tensor<8x32xf32>
  return %y : tensor<8x32xf32>
}

// Somebody else reads the product first: both are made there, as all that the op needs is there.
// CHECK-LABEL: @rounded_beside_an_earlier_reader
// CHECK: %[[Y:.*]]:2 = tern_kernel.contract init(zero) {{.*}} outs(%{{.*}}, %{{.*}} : tensor<8x32xf32>, tensor<8x32xbf16>)
// CHECK: %[[R:.*]] = arith.truncf
// CHECK: tern_kernel.yield %{{.*}}, %[[R]] : f32, bf16
// CHECK: %[[Z:.*]] = tern_kernel.contract init(zero) ins(%[[Y]]#0,
// CHECK: return %[[Z]], %[[Y]]#1
func.func @rounded_beside_an_earlier_reader(%a: tensor<8x16xf32>, %b: tensor<16x32xf32>, %c: tensor<32x16xf32>)
    -> (tensor<8x16xf32>, tensor<8x32xbf16>) {
  %e = tensor.empty() : tensor<8x32xf32>
  %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x32xf32>) outs(%e : tensor<8x32xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x32xf32>
  %f = tensor.empty() : tensor<8x16xf32>
  %z = tern_kernel.contract init(zero) ins(%p, %c : tensor<8x32xf32>, tensor<32x16xf32>) outs(%f : tensor<8x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x16xf32>
  %g = tensor.empty() : tensor<8x32xbf16>
  %r = linalg.generic {indexing_maps = [#matrix, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<8x32xf32>) outs(%g : tensor<8x32xbf16>) {
  ^bb0(%x: f32, %o: bf16):
    %t = arith.truncf %x : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<8x32xbf16>
  return %z, %r : tensor<8x16xf32>, tensor<8x32xbf16>
}
