// RUN: tern-opt %s -tern-derive-objective=objective=causal-lm | FileCheck %s
// RUN: not tern-opt %s -tern-derive-objective=objective=contrastive 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// RUN: tern-opt %s -tern-derive-objective="objective=causal-lm prefill=16 slots=3" | FileCheck %s --check-prefix=PIECES

// PIECES: func.func @forward(
// PIECES: func.func @prefill(
// PIECES-SAME: attributes {tern.batch = 1 : i64, tern.entry = "prefill", tern.seq = 16 : i64, tern.tokens = 16 : i64}
// PIECES: func.func @decode(
// PIECES-SAME: attributes {tern.batch = 3 : i64, tern.entry = "decode", tern.seq = 16 : i64, tern.tokens = 1 : i64}
// PIECES: func.func @loss(
// PIECES-NOT: tern.tokens

// UNKNOWN: objective 'contrastive' is not supported; choose causal-lm, masked-lm, seq2seq, classify, regress, embed, or none and write @loss

// CHECK: module attributes {tern.objective = "causal-lm", tern.vocabulary = 10 : i64}
// CHECK: func.func @forward(
// CHECK-SAME: -> (tensor<?x?x10xf32> {tern.role = "logits"}) attributes {tern.batch = 1 : i64, tern.entry = "forward"}

// CHECK: func.func @loss(%[[TOKENS:.*]]: tensor<?x?xi32> {{.*}}, %[[W:.*]]: tensor<10x10xf32>, %[[TARGETS:.*]]: tensor<?x?xi32> {tern.dims = ["batch", "seq"], tern.role = "targets"})
// CHECK-SAME: -> (tensor<f32> {tern.role = "loss"}) attributes {tern.entry = "loss"}
// CHECK: %[[LOGITS:.*]] = tern.embedding %[[TOKENS]], %[[W]]
// CHECK: %[[LOSS:.*]] = tern.cross_entropy %[[LOGITS]], %[[TARGETS]]
// CHECK: return %[[LOSS]]

// CHECK: func.func @grad(
// CHECK-SAME: tern.differentiate, tern.entry = "grad"
func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}, %w: tensor<10x10xf32>) -> tensor<?x?x10xf32> {
  %logits = tern.embedding %tokens, %w : tensor<?x?xi32>, tensor<10x10xf32>
  return %logits : tensor<?x?x10xf32>
}
