// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowering room: from the model floor to the tensor floor.

#ifndef TERN_COMPILER_LOWER_PASSES_TD
#define TERN_COMPILER_LOWER_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowerToLinalg : Pass<"tern-lower-to-linalg", "::mlir::ModuleOp"> {
  let summary = "Lower tern ops to linalg, tern_kernel, tensor and scf";
  let description = [{
    Elementwise ops and reductions become linalg.generic, with broadcasting in the indexing maps; products, attention,
    table look-up and cross-entropy become tern_kernel ops; shape ops become views where they can; `tern.layers` becomes
    scf.for. Shapes are static, and random ops have their key. An op that nothing lowers is an error at its location.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
                           "::tern::kernel::KernelDialect"];
}

def MaterializeSplats : Pass<"tern-materialize-splats", "::mlir::func::FuncOp"> {
  let summary = "Turn constant tensors of one value into fills";
  let description = [{
    A tensor that holds one value everywhere would become data of the program, as large as the tensor. It becomes an empty
    tensor and a fill. Tensors of one element stay constants.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

#endif // TERN_COMPILER_LOWER_PASSES_TD
