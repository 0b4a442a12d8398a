// Losses over classes run over rows; linear_cross_entropy never holds more logits than one chunk.
// RUN: tern-opt %s --tern-lower-to-linalg -canonicalize | FileCheck %s

// CHECK-LABEL: func @mse
// CHECK-COUNT-1: iterator_types = ["reduction", "reduction"]
// CHECK: arith.subf
// CHECK: arith.mulf
// CHECK: arith.addf
func.func @mse(%p: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> tensor<f32> {
  %loss = tern.mse %p, %y : tensor<2x3xf32>, tensor<2x3xf32>
  return %loss : tensor<f32>
}

// CHECK-LABEL: func @cross_entropy
// CHECK-SAME: %[[LOGITS:.*]]: tensor<2x3x5xf32>, %[[TARGETS:.*]]: tensor<2x3xi32>
// CHECK-DAG: %[[ROWS:.*]] = tensor.collapse_shape %[[LOGITS]] {{.*}} into tensor<6x5xf32>
// CHECK-DAG: %[[FLAT:.*]] = tensor.collapse_shape %[[TARGETS]] {{.*}} into tensor<6xi32>
// CHECK: tern_kernel.cross_entropy ignore_index -100 ins(%[[ROWS]], %[[FLAT]]
// CHECK: arith.cmpi ne
// CHECK: arith.maximumf
// CHECK: arith.divf
func.func @cross_entropy(%l: tensor<2x3x5xf32>, %t: tensor<2x3xi32>) -> tensor<f32> {
  %loss = tern.cross_entropy %l, %t : tensor<2x3x5xf32>, tensor<2x3xi32>
  return %loss : tensor<f32>
}

// CHECK-LABEL: func @one_chunk
// CHECK-NOT: scf.for
// CHECK: %[[LOGITS:.*]] = tern_kernel.contract transpose_b init(zero)
// CHECK: %[[ROWS:.*]]:2 = tern_kernel.cross_entropy {{.*}} ins(%[[LOGITS]]
// CHECK: %[[D:.*]] = tern_kernel.cross_entropy_grad {{.*}} ins(%{{.*}}, %[[ROWS]]#1, {{.*}} outs(%[[LOGITS]]
// CHECK: tern_kernel.contract init(zero) ins(%[[D]],
// CHECK: tern_kernel.contract transpose_a init(zero) ins(%[[D]],
func.func @one_chunk(%x: tensor<2x3x8xf32>, %w: tensor<16x8xf32>, %t: tensor<2x3xi32>, %d: tensor<f32>)
    -> (tensor<f32>, tensor<2x3x8xf32>, tensor<16x8xf32>) {
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %t, %d :
      tensor<2x3x8xf32>, tensor<16x8xf32>, tensor<2x3xi32>, tensor<f32>
  return %loss, %dx, %dw : tensor<f32>, tensor<2x3x8xf32>, tensor<16x8xf32>
}

// 600 rows are three chunks of 200. The first one writes dW, so that nothing fills it before.
// CHECK-LABEL: func @chunks
// CHECK-DAG: %[[STEP:.*]] = arith.constant 200 : index
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 0 : index
// CHECK: scf.for %[[ROW:.*]] = %[[ZERO]] to %{{.*}} step %[[STEP]]
// CHECK: tensor.extract_slice %{{.*}}[%[[ROW]], 0] [200, 8] [1, 1]
// CHECK: tern_kernel.contract transpose_b init(zero) {{.*}} outs(%{{.*}} : tensor<200x16xf32>)
// CHECK: %[[ADDS:.*]] = arith.cmpi ne, %[[ROW]], %[[ZERO]]
// CHECK: %[[FLAG:.*]] = tensor.from_elements %[[ADDS]] : tensor<i1>
// CHECK: tern_kernel.contract transpose_a init(flag) {{.*}} flag(%[[FLAG]] : tensor<i1>)
// CHECK: scf.yield
func.func @chunks(%x: tensor<600x8xf32>, %w: tensor<16x8xf32>, %t: tensor<600xi32>, %d: tensor<f32>)
    -> (tensor<f32>, tensor<600x8xf32>, tensor<16x8xf32>) {
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %t, %d :
      tensor<600x8xf32>, tensor<16x8xf32>, tensor<600xi32>, tensor<f32>
  return %loss, %dx, %dw : tensor<f32>, tensor<600x8xf32>, tensor<16x8xf32>
}

// 256 rows are two chunks: the logits never exist as a whole.
// CHECK-LABEL: func @halves
// CHECK-DAG: arith.constant 128 : index
// CHECK: scf.for
// CHECK: tern_kernel.contract transpose_b init(zero) {{.*}} outs(%{{.*}} : tensor<128x16xf32>)
// CHECK-NOT: tensor<256x16xf32>
// CHECK: return
func.func @halves(%x: tensor<256x8xf32>, %w: tensor<16x8xf32>, %t: tensor<256xi32>) -> tensor<f32> {
  %loss = tern.linear_cross_entropy %x, %w, %t : tensor<256x8xf32>, tensor<16x8xf32>, tensor<256xi32>
  return %loss : tensor<f32>
}

// A prime number of rows: chunks of 256, and a shorter one after the loop.
// CHECK-LABEL: func @tail
// CHECK-DAG: arith.constant 256 : index
// CHECK-DAG: arith.constant 512 : index
// CHECK: scf.for
// CHECK: tern_kernel.contract transpose_b init(zero) {{.*}} outs(%{{.*}} : tensor<256x16xf32>)
// CHECK: scf.yield
// CHECK: tern_kernel.contract transpose_b init(zero) {{.*}} outs(%{{.*}} : tensor<9x16xf32>)
func.func @tail(%x: tensor<521x8xf32>, %w: tensor<16x8xf32>, %t: tensor<521xi32>) -> tensor<f32> {
  %loss = tern.linear_cross_entropy %x, %w, %t : tensor<521x8xf32>, tensor<16x8xf32>, tensor<521xi32>
  return %loss : tensor<f32>
}

// With `onto`, the first chunk adds to what is there where the flag holds.
// CHECK-LABEL: func @onto
// CHECK-SAME: %[[OLD:[^:]*]]: tensor<16x8xf32>, %[[FLAG:[^:]*]]: tensor<i1>
// CHECK: tern_kernel.contract transpose_a init(flag) {{.*}} flag(%[[FLAG]] : tensor<i1>) outs(%[[OLD]] :
func.func @onto(%old: tensor<16x8xf32>, %flag: tensor<i1>, %x: tensor<6x8xf32>, %w: tensor<16x8xf32>,
    %t: tensor<6xi32>, %d: tensor<f32>) -> tensor<16x8xf32> {
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %t, %d onto %old if %flag :
      tensor<6x8xf32>, tensor<16x8xf32>, tensor<6xi32>, tensor<f32> onto tensor<16x8xf32> if tensor<i1>
  return %dw : tensor<16x8xf32>
}

// Label smoothing adds the mean of each row of logits; the gradient has one pass more.
// CHECK-LABEL: func @smoothed
// CHECK: tern_kernel.cross_entropy
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK: tern_kernel.cross_entropy_grad
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
func.func @smoothed(%l: tensor<6x5xf32>, %t: tensor<6xi32>, %d: tensor<f32>) -> (tensor<f32>, tensor<6x5xf32>) {
  %loss = tern.cross_entropy %l, %t label_smoothing 0.1 : tensor<6x5xf32>, tensor<6xi32>
  %grad = tern.cross_entropy_grad %l, %t, %d label_smoothing 0.1 : tensor<6x5xf32>, tensor<6xi32>, tensor<f32>
  return %loss, %grad : tensor<f32>, tensor<6x5xf32>
}

// CHECK-LABEL: func @kl_div
// CHECK-COUNT-1: iterator_types = ["reduction", "reduction"]
// CHECK: math.log
// CHECK: arith.select
func.func @kl_div(%q: tensor<2x3xf32>, %p: tensor<2x3xf32>) -> tensor<f32> {
  %loss = tern.kl_div %q, %p : tensor<2x3xf32>, tensor<2x3xf32>
  return %loss : tensor<f32>
}

// CHECK-LABEL: func @huber
// CHECK-COUNT-1: iterator_types = ["reduction", "reduction"]
// CHECK: math.absf
// CHECK: arith.select
func.func @huber(%p: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> tensor<f32> {
  %loss = tern.huber %p, %y : tensor<2x3xf32>, tensor<2x3xf32>
  return %loss : tensor<f32>
}
