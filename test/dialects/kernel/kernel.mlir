// RUN: tern-opt %s | tern-opt | FileCheck %s
// RUN: tern-opt %s --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" | FileCheck %s --check-prefix=BUFFER

// CHECK-LABEL: @contract_with_bias
// CHECK: tern_kernel.contract init(zero) ins(%{{.*}}, %{{.*}} : tensor<4x8xf32>, tensor<8x16xf32>) extras(%{{.*}} : tensor<16xf32>)
// CHECK: tern_kernel.yield
// An out that is overwritten is neither filled nor copied.
// BUFFER-LABEL: @contract_with_bias
// BUFFER-NOT: memref.copy
// BUFFER: tern_kernel.contract init(zero) ins({{.*}} : memref<4x8xf32>, memref<8x16xf32>) extras({{.*}}) outs(%[[OUT:.*]] : memref<4x16xf32>)
// BUFFER: return %[[OUT]]
func.func @contract_with_bias(%a: tensor<4x8xf32>, %b: tensor<8x16xf32>, %bias: tensor<16xf32>) -> tensor<4x16xf32> {
  %out = tensor.empty() : tensor<4x16xf32>
  %r = tern_kernel.contract init(zero) ins(%a, %b : tensor<4x8xf32>, tensor<8x16xf32>)
      extras(%bias : tensor<16xf32>) outs(%out : tensor<4x16xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<4x16xf32>
  return %r : tensor<4x16xf32>
}

// CHECK-LABEL: @contract_two_outs
// CHECK: transpose_a transpose_b init(zero)
func.func @contract_two_outs(%a: tensor<8x4xf64>, %b: tensor<16x8xf64>, %x: tensor<4x16xf64>) -> (tensor<4x16xf64>, tensor<4x16xf64>) {
  %out = tensor.empty() : tensor<4x16xf64>
  %r:2 = tern_kernel.contract transpose_a transpose_b init(zero) ins(%a, %b : tensor<8x4xf64>, tensor<16x8xf64>)
      extras(%x : tensor<4x16xf64>) outs(%out, %out : tensor<4x16xf64>, tensor<4x16xf64>) {
  ^bb0(%acc: f64, %e: f64):
    %y = arith.addf %acc, %e : f64
    tern_kernel.yield %acc, %y : f64, f64
  } -> tensor<4x16xf64>, tensor<4x16xf64>
  return %r#0, %r#1 : tensor<4x16xf64>, tensor<4x16xf64>
}

// CHECK-LABEL: @contract_flag
// CHECK: init(flag) {{.*}} flag(%{{.*}} : tensor<i1>)
// BUFFER-LABEL: @contract_flag
// BUFFER-SAME: %[[OUT:[a-z0-9]+]]: memref<4x16xf32>)
// BUFFER-NOT: memref.alloc
// BUFFER: outs(%[[OUT]] : memref<4x16xf32>)
func.func @contract_flag(%a: tensor<4x8xf32>, %b: tensor<8x16xf32>, %flag: tensor<i1>, %out: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %r = tern_kernel.contract init(flag) ins(%a, %b : tensor<4x8xf32>, tensor<8x16xf32>) flag(%flag : tensor<i1>)
      outs(%out : tensor<4x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<4x16xf32>
  return %r : tensor<4x16xf32>
}

// CHECK-LABEL: @attention
// CHECK: tern_kernel.attention heads 2 kv_heads 1 causal scale 5.000000e-01 dropout 1.000000e-01 ins({{.*}}) key({{.*}} : tensor<i64>)
// CHECK: tern_kernel.attention heads 2 kv_heads 1 causal scale 5.000000e-01 ins({{.*}}) lengths({{.*}} : tensor<1xi32>) position({{.*}} : tensor<i32>) outs(%{{.*}}, %{{.*}} : tensor<1x4x8xf32>, tensor<1x2x4xf32>)
// CHECK: tern_kernel.attention_grad heads 2 kv_heads 1 scale 5.000000e-01 ins({{.*}}) lengths({{.*}} : tensor<1xi32>)
// BUFFER-LABEL: @attention
// BUFFER: tern_kernel.attention_grad {{.*}} outs({{.*}} : memref<1x4x8xf32>, memref<1x4x4xf32>, memref<1x4x4xf32>)
func.func @attention(%q: tensor<1x4x8xf32>, %k: tensor<1x4x4xf32>, %v: tensor<1x4x4xf32>, %key: tensor<i64>, %n: tensor<1xi32>, %p: tensor<i32>) -> (tensor<1x4x8xf32>, tensor<1x4x4xf32>) {
  %o = tensor.empty() : tensor<1x4x8xf32>
  %e = tensor.empty() : tensor<1x4x4xf32>
  %r = tern_kernel.attention heads 2 kv_heads 1 causal scale 0.5 dropout 0.1
      ins(%q, %k, %v : tensor<1x4x8xf32>, tensor<1x4x4xf32>, tensor<1x4x4xf32>) key(%key : tensor<i64>)
      outs(%o : tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %l = tensor.empty() : tensor<1x2x4xf32>
  %s:2 = tern_kernel.attention heads 2 kv_heads 1 causal scale 0.5
      ins(%q, %k, %v : tensor<1x4x8xf32>, tensor<1x4x4xf32>, tensor<1x4x4xf32>) lengths(%n : tensor<1xi32>) position(%p : tensor<i32>)
      outs(%r, %l : tensor<1x4x8xf32>, tensor<1x2x4xf32>) -> tensor<1x4x8xf32>, tensor<1x2x4xf32>
  %g:3 = tern_kernel.attention_grad heads 2 kv_heads 1 scale 0.5
      ins(%q, %k, %v, %s#0, %s#1, %q : tensor<1x4x8xf32>, tensor<1x4x4xf32>, tensor<1x4x4xf32>, tensor<1x4x8xf32>,
          tensor<1x2x4xf32>, tensor<1x4x8xf32>) lengths(%n : tensor<1xi32>)
      outs(%o, %e, %e : tensor<1x4x8xf32>, tensor<1x4x4xf32>, tensor<1x4x4xf32>)
      -> tensor<1x4x8xf32>, tensor<1x4x4xf32>, tensor<1x4x4xf32>
  return %g#0, %g#2 : tensor<1x4x8xf32>, tensor<1x4x4xf32>
}

// CHECK-LABEL: @attention_by_distance
// CHECK: tern_kernel.attention heads 2 kv_heads 1 causal window 3 scale 5.000000e-01 ins({{.*}}) bias(%{{.*}} : tensor<2x7xf32>) outs(
// CHECK: tern_kernel.attention_grad heads 2 kv_heads 1 causal window 3 scale 5.000000e-01 ins({{.*}}) bias(%{{.*}} : tensor<2x7xf32>) outs({{.*}}, tensor<2x7xf32>)
// BUFFER-LABEL: @attention_by_distance
// BUFFER: tern_kernel.attention_grad {{.*}} outs({{.*}}, memref<2x7xf32>)
func.func @attention_by_distance(%q: tensor<1x4x8xf32>, %k: tensor<1x4x4xf32>, %d: tensor<2x7xf32>) -> tensor<2x7xf32> {
  %o = tensor.empty() : tensor<1x4x8xf32>
  %e = tensor.empty() : tensor<1x4x4xf32>
  %l = tensor.empty() : tensor<1x2x4xf32>
  %b = tensor.empty() : tensor<2x7xf32>
  %s:2 = tern_kernel.attention heads 2 kv_heads 1 causal window 3 scale 0.5
      ins(%q, %k, %k : tensor<1x4x8xf32>, tensor<1x4x4xf32>, tensor<1x4x4xf32>) bias(%d : tensor<2x7xf32>)
      outs(%o, %l : tensor<1x4x8xf32>, tensor<1x2x4xf32>) -> tensor<1x4x8xf32>, tensor<1x2x4xf32>
  %g:4 = tern_kernel.attention_grad heads 2 kv_heads 1 causal window 3 scale 0.5
      ins(%q, %k, %k, %s#0, %s#1, %q : tensor<1x4x8xf32>, tensor<1x4x4xf32>, tensor<1x4x4xf32>, tensor<1x4x8xf32>,
          tensor<1x2x4xf32>, tensor<1x4x8xf32>) bias(%d : tensor<2x7xf32>)
      outs(%o, %e, %e, %b : tensor<1x4x8xf32>, tensor<1x4x4xf32>, tensor<1x4x4xf32>, tensor<2x7xf32>)
      -> tensor<1x4x8xf32>, tensor<1x4x4xf32>, tensor<1x4x4xf32>, tensor<2x7xf32>
  return %g#3 : tensor<2x7xf32>
}

// What nobody reads any more turns in its place.
// CHECK-LABEL: @rotation
// CHECK: tern_kernel.rotation heads 3 turning 2 ins(%{{.*}}, %{{.*}} : tensor<2x4x24xf32>, tensor<4x6xf32>) outs(%{{.*}} : tensor<2x4x24xf32>)
// CHECK: tern_kernel.rotation interleaved inverse heads 3 turning 3 ins(%{{.*}}, %{{.*}} : tensor<2x4x24xf32>, tensor<2x4x8xf32>)
// BUFFER-LABEL: @rotation
// BUFFER: tern_kernel.contract
// BUFFER-NOT: memref.alloc
// BUFFER: tern_kernel.rotation heads 3 turning 2 ins(%[[X:.*]], %{{.*}}) outs(%[[X]] : memref<2x4x24xf32>)
// BUFFER-NOT: memref.alloc
// BUFFER: tern_kernel.rotation interleaved inverse heads 3 turning 3 ins(%[[X]], %{{.*}}) outs(%[[X]] : memref<2x4x24xf32>)
func.func @rotation(%a: tensor<8x24xf32>, %w: tensor<24x24xf32>, %t: tensor<4x6xf32>, %u: tensor<2x4x8xf32>) -> tensor<2x4x24xf32> {
  %e = tensor.empty() : tensor<8x24xf32>
  %o = tensor.empty() : tensor<2x4x24xf32>
  %c = tern_kernel.contract init(zero) ins(%a, %w : tensor<8x24xf32>, tensor<24x24xf32>) outs(%e : tensor<8x24xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x24xf32>
  %x = tensor.expand_shape %c [[0, 1], [2]] output_shape [2, 4, 24] : tensor<8x24xf32> into tensor<2x4x24xf32>
  %y = tern_kernel.rotation heads 3 turning 2 ins(%x, %t : tensor<2x4x24xf32>, tensor<4x6xf32>) outs(%x : tensor<2x4x24xf32>)
      -> tensor<2x4x24xf32>
  %z = tern_kernel.rotation interleaved inverse heads 3 turning 3 ins(%y, %u : tensor<2x4x24xf32>, tensor<2x4x8xf32>)
      outs(%y : tensor<2x4x24xf32>) -> tensor<2x4x24xf32>
  return %z : tensor<2x4x24xf32>
}

// CHECK-LABEL: @rows
// CHECK: tern_kernel.gather
// CHECK: tern_kernel.scatter_add
// CHECK: tern_kernel.cross_entropy ignore_index -100
// CHECK: tern_kernel.cross_entropy_grad ignore_index -100
func.func @rows(%table: tensor<10x8xf32>, %indices: tensor<4xi32>, %scale: tensor<f32>) -> (tensor<10x8xf32>, tensor<4x8xf32>) {
  %out = tensor.empty() : tensor<4x8xf32>
  %n = tensor.empty() : tensor<4xf32>
  %rows = tern_kernel.gather ins(%table, %indices : tensor<10x8xf32>, tensor<4xi32>) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
  %sum = tern_kernel.scatter_add ins(%rows, %indices : tensor<4x8xf32>, tensor<4xi32>) outs(%table : tensor<10x8xf32>) -> tensor<10x8xf32>
  %l:2 = tern_kernel.cross_entropy ignore_index -100 ins(%rows, %indices : tensor<4x8xf32>, tensor<4xi32>)
      outs(%n, %n : tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>, tensor<4xf32>
  %g = tern_kernel.cross_entropy_grad ignore_index -100 ins(%indices, %l#1, %scale : tensor<4xi32>, tensor<4xf32>, tensor<f32>)
      outs(%rows : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %sum, %g : tensor<10x8xf32>, tensor<4x8xf32>
}

// Rows are written in the place of the cache.
// CHECK-LABEL: @write_rows
// CHECK: tern_kernel.write_rows ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<2x4x8xf32>, tensor<2xi32>, tensor<2xi32>) outs(%{{.*}} : tensor<2x64x8xf32>)
// BUFFER-LABEL: @write_rows
// BUFFER-NOT: memref.copy
// BUFFER: tern_kernel.write_rows
func.func @write_rows(%rows: tensor<2x4x8xf32>, %p: tensor<2xi32>, %n: tensor<2xi32>, %cache: tensor<2x64x8xf32>) -> tensor<2x64x8xf32> {
  %r = tern_kernel.write_rows ins(%rows, %p, %n : tensor<2x4x8xf32>, tensor<2xi32>, tensor<2xi32>)
      outs(%cache : tensor<2x64x8xf32>) -> tensor<2x64x8xf32>
  return %r : tensor<2x64x8xf32>
}

// CHECK-LABEL: @blocks
// CHECK: tern_kernel.quantize q4_0 ins(%{{.*}} : tensor<20x64xf32>) outs(%{{.*}} : tensor<20x2x18xi8>)
// CHECK: tern_kernel.interleave q4_0
// CHECK: tern_kernel.contract init(zero) blocks(q4_0) ins(%{{.*}}, %{{.*}} : tensor<4x64xf32>, tensor<2x2x288xi8>)
// CHECK: tern_kernel.deinterleave q4_0
// CHECK: tern_kernel.dequantize q4_0
// BUFFER-LABEL: @blocks
// BUFFER-NOT: memref.copy
// BUFFER: tern_kernel.contract init(zero) blocks(q4_0) ins({{.*}} : memref<4x64xf32>, memref<2x2x288xi8>)
func.func @blocks(%a: tensor<4x64xf32>, %w: tensor<20x64xf32>) -> (tensor<4x20xf32>, tensor<20x64xf32>) {
  %e0 = tensor.empty() : tensor<20x2x18xi8>
  %e1 = tensor.empty() : tensor<2x2x288xi8>
  %e2 = tensor.empty() : tensor<4x20xf32>
  %e3 = tensor.empty() : tensor<20x2x18xi8>
  %e4 = tensor.empty() : tensor<20x64xf32>
  %q = tern_kernel.quantize q4_0 ins(%w : tensor<20x64xf32>) outs(%e0 : tensor<20x2x18xi8>) -> tensor<20x2x18xi8>
  %p = tern_kernel.interleave q4_0 ins(%q : tensor<20x2x18xi8>) outs(%e1 : tensor<2x2x288xi8>) -> tensor<2x2x288xi8>
  %c = tern_kernel.contract init(zero) blocks(q4_0) ins(%a, %p : tensor<4x64xf32>, tensor<2x2x288xi8>) outs(%e2 : tensor<4x20xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<4x20xf32>
  %r = tern_kernel.deinterleave q4_0 ins(%p : tensor<2x2x288xi8>) outs(%e3 : tensor<20x2x18xi8>) -> tensor<20x2x18xi8>
  %d = tern_kernel.dequantize q4_0 ins(%r : tensor<20x2x18xi8>) outs(%e4 : tensor<20x64xf32>) -> tensor<20x64xf32>
  return %c, %d : tensor<4x20xf32>, tensor<20x64xf32>
}
