// RUN: tern-opt %s --tern-destinations-to-buffers --eliminate-empty-tensors --one-shot-bufferize --canonicalize --cse \
// RUN:   --tern-forward-copies --tern-explain-copies --remarks=explain-copies --mlir-print-op-on-diagnostic=false --verify-diagnostics | FileCheck %s

// From tensors to buffers as the pipeline does it: what is updated is updated in place, layers stack in place, parts of a
// concatenation are computed in their parts. The only copy left is one of an input that the layers overwrite.

#map = affine_map<(d0, d1) -> (d0, d1)>

// CHECK-LABEL: func.func @update(
// CHECK-SAME: %[[W:[a-z0-9]*]]: memref<4x8xf32> {tern.variable = "parameter:u"}
// CHECK-SAME: %[[M:[a-z0-9]*]]: memref<4x8xf32> {tern.variable = "state0:w"}
// CHECK-NOT: memref.alloc
// CHECK: linalg.generic {{.*}} outs(%[[W]], %[[M]] :
func.func @update(%lr: tensor<f32> {tern.role = "learning_rate"}, %w: tensor<4x8xf32> {tern.variable = "parameter:u"}, %g: tensor<4x8xf32> {tern.variable = "gradient:w"}, %m: tensor<4x8xf32> {tern.variable = "state0:w"})
   -> (tensor<4x8xf32> {tern.updates = "parameter:u"}, tensor<4x8xf32> {tern.updates = "state0:w"}, tensor<f32> {tern.role = "grad_norm"}) attributes {tern.entry = "update"} {
  %l = tensor.extract %lr[] : tensor<f32>
  %e0 = tensor.empty() : tensor<4x8xf32>
  %e1 = tensor.empty() : tensor<4x8xf32>
  %r:2 = linalg.generic {indexing_maps = [#map, #map, #map, #map, #map], iterator_types = ["parallel", "parallel"]} ins(%w, %g, %m : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>) outs(%e0, %e1 : tensor<4x8xf32>, tensor<4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %o: f32, %o2: f32):
    %x = arith.mulf %b, %l : f32
    %mm = arith.addf %x, %c : f32
    %y = arith.subf %a, %mm : f32
    linalg.yield %y, %mm : f32, f32
  } -> (tensor<4x8xf32>, tensor<4x8xf32>)
  %n = math.absf %l : f32
  %nt = tensor.from_elements %n : tensor<f32>
  return %r#0, %r#1, %nt : tensor<4x8xf32>, tensor<4x8xf32>, tensor<f32>
}

// CHECK-LABEL: func.func @forward(
// CHECK-COUNT-2: memref.alloc()
// CHECK-NOT: memref.alloc
func.func @forward(%x: tensor<4x8xf32> {tern.role = "x"}, %w: tensor<3x8x8xf32> {tern.variable = "parameter:w"}) -> (tensor<2x2x8xf32> {tern.role = "logits"}, tensor<4x16xf32> {tern.role = "cat"}) attributes {tern.entry = "forward"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %z = arith.constant 0.0 : f32
  %st0 = tensor.empty() : tensor<3x4x8xf32>
  // expected-remark @+1 {{copy: 128 bytes, from input "x" to a temporary}}
  %h:2 = scf.for %i = %c0 to %c3 step %c1 iter_args(%hh = %x, %st = %st0) -> (tensor<4x8xf32>, tensor<3x4x8xf32>) {
    %wi = tensor.extract_slice %w[%i, 0, 0] [1, 8, 8] [1, 1, 1] : tensor<3x8x8xf32> to tensor<8x8xf32>
    %e = tensor.empty() : tensor<4x8xf32>
    %f = linalg.fill ins(%z : f32) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
    %mm = linalg.matmul ins(%hh, %wi : tensor<4x8xf32>, tensor<8x8xf32>) outs(%f : tensor<4x8xf32>) -> tensor<4x8xf32>
    %e2 = tensor.empty() : tensor<4x8xf32>
    %h2 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel"]} ins(%hh, %mm : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e2 : tensor<4x8xf32>) {
    ^bb0(%a: f32, %b: f32, %o: f32):
      %y = arith.addf %a, %b : f32
      linalg.yield %y : f32
    } -> tensor<4x8xf32>
    %st2 = tensor.insert_slice %mm into %st[%i, 0, 0] [1, 4, 8] [1, 1, 1] : tensor<4x8xf32> into tensor<3x4x8xf32>
    scf.yield %h2, %st2 : tensor<4x8xf32>, tensor<3x4x8xf32>
  }
  %e3 = tensor.empty() : tensor<4x8xf32>
  %e4 = tensor.empty() : tensor<4x8xf32>
  %q:2 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel"]} ins(%h#0 : tensor<4x8xf32>) outs(%e3, %e4 : tensor<4x8xf32>, tensor<4x8xf32>) {
    ^bb0(%a: f32, %o: f32, %o2: f32):
      %y = arith.addf %a, %a : f32
      linalg.yield %y, %a : f32, f32
    } -> (tensor<4x8xf32>, tensor<4x8xf32>)
  %cat = tensor.empty() : tensor<4x16xf32>
  %cat1 = tensor.insert_slice %q#0 into %cat[0, 0] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x16xf32>
  %cat2 = tensor.insert_slice %q#1 into %cat1[0, 8] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x16xf32>
  %sl = tensor.extract_slice %h#1[1, 0, 0] [1, 4, 8] [1, 1, 1] : tensor<3x4x8xf32> to tensor<4x8xf32>
  %e5 = tensor.empty() : tensor<4x8xf32>
  %o = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%sl : tensor<4x8xf32>) outs(%e5 : tensor<4x8xf32>) {
    ^bb0(%a: f32, %o: f32):
      %y = arith.addf %a, %a : f32
      linalg.yield %y : f32
    } -> (tensor<4x8xf32>)
  %ex = tensor.expand_shape %o [[0, 1], [2]] output_shape [2, 2, 8] : tensor<4x8xf32> into tensor<2x2x8xf32>
  return %ex, %cat2 : tensor<2x2x8xf32>, tensor<4x16xf32>
}
