// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes of the landing: every tensor gets its place in memory.

#ifndef TERN_COMPILER_MEMORY_PASSES_TD
#define TERN_COMPILER_MEMORY_PASSES_TD

include "mlir/Pass/PassBase.td"

def FlattenCarried : Pass<"tern-flatten-carried", "::mlir::func::FuncOp"> {
  let summary = "carry values through loops in the shape in which their bodies make them";
  let description = [{
    A loop whose body makes the next value in one shape and carries it in another copies it at every turn. It carries the
    value as it is made instead, and reshapes where the other shape is read: then the product can be computed in the memory
    of what it replaces. For the same reason a stash of the carried value (an insertion of it into a stack) moves to the
    beginning of the body, and what makes the next value to its end.
    ```mlir
    func.func @loop(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c3 = arith.constant 3 : index
      %r = scf.for %i = %c0 to %c3 step %c1 iter_args(%h = %x) -> tensor<2x3x4xf32> {
        %flat = tensor.collapse_shape %h [[0, 1], [2]] : tensor<2x3x4xf32> into tensor<6x4xf32>
        %empty = tensor.empty() : tensor<6x4xf32>
        %y = linalg.exp ins(%flat : tensor<6x4xf32>) outs(%empty : tensor<6x4xf32>) -> tensor<6x4xf32>
        %next = tensor.expand_shape %y [[0, 1], [2]] output_shape [2, 3, 4] : tensor<6x4xf32> into tensor<2x3x4xf32>
        scf.yield %next : tensor<2x3x4xf32>
      }
      return %r : tensor<2x3x4xf32>
    }
    ```
    With `--tern-flatten-carried --canonicalize` it becomes
    ```mlir
    func.func @loop(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c3 = arith.constant 3 : index
      %flat = tensor.collapse_shape %x [[0, 1], [2]] : tensor<2x3x4xf32> into tensor<6x4xf32>
      %r = scf.for %i = %c0 to %c3 step %c1 iter_args(%f = %flat) -> (tensor<6x4xf32>) {
        %empty = tensor.empty() : tensor<6x4xf32>
        %y = linalg.exp ins(%f : tensor<6x4xf32>) outs(%empty : tensor<6x4xf32>) -> tensor<6x4xf32>
        scf.yield %y : tensor<6x4xf32>
      }
      %result = tensor.expand_shape %r [[0, 1], [2]] output_shape [2, 3, 4] : tensor<6x4xf32> into tensor<2x3x4xf32>
      return %result : tensor<2x3x4xf32>
    }
    ```
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

    Refused: a dynamic shape, an entry of several blocks, a variable updated twice, a result that nobody would receive.
    ```mlir
    func.func @update(%w: tensor<4xf32> {tern.variable = "parameter:w"})
        -> (tensor<4xf32> {tern.updates = "parameter:w"}) attributes {tern.entry = "update"} {
      %empty = tensor.empty() : tensor<4xf32>
      %new = linalg.exp ins(%w : tensor<4xf32>) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
      return %new : tensor<4xf32>
    }
    ```
    becomes
    ```mlir
    func.func @update(%w: memref<4xf32> {tern.variable = "parameter:w"}) attributes {tern.entry = "update"} {
      %old = bufferization.to_tensor %w restrict writable : memref<4xf32> to tensor<4xf32>
      ...
      %new = linalg.exp ins(%old : tensor<4xf32>) outs(%old : tensor<4xf32>) -> tensor<4xf32>
      bufferization.materialize_in_destination %new in writable %w : (tensor<4xf32>, memref<4xf32>) -> ()
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def ForwardCopies : Pass<"tern-forward-copies", "::mlir::func::FuncOp"> {
  let summary = "compute a temporary where it would be copied to";
  let description = [{
    A temporary that is filled and then copied is computed where the copy goes, when the copy is its last use and nobody
    touches the target in the meantime.
    ```mlir
    func.func @part(%x: memref<4xf32>, %buffer: memref<8xf32>) {
      %t = memref.alloc() : memref<4xf32>
      linalg.exp ins(%x : memref<4xf32>) outs(%t : memref<4xf32>)
      %part = memref.subview %buffer[4] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1], offset: 4>>
      memref.copy %t, %part : memref<4xf32> to memref<4xf32, strided<[1], offset: 4>>
      return
    }
    ```
    becomes
    ```mlir
    func.func @part(%x: memref<4xf32>, %buffer: memref<8xf32>) {
      %part = memref.subview %buffer[4] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1], offset: 4>>
      linalg.exp ins(%x : memref<4xf32>) outs(%part : memref<4xf32, strided<[1], offset: 4>>)
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def ExplainCopies : Pass<"tern-explain-copies", "::mlir::ModuleOp"> {
  let summary = "name every copy that bufferization left";
  let description = [{
    Copies of a buffer to itself are erased. Every other one is a remark at its location, with its size, how often it runs, and
    what it connects: below, `copy: 16 bytes, from input "x" to output "y"`.
    ```mlir
    func.func @keep(%x: memref<4xf32> {tern.role = "x"}, %y: memref<4xf32> {tern.output, tern.role = "y"})
        attributes {tern.entry = "keep"} {
      memref.copy %y, %y : memref<4xf32> to memref<4xf32>
      memref.copy %x, %y : memref<4xf32> to memref<4xf32>
      return
    }
    ```
    becomes
    ```mlir
    func.func @keep(%x: memref<4xf32> {tern.role = "x"}, %y: memref<4xf32> {tern.output, tern.role = "y"})
        attributes {tern.entry = "keep"} {
      memref.copy %x, %y : memref<4xf32> to memref<4xf32>
      return
    }
    ```
  }];
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

    Refused: a buffer that is dynamic or not dense, an argument that nobody would write, a variable of an unknown kind or of
    two types.
    ```mlir
    func.func @f(%x: memref<48xf32> {tern.role = "x"}, %y: memref<48xf32> {tern.role = "y", tern.output})
        attributes {tern.entry = "f"} {
      %t = memref.alloc() : memref<48xf32>
      linalg.exp ins(%x : memref<48xf32>) outs(%t : memref<48xf32>)
      linalg.exp ins(%t : memref<48xf32>) outs(%y : memref<48xf32>)
      return
    }
    ```
    With `--tern-plan-memory --canonicalize` it becomes
    ```mlir
    module attributes {tern.memory = {..., arena = 576 : i64, ...}, tern.variables = []} {
      func.func @f(%arena: memref<?xi8>, %scratch: memref<?xi8>, %thread: index, %threads: index)
          attributes {tern.entry = "f", tern.plan = {..., peak = 192 : i64, scratch = 0 : i64, transient = 192 : i64}} {
        %c384 = arith.constant 384 : index
        %c192 = arith.constant 192 : index
        %c0 = arith.constant 0 : index
        %x = memref.view %arena[%c0][] : memref<?xi8> to memref<48xf32>
        %y = memref.view %arena[%c192][] : memref<?xi8> to memref<48xf32>
        %t = memref.view %arena[%c384][] : memref<?xi8> to memref<48xf32>
        linalg.exp ins(%x : memref<48xf32>) outs(%t : memref<48xf32>)
        linalg.exp ins(%t : memref<48xf32>) outs(%y : memref<48xf32>)
        return
      }
    }
    ```

    With `record-buffers`, an entry also gets `tern.buffers` (class, name, type, offset, bytes, first and last position of
    every buffer, and where it comes from) and `tern.positions` (what the entry does at which position): what a picture of
    the plan is drawn from.
  }];
  let options = [Option<"recordBuffers", "record-buffers", "bool", "false", "describe every buffer in attributes">];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect"];
}

