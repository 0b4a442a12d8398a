// RUN: tern-opt %s --split-input-file --tern-choose-layouts=target=x86-64-v4 | FileCheck %s --check-prefixes=CHECK,V512
// RUN: tern-opt %s --split-input-file --tern-choose-layouts=target=x86-64-v3 | FileCheck %s --check-prefixes=CHECK,V256
// RUN: tern-opt %s --split-input-file --tern-choose-layouts=target=x86-64-v4+avx512bf16 | FileCheck %s --check-prefixes=CHECK,PAIRS
// RUN: tern-opt %s --split-input-file --tern-choose-layouts="target=x86-64-v4+emulated-amx" | FileCheck %s --check-prefixes=CHECK,TILES
// RUN: tern-opt %s --split-input-file --tern-choose-layouts=target=x86-64-v4 --remarks=choose-layouts -o %t 2>&1 | FileCheck %s --check-prefix=SAID
// RUN: tern-opt %s --split-input-file --tern-choose-layouts=target=x86-64-v4+emulated-amx --remarks=choose-layouts -o %t 2>&1 | FileCheck %s --check-prefix=PARTS

// Layers stay slices; @init packs layer by layer what it computed for all; the entry packs one layer out of a buffer.
// CHECK-LABEL: func.func @init
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<3x256x512x[[T:f32|bf16]], #tern_kernel.packed<
// CHECK-SAME: tern.canonical = tensor<3x256x512xf32>
// CHECK: scf.for %[[L:.*]] = {{.*}} iter_args(%[[STACK:.*]] = %[[W]])
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<1x256x512xf32>)
// CHECK: %[[PLACE:.*]] = linalg.index 0
// CHECK: arith.addi %[[PLACE]], %[[L]]
// CHECK: %[[MATRIX:.*]] = tensor.collapse_shape
// CHECK: %[[PART:.*]] = tensor.extract_slice %[[STACK]][%[[L]], 0, 0]
// CHECK: %[[PACKED:.*]] = tern_kernel.pack {{.*}} ins(%[[MATRIX]] : tensor<256x512xf32>) outs(%[[PART]]
// CHECK: tensor.insert_slice %[[PACKED]] into %[[STACK]][%[[L]], 0, 0]
// CHECK-LABEL: func.func @forward
// V512: layout_b(<columns = 32, group = 1>) ins(%{{.*}}, %{{.*}} : tensor<64x256xf32>, tensor<256x512xf32, #tern_kernel.packed<columns = 32, group = 1>>)
// V256: layout_b(<columns = 16, group = 1>)
// PAIRS: tern_kernel.contract init(zero) compute(bf16) layout_b(<columns = 32, group = 2>) {{.*}} tensor<256x512xbf16, #tern_kernel.packed<columns = 32, group = 2>>)
// TILES: tern_kernel.contract init(zero) compute(bf16) layout_b(<columns = 32, group = 2>)
// CHECK: func.func @"load.h.{i}.w"(%[[LAYER:.*]]: tensor<i64> {tern.role = "layer"}, %[[VALUE:.*]]: tensor<131072xf32> {tern.role = "value"}
// CHECK: arith.maxsi
// CHECK: arith.minsi
// CHECK: tern_kernel.pack {{.*}}compute(bf16)
// CHECK: tensor.insert_slice
// SAID: remark: [passed] choose-layouts: packed: 'h.{i}.w' as tensor<3x16x256x32xf32>
func.func @init(%seed: tensor<i64> {tern.role = "seed"}, %w: tensor<3x256x512xf32> {tern.variable = "parameter:h.{i}.w"})
    -> (tensor<3x256x512xf32> {tern.updates = "parameter:h.{i}.w"}) attributes {tern.entry = "init"} {
  %empty = tensor.empty() : tensor<3x256x512xf32>
  %first = linalg.generic {indexing_maps = [affine_map<(l, k, n) -> ()>, affine_map<(l, k, n) -> (l, k, n)>],
      iterator_types = ["parallel", "parallel", "parallel"]} ins(%seed : tensor<i64>) outs(%empty : tensor<3x256x512xf32>) {
  ^bb0(%s: i64, %old: f32):
    %l = linalg.index 0 : index
    %i = arith.index_cast %l : index to i64
    %sum = arith.addi %i, %s : i64
    %x = arith.sitofp %sum : i64 to f32
    linalg.yield %x : f32
  } -> tensor<3x256x512xf32>
  return %first : tensor<3x256x512xf32>
}
func.func @forward(%x: tensor<64x256xf32> {tern.role = "x"}, %i: index, %w: tensor<3x256x512xf32> {tern.variable = "parameter:h.{i}.w"})
    -> tensor<64x512xf32> {
  %slice = tensor.extract_slice %w[%i, 0, 0] [1, 256, 512] [1, 1, 1] : tensor<3x256x512xf32> to tensor<1x256x512xf32>
  %b = tensor.collapse_shape %slice [[0, 1], [2]] : tensor<1x256x512xf32> into tensor<256x512xf32>
  %out = tensor.empty() : tensor<64x512xf32>
  %y = tern_kernel.contract init(zero) compute(bf16) ins(%x, %b : tensor<64x256xf32>, tensor<256x512xf32>) outs(%out : tensor<64x512xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<64x512xf32>
  return %y : tensor<64x512xf32>
}

// -----

// Reasons to stay.
// CHECK-LABEL: func.func @stays
// CHECK-NOT: layout_b
// CHECK-NOT: @load
// SAID: remark: [missed] choose-layouts: not packed: 'table' is read by tern_kernel.gather too
// SAID: remark: [missed] choose-layouts: not packed: 'row' streams through a product of 1 row
// SAID: remark: [missed] choose-layouts: not packed: 'small' would take 8192 bytes in panels instead of 2048
// SAID: remark: [missed] choose-layouts: not packed: 'updated' is updated
// SAID: remark: [missed] choose-layouts: not packed: 'trained' is trained
// SAID: remark: [missed] choose-layouts: not packed: 'left' is read by tern_kernel.contract too
func.func @stays(%x: tensor<64x64xf32>, %i: tensor<64xi32>, %table: tensor<64x64xf32> {tern.variable = "parameter:table"},
    %row: tensor<64x64xf32> {tern.variable = "parameter:row"}, %small: tensor<64x8xf32> {tern.variable = "parameter:small"},
    %updated: tensor<64x64xf32> {tern.variable = "parameter:updated"}, %trained: tensor<64x64xf32> {tern.variable = "parameter:trained"},
    %gradient: tensor<64x64xf32> {tern.variable = "gradient:trained"}, %left: tensor<64x64xf32> {tern.variable = "parameter:left"})
    -> (tensor<64x64xf32>, tensor<64x64xf32>, tensor<1x64xf32>, tensor<64x8xf32>, tensor<64x64xf32> {tern.updates = "parameter:updated"},
        tensor<64x64xf32>, tensor<64x64xf32>) {
  %out = tensor.empty() : tensor<64x64xf32>
  %narrow = tensor.empty() : tensor<64x8xf32>
  %one = tensor.empty() : tensor<1x64xf32>
  %first = tensor.extract_slice %x[0, 0] [1, 64] [1, 1] : tensor<64x64xf32> to tensor<1x64xf32>
  %rows = tern_kernel.gather ins(%table, %i : tensor<64x64xf32>, tensor<64xi32>) outs(%out : tensor<64x64xf32>) -> tensor<64x64xf32>
  %a = tern_kernel.contract transpose_b init(zero) ins(%x, %table : tensor<64x64xf32>, tensor<64x64xf32>) outs(%out : tensor<64x64xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<64x64xf32>
  %b = tern_kernel.contract init(zero) ins(%first, %row : tensor<1x64xf32>, tensor<64x64xf32>) outs(%one : tensor<1x64xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<1x64xf32>
  %c = tern_kernel.contract init(zero) ins(%x, %small : tensor<64x64xf32>, tensor<64x8xf32>) outs(%narrow : tensor<64x8xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<64x8xf32>
  %d = tern_kernel.contract init(zero) ins(%x, %updated : tensor<64x64xf32>, tensor<64x64xf32>) outs(%out : tensor<64x64xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<64x64xf32>
  %e = tern_kernel.contract init(zero) ins(%x, %trained : tensor<64x64xf32>, tensor<64x64xf32>) outs(%out : tensor<64x64xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<64x64xf32>
  %f = tern_kernel.contract init(zero) ins(%left, %left : tensor<64x64xf32>, tensor<64x64xf32>) outs(%out : tensor<64x64xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<64x64xf32>
  return %rows, %a, %b, %c, %d, %e, %f : tensor<64x64xf32>, tensor<64x64xf32>, tensor<1x64xf32>, tensor<64x8xf32>, tensor<64x64xf32>,
      tensor<64x64xf32>, tensor<64x64xf32>
}

// -----

// Two products, two forms; f32 on tile registers is packed in parts.
// CHECK-LABEL: func.func @forms
// SAID: remark: [missed] choose-layouts: not packed: 'w' is read by products in different forms
// PARTS: remark: [missed] choose-layouts: not packed: 'v' is multiplied as a sum of parts in bf16
func.func @forms(%x: tensor<64x64xf32>, %w: tensor<64x64xf32> {tern.variable = "parameter:w"},
    %v: tensor<64x64xf32> {tern.variable = "parameter:v"}) -> (tensor<64x64xf32>, tensor<64x64xf32>, tensor<64x64xf32>) {
  %out = tensor.empty() : tensor<64x64xf32>
  %a = tern_kernel.contract init(zero) ins(%x, %w : tensor<64x64xf32>, tensor<64x64xf32>) outs(%out : tensor<64x64xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<64x64xf32>
  %b = tern_kernel.contract transpose_b init(zero) ins(%x, %w : tensor<64x64xf32>, tensor<64x64xf32>) outs(%out : tensor<64x64xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<64x64xf32>
  %c = tern_kernel.contract init(zero) ins(%x, %v : tensor<64x64xf32>, tensor<64x64xf32>) outs(%out : tensor<64x64xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<64x64xf32>
  return %a, %b, %c : tensor<64x64xf32>, tensor<64x64xf32>, tensor<64x64xf32>
}
