// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuse room: several ops become one. Passes in alphabetical order.

#ifndef TERN_COMPILER_FUSE_PASSES_TD
#define TERN_COMPILER_FUSE_PASSES_TD

include "mlir/Pass/PassBase.td"

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