def StashInPlace : Pass<"tern-stash-in-place", "::mlir::func::FuncOp"> {
  let summary = "compute what every layer stashes in the stash itself";
  let description = [{
    What a layer computes and then copies into the stack of residuals is computed in its slice of the stack, when the
    temporary is not written after the copy and nothing else in the loop looks at the stash.
    ```mlir
    func.func @layers(%in: memref<4x4xf32>, %out: memref<4x4xf32>) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c3 = arith.constant 3 : index
      %stash = memref.alloc() : memref<3x4x4xf32>
      scf.for %i = %c0 to %c3 step %c1 {
        %t = memref.alloc() : memref<4x4xf32>
        linalg.exp ins(%in : memref<4x4xf32>) outs(%t : memref<4x4xf32>)
        %slice = memref.subview %stash[%i, 0, 0] [1, 4, 4] [1, 1, 1]
            : memref<3x4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
        memref.copy %t, %slice : memref<4x4xf32> to memref<4x4xf32, strided<[4, 1], offset: ?>>
        linalg.exp ins(%t : memref<4x4xf32>) outs(%out : memref<4x4xf32>)
      }
      return
    }
    ```
    becomes
    ```mlir
    ...
        %stash = memref.alloc() {alignment = 64 : i64} : memref<192xi8>
        ...
        scf.for %i = %c0 to %c3 step %c1 {
          %bytes = arith.constant 64 : index
          %offset = arith.muli %i, %bytes : index
          %t = memref.view %stash[%offset][] : memref<192xi8> to memref<4x4xf32>
          linalg.exp ins(%in : memref<4x4xf32>) outs(%t : memref<4x4xf32>)
          ...
          linalg.exp ins(%t : memref<4x4xf32>) outs(%out : memref<4x4xf32>)
        }
        return
    ...
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect"];
}

def UnshareInits : Pass<"tern-unshare-inits", "::mlir::func::FuncOp"> {
  let summary = "give every destination its own empty tensor or fill";
  let description = [{
    Common subexpression elimination makes ops share a fill; bufferization would then have to copy it for each.
    ```mlir
    func.func @two(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
      %zero = arith.constant 0.0 : f32
      %empty = tensor.empty() : tensor<4xf32>
      %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
      %x = linalg.exp ins(%a : tensor<4xf32>) outs(%fill : tensor<4xf32>) -> tensor<4xf32>
      %y = linalg.log ins(%a : tensor<4xf32>) outs(%fill : tensor<4xf32>) -> tensor<4xf32>
      return %x, %y : tensor<4xf32>, tensor<4xf32>
    }
    ```
    becomes
    ```mlir
    func.func @two(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
      %zero = arith.constant 0.0 : f32
      %e0 = tensor.empty() : tensor<4xf32>
      %e1 = tensor.empty() : tensor<4xf32>
      %f1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<4xf32>) -> tensor<4xf32>
      %f0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<4xf32>) -> tensor<4xf32>
      %x = linalg.exp ins(%a : tensor<4xf32>) outs(%f0 : tensor<4xf32>) -> tensor<4xf32>
      %y = linalg.log ins(%a : tensor<4xf32>) outs(%f1 : tensor<4xf32>) -> tensor<4xf32>
      return %x, %y : tensor<4xf32>, tensor<4xf32>
    }
    ```
  }];
}

#endif // TERN_COMPILER_MEMORY_PASSES_TD
