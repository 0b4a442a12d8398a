// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes of the CPU wing: kernels and linalg ops on memrefs to loops, vectors and the LLVM dialect.

#ifndef TERN_COMPILER_CPU_PASSES_TD
#define TERN_COMPILER_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

// What a pass that emits vectors must know of the machine.
class MachinePass<string name> : Pass<name, "::mlir::func::FuncOp"> {
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", "512", "width of a vector register: 128, 256 or 512">,
    Option<"fma", "fma", "bool", "true", "the machine multiplies and adds in one instruction">,
    Option<"l1Bytes", "l1-bytes", "uint64_t", "32768", "first-level data cache of one core">,
    Option<"l2Bytes", "l2-bytes", "uint64_t", "1048576", "second-level cache of one core">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def ExpandKernelsNaive : Pass<"tern-expand-kernels-naive", "::mlir::func::FuncOp"> {
  let summary = "kernels, linalg ops and copies to plain loops on scalars";
  let description = [{
    The reference (-O0): each op becomes one `scf.forall` around loops that say its formula, element by element.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::linalg::LinalgDialect"];
}

def ExpandContract : MachinePass<"tern-expand-contract"> {
  let summary = "products to register-blocked kernels";
  let description = [{
    tern_kernel.contract becomes one scf.forall over tasks, each a block of C: panels of B are packed into scratch, A is
    read in place (packed too when transposed), tiles of C stay in registers over a block of k, and the epilogue runs on
    a tile while it is in the cache. K is never shared among tasks, so the sums do not depend on the threads. A product
    whose operands have no contiguous rows gets a remark and the reference loops.
  }];
}

def ExpandAttention : MachinePass<"tern-expand-attention"> {
  let summary = "attention and its gradient to register-blocked kernels";
  let description = [{
    A task is one (batch, key-value head) and, forwards, a range of queries. Keys and values are packed once; whole rows of
    scores of one register tile lie in scratch. Causal products stop at the diagonal. The gradient sums dk and dv of its
    head in scratch, so that no two tasks add to one place.
  }];
}

def ExpandKernels : MachinePass<"tern-expand-kernels"> {
  let summary = "table look-up and cross-entropy to loops on vectors";
  let description = [{
    gather and cross_entropy share rows; cross_entropy_grad shares rows and spans of columns; scatter_add shares columns, so
    that each thread adds all rows in their order.
  }];
}

def VectorMath : MachinePass<"tern-vector-math"> {
  let summary = "special functions on vectors of f32 to arithmetic";
  let description = [{
    exp, tanh and erf to polynomials of our own (3 units in the last place at most, infinities and NaN as in libm), log, sin,
    cos, log1p and expm1 to upstream's. Other types, and scalars, stay and become calls of libm.
  }];
}

def VectorizeLinalg : MachinePass<"tern-vectorize-linalg"> {
  let summary = "linalg ops and copies on memrefs to loops on vectors";
  let description = [{
    Each op becomes one scf.forall over chunks of its parallel iterations with an inner loop on vectors. Elementwise ops and
    reductions over outer dimensions have vectors along a contiguous parallel dimension; reductions over a contiguous
    dimension keep several vector sums and add them in a fixed order. An op with no vector form becomes scalar loops over
    shared rows, with a remark.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::affine::AffineDialect"];
}

def LowerSpmd : Pass<"tern-lower-spmd", "::mlir::ModuleOp"> {
  let summary = "every thread runs the whole entry and its share of every scf.forall";
  let description = [{
    A planned function `@f(%arena, %scratch: memref<?xi8>, %thread, %threads: index)` becomes
    `@tern_entry_f(!llvm.ptr, i32, i32) -> i32`, the entry that the runtime calls with a tern_ctx. `scf.forall` becomes a loop
    over this thread's contiguous share of the iterations and a barrier; writes outside of it run on thread 0, followed
    by a barrier; everything else runs on all threads.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect", "::mlir::scf::SCFDialect"];
}

#endif // TERN_COMPILER_CPU_PASSES_TD
