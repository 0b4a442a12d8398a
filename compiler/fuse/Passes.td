// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuse room: several ops become one. Passes in alphabetical order.

#ifndef TERN_COMPILER_FUSE_PASSES_TD
#define TERN_COMPILER_FUSE_PASSES_TD

include "mlir/Pass/PassBase.td"

def FuseElementwise : Pass<"tern-fuse-elementwise", "::mlir::func::FuncOp"> {
  let summary = "elementwise linalg ops into their consumers";
  let description = [{
    Upstream's fusion of elementwise producers into elementwise or reducing consumers, held back where it would compute
    something costly twice: a producer with several users stays unless it is a few additions.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def FuseEpilogue : Pass<"tern-fuse-epilogue", "::mlir::func::FuncOp"> {
  let summary = "elementwise consumers and accumulation into tern_kernel.contract";
  let description = [{
    An elementwise linalg.generic over the result of a product moves into its region; its other operands become extras. If
    the product itself is still needed it becomes a further out. An addition to a stored gradient under a flag becomes
    `init(flag)`, or `init(add)` where the flag is always true.
  }];
  let dependentDialects = ["::tern::kernel::KernelDialect", "::mlir::tensor::TensorDialect"];
}

def FuseQkv : Pass<"tern-fuse-qkv", "::mlir::ModuleOp"> {
  let summary = "Products of one input with several parameters become one product with a packed parameter";
  let description = [{
    `tern.linear` ops of layout out_in that read the same value: q, k and v of attention, gate and up of a gated MLP. Their
    weights become parts of one parameter, rows one after the other, and so do their biases; the results are split from the
    one result. Nothing is copied: the table of parameters says where each part lies, so that checkpoints and
    initial values stay as they were. Every entry decides alike: a group that one of them lacks stays as it is. Runs before
    differentiation; refusals are missed-optimization remarks of category "fuse-qkv".
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

def RaiseAttention : Pass<"tern-raise-attention", "::mlir::func::FuncOp"> {
  let summary = "Attention written from primitives becomes tern.attention";
  let description = [{
    softmax(scale q k^T + causal mask) v, with heads split and joined by reshape and transpose, or one head on rank 3. Runs
    on static shapes and before differentiation: the op owns its gradient.
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

def RaiseCrossEntropy : Pass<"tern-raise-cross-entropy", "::mlir::func::FuncOp"> {
  let summary = "Losses over classes become cross_entropy and linear_cross_entropy";
  let description = [{
    log(softmax) becomes log_softmax, nll of log_softmax becomes cross_entropy, and cross_entropy of x W^T becomes
    linear_cross_entropy, whose logits never exist as a whole. A weight stored (C, V) or logits that somebody else reads
    stay as they are.
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

def RaiseNorm : Pass<"tern-raise-norm", "::mlir::func::FuncOp"> {
  let summary = "Norms written from primitives become layer_norm and rms_norm";
  let description = [{
    (x - mean) / sqrt(variance + eps) * weight + bias becomes layer_norm; x / sqrt(mean(x^2) + eps) * weight becomes
    rms_norm.
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

def SinkAccumulate : Pass<"tern-sink-accumulate", "::mlir::func::FuncOp"> {
  let summary = "Add gradients where they are computed, not afterwards";
  let description = [{
    `tern.accumulate` of a stored gradient moves to where its value is made: into the layers that stack it, to the terms of
    a sum, into the ops that can add to what is there (embedding_grad, linear_cross_entropy_grad). Then no second buffer of
    the gradient's size exists.
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

#endif // TERN_COMPILER_FUSE_PASSES_TD
