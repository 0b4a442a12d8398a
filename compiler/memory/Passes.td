// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes of the landing: every tensor gets its place in memory.

#ifndef TERN_COMPILER_MEMORY_PASSES_TD
#define TERN_COMPILER_MEMORY_PASSES_TD

include "mlir/Pass/PassBase.td"

def FlattenCarried : Pass<"tern-flatten-carried", "::mlir::func::FuncOp"> {
  let summary = "carry values through loops in the shape in which their bodies make them";
  let description = [{
    ```
    scf.for iter_args(%h = %x)                        %flat = tensor.collapse_shape %x
      ... uses of %h                            =>    scf.for iter_args(%f = %flat)
      %y = tern_kernel.contract ...                     %h = tensor.expand_shape %f ... uses of %h
      %next = tensor.expand_shape %y                    %y = tern_kernel.contract ...
      scf.yield %next                                   scf.yield %y
    ```
    Then the product can be computed in the memory of what it replaces. For the same reason a stash of the carried value (an
    insertion of it into a stack) moves to the beginning of the body, and what makes the next value to its end.
  }];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def DestinationsToBuffers : Pass<"tern-destinations-to-buffers", "::mlir::ModuleOp"> {
  let summary = "give arguments and results of entries their memory";
  let description = [{
    Every entry (a function with `tern.entry` or `tern.test`) takes memrefs and returns nothing afterwards. An argument is
    read through `bufferization.to_tensor`; a result that updates a variable (`tern.updates`) is written into that
    variable's memref, which becomes an argument if it is none yet; any other result is an output and gets a memref
    argument of its own with `tern.output`.

    Values carried by loops are settled in the buffer they were carried in, so that bufferization makes no new buffer per
    iteration: what `scf.for` yields is copied into its iteration argument. What starts from an empty tensor and ends in a
    destination starts from that destination, so that the copy is usually one of a buffer to itself and vanishes.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def ForwardCopies : Pass<"tern-forward-copies", "::mlir::func::FuncOp"> {
  let summary = "compute a temporary where it would be copied to";
  let description = [{
    ```
    %t = memref.alloc()                          %part = memref.subview %buffer[0, 8] [4, 8] [1, 1]
    linalg.generic ... outs(%t)             =>   linalg.generic ... outs(%part)
    %part = memref.subview %buffer ...
    memref.copy %t, %part
    ```
    when the copy is the last use of the temporary and nobody touches the target in the meantime.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def ExplainCopies : Pass<"tern-explain-copies", "::mlir::ModuleOp"> {
  let summary = "name every copy that bufferization left";
  let description = [{
    Copies of a buffer to itself are erased. With `remarks`, every other `memref.copy` is reported at its location with
    its size, how often it runs, and what it connects.
  }];
  let options = [Option<"remarks", "remarks", "bool", "false", "emit a remark per copy">];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def PlanMemory : Pass<"tern-plan-memory", "::mlir::ModuleOp"> {
  let summary = "one arena, every buffer at a fixed offset";
  let description = [{
    Variables (parameters, gradients, optimizer state, caches) have one offset for all entries; inputs and outputs theirs;
    temporaries of an entry are placed by lifetime in a region that all entries share; temporaries inside `scf.forall` are
    scratch of each thread. An entry becomes `func(%arena, %scratch : memref<?xi8>, %thread, %threads : index)` with
    `memref.view` at constant offsets; it gets `tern.plan`, and the module `tern.memory` and `tern.variables`. In the plan,
    `transient` is what the temporaries take and `peak` the most that is ever alive: no placement needs less.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect"];
}

def StashInPlace : Pass<"tern-stash-in-place", "::mlir::func::FuncOp"> {
  let summary = "compute what every layer stashes in the stash itself";
  let description = [{
    ```
    %t = memref.alloc()                          %stash = memref.alloc() : memref<BYTESxi8>
    linalg.generic ... outs(%t)             =>   %t = memref.view %stash[%layer * SLICE]
    %slice = memref.subview %stash[%layer, 0]    linalg.generic ... outs(%t)
    memref.copy %t, %slice                       ... uses of %t
    ... uses of %t
    ```
    when the temporary is not written after the copy and nothing else in the loop looks at the stash.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect"];
}

def UnshareInits : Pass<"tern-unshare-inits", "::mlir::func::FuncOp"> {
  let summary = "give every destination its own empty tensor or fill";
  let description = [{
    Common subexpression elimination makes ops share a fill; bufferization would then have to copy it for each.
  }];
}

#endif // TERN_COMPILER_MEMORY_PASSES_TD
