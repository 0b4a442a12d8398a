// What each objective adds to @forward.
// RUN: split-file %s %t
// RUN: tern-opt %t/pair.mlir -tern-derive-objective=objective=masked-lm | FileCheck %t/pair.mlir
// RUN: tern-opt %t/source.mlir -tern-derive-objective=objective=seq2seq | FileCheck %t/source.mlir
// RUN: tern-opt %t/classes.mlir -tern-derive-objective=objective=classify | FileCheck %t/classes.mlir
// RUN: tern-opt %t/number.mlir -tern-derive-objective=objective=regress | FileCheck %t/number.mlir
// RUN: tern-opt %t/embed.mlir -tern-derive-objective=objective=embed | FileCheck %t/embed.mlir
// RUN: tern-opt %t/rank-0.mlir -tern-derive-objective | FileCheck %t/rank-0.mlir

// A second result is next-sentence logits; the first one alone would be masked words only.
//--- pair.mlir
// CHECK: func.func @loss(
// CHECK-SAME: %[[TARGETS:[a-z0-9]*]]: tensor<?x?xi32> {tern.dims = ["batch", "seq"], tern.role = "targets"}
// CHECK-SAME: %[[NEXT:[a-z0-9]*]]: tensor<?xi32> {tern.dims = ["batch"], tern.role = "next_sentence"})
// CHECK-SAME: -> (tensor<f32> {tern.role = "loss"})
// CHECK: %[[WORDS:.*]] = tern.cross_entropy %{{.*}}, %[[TARGETS]]
// CHECK: %[[PAIRS:.*]] = tern.cross_entropy %{{.*}}, %[[NEXT]]
// CHECK: %[[BOTH:.*]] = tern.add %[[WORDS]], %[[PAIRS]]
// CHECK: return %[[BOTH]] : tensor<f32>
func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}, %w: tensor<10x10xf32>,
    %v: tensor<10x2xf32>) -> (tensor<?x?x10xf32>, tensor<?x2xf32>) {
  %x = tern.embedding %tokens, %w : tensor<?x?xi32>, tensor<10x10xf32>
  %m = tern.mean %x dims [1] : tensor<?x?x10xf32>
  %p = tern.linear %m weight %v : tensor<?x10xf32>, tensor<10x2xf32>
  return %x, %p : tensor<?x?x10xf32>, tensor<?x2xf32>
}

//--- source.mlir
// CHECK: func.func @forward(
// CHECK-SAME: tern.batch = 1 : i64
// CHECK: func.func @loss(
// CHECK: tern.cross_entropy
func.func @forward(%source: tensor<?x?xi32> {tern.role = "source", tern.dims = ["batch", "source"]},
    %tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}, %w: tensor<10x10xf32>) -> tensor<?x?x10xf32> {
  %s = tern.embedding %source, %w : tensor<?x?xi32>, tensor<10x10xf32>
  %m = tern.mean %s dims [1] keep_dims : tensor<?x?x10xf32>
  %x = tern.embedding %tokens, %w : tensor<?x?xi32>, tensor<10x10xf32>
  %y = tern.add %x, %m : tensor<?x?x10xf32>, tensor<?x1x10xf32>
  return %y : tensor<?x?x10xf32>
}

//--- classes.mlir
// CHECK: func.func @forward({{.*}} -> (tensor<?x3xf32> {tern.role = "logits"})
// CHECK: func.func @loss(
// CHECK-SAME: %[[LABELS:[a-z0-9]*]]: tensor<?xi32> {tern.dims = ["batch"], tern.role = "labels"}
// CHECK: tern.cross_entropy %{{.*}}, %[[LABELS]]
func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}, %w: tensor<10x3xf32>) -> tensor<?x3xf32> {
  %x = tern.embedding %tokens, %w : tensor<?x?xi32>, tensor<10x3xf32>
  %m = tern.mean %x dims [1] : tensor<?x?x3xf32>
  return %m : tensor<?x3xf32>
}

//--- number.mlir
// CHECK: func.func @forward({{.*}} -> (tensor<?x1xf32> {tern.role = "prediction"})
// CHECK: func.func @loss(
// CHECK-SAME: %[[LABELS:[a-z0-9]*]]: tensor<?x1xf32> {{.*}}tern.role = "labels"}
// CHECK: tern.mse %{{.*}}, %[[LABELS]]
func.func @forward(%x: tensor<?x4xf32> {tern.role = "features", tern.dims = ["batch", "feature"]}, %w: tensor<4x1xf32>) -> tensor<?x1xf32> {
  %y = tern.linear %x weight %w : tensor<?x4xf32>, tensor<4x1xf32>
  return %y : tensor<?x1xf32>
}

// The body runs twice, on data of its own and with one set of parameters. Pairs that are not there are no candidates.
//--- embed.mlir
// CHECK: func.func @forward({{.*}} -> (tensor<?x8xf32> {tern.role = "embedding"})
// CHECK: func.func @loss(%[[A:.*]]: tensor<?x?xi32> {{.*}}, %[[W:.*]]: tensor<10x8xf32>, %[[P:[a-z0-9]*]]: tensor<?x?xi32> {tern.dims = ["batch", "seq"], tern.role = "positive_tokens"}, %[[LABELS:[a-z0-9]*]]: tensor<?xi32> {tern.dims = ["batch"], tern.role = "labels"})
// CHECK: tern.embedding %[[A]], %[[W]]
// CHECK: tern.embedding %[[P]], %[[W]]
// CHECK: tern.matmul %{{.*}}, %{{.*}} transpose_b
// CHECK: %[[THERE:.*]] = tern.greater_equal %[[LABELS]], %{{.*}}
// CHECK: %[[SEEN:.*]] = tern.where %[[THERE]], %{{.*}}, %{{.*}}
// CHECK: tern.cross_entropy %[[SEEN]], %[[LABELS]]
func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}, %w: tensor<10x8xf32>) -> tensor<?x8xf32> {
  %x = tern.embedding %tokens, %w : tensor<?x?xi32>, tensor<10x8xf32>
  %m = tern.mean %x dims [1] : tensor<?x?x8xf32>
  return %m : tensor<?x8xf32>
}

//--- rank-0.mlir
// A number has no vocabulary.
// CHECK-NOT: tern.vocabulary
// CHECK: func.func @forward(
// CHECK-SAME: -> (tensor<f32> {tern.role = "logits"})
func.func @forward(%tokens: tensor<2x4xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}, %x: tensor<f32>) -> tensor<f32> {
  return %x : tensor<f32>
}
