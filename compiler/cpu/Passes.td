// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes of the CPU wing: kernels and linalg ops on memrefs to loops, vectors and the LLVM dialect.

#ifndef TERN_COMPILER_CPU_PASSES_TD
#define TERN_COMPILER_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

// What a pass that emits vectors must know of the machine.
class MachinePass<string name, list<Option> more = []> : Pass<name, "::mlir::func::FuncOp"> {
  let options = [
    Option<"target", "target", "std::string", "\"x86-64-v4\"",
           "what code is made for, as in --mcpu: native, x86-64-v3, x86-64-v4+avx512bf16, ...">] # more;
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def ChooseLayouts : Pass<"tern-choose-layouts", "::mlir::ModuleOp"> {
  let summary = "weights that never change lie packed in memory, as products read them";
  let description = [{
    A parameter that no entry updates (but @init) and that is nothing but the right operand of products of more than 8 rows
    gets the encoding `#tern_kernel.packed`, in panels of the width and type that the products' kernels want on this
    machine; products say so by `layout_b` and pack nothing. Layers of a stack stay slices of it. @init packs its first value,
    and an entry `load.NAME` packs one layer that the runtime reads from a file into the shared input `value`.

    A parameter stays as it is, with a remark, when an entry trains or updates it, something else reads it (a table that is
    looked up), a product of 8 rows or less streams it, products want it in different forms or as parts of bf16, or its
    padded panels would take over a quarter more bytes.
    ```mlir
    func.func @forward(%x: tensor<64x256xf32> {tern.role = "x"}, %w: tensor<256x64xf32> {tern.variable = "parameter:w"})
        -> (tensor<64x64xf32> {tern.role = "y"}) attributes {tern.entry = "forward"} {
      %out = tensor.empty() : tensor<64x64xf32>
      %y = tern_kernel.contract init(zero) compute(bf16) ins(%x, %w : tensor<64x256xf32>, tensor<256x64xf32>)
          outs(%out : tensor<64x64xf32>) {
      ^bb0(%acc: f32):
        tern_kernel.yield %acc : f32
      } -> tensor<64x64xf32>
      return %y : tensor<64x64xf32>
    }
    ```
    With `--tern-choose-layouts=target=x86-64-v4+avx512bf16` it becomes
    ```mlir
    func.func @forward(%x: tensor<64x256xf32> {tern.role = "x"},
        %w: tensor<256x64xbf16, #tern_kernel.packed<columns = 32, group = 2>>
            {tern.canonical = tensor<256x64xf32>, tern.variable = "parameter:w"})
        -> (tensor<64x64xf32> {tern.role = "y"}) attributes {tern.entry = "forward"} {
      %out = tensor.empty() : tensor<64x64xf32>
      %y = tern_kernel.contract init(zero) compute(bf16) layout_b(<columns = 32, group = 2>)
          ins(%x, %w : tensor<64x256xf32>, tensor<256x64xbf16, #tern_kernel.packed<columns = 32, group = 2>>)
          outs(%out : tensor<64x64xf32>) {
      ^bb0(%acc: f32):
        tern_kernel.yield %acc : f32
      } -> tensor<64x64xf32>
      return %y : tensor<64x64xf32>
    }
    func.func @load.w(%layer: tensor<i64> {tern.role = "layer"}, %value: tensor<16384xf32> {tern.role = "value"}, %w: ...
      %flat = tensor.extract_slice %value[0] [16384] [1] : tensor<16384xf32> to tensor<16384xf32>
      %matrix = tensor.expand_shape %flat [[0, 1]] output_shape [256, 64] : tensor<16384xf32> into tensor<256x64xf32>
      %new = tern_kernel.pack layout(<columns = 32, group = 2>) compute(bf16) ins(%matrix : tensor<256x64xf32>)
          outs(%w : tensor<256x64xbf16, #tern_kernel.packed<columns = 32, group = 2>>)
          -> tensor<256x64xbf16, #tern_kernel.packed<columns = 32, group = 2>>
      return %new : tensor<256x64xbf16, #tern_kernel.packed<columns = 32, group = 2>>
    ...
    ```
  }];
  let options = [
    Option<"target", "target", "std::string", "\"x86-64-v4\"",
           "what code is made for, as in --mcpu: native, x86-64-v3, x86-64-v4+avx512bf16, ...">,
    Option<"f32", "f32", "std::string", "\"auto\"", "how f32 is multiplied on tile registers: exact, split6, split3, auto">];
  let dependentDialects = ["::tern::kernel::KernelDialect", "::mlir::tensor::TensorDialect", "::mlir::scf::SCFDialect",
                           "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect"];
}

def MaterializeLayouts : Pass<"tern-materialize-layouts", "::mlir::ModuleOp"> {
  let summary = "packed tensors to tensors of the shape that they have in memory";
  let description = [{
    A tensor `(..., K, N)` of encoding `#tern_kernel.packed` becomes `(..., panels, groups, columns * group)`, wherever it is: in
    arguments, results, loops and slices. Products and packs keep the layout as an attribute. Refused: another op that takes
    or makes a packed tensor, and a slice of less than whole matrices.
    ```mlir
    func.func @of_layer(%w: tensor<12x70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>, %i: index)
        -> tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>> {
      %b = tensor.extract_slice %w[%i, 0, 0] [1, 70, 40] [1, 1, 1] : tensor<12x70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>
          to tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>
      return %b : tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>
    }
    ```
    becomes
    ```mlir
    func.func @of_layer(%w: tensor<12x2x48x64xbf16>, %i: index) -> tensor<2x48x64xbf16> {
      %b = tensor.extract_slice %w[%i, 0, 0, 0] [1, 2, 48, 64] [1, 1, 1, 1] : tensor<12x2x48x64xbf16> to tensor<2x48x64xbf16>
      return %b : tensor<2x48x64xbf16>
    }
    ```
  }];
}

def LabelKernels : Pass<"tern-label-kernels", "::mlir::func::FuncOp"> {
  let summary = "kernels, linalg ops and copies get a label for the profile";
  let description = [{
    The location of each op becomes a fused one whose metadata says what the op is, where the model says it, and what one
    execution costs. Expansions make their loops at that location, so the label reaches `tern-lower-spmd`, which numbers
    the regions between barriers by it. The ops themselves do not change.
    ```mlir
    func.func @double(%x: memref<4xf32>, %y: memref<4xf32>) {
      linalg.add ins(%x, %x : memref<4xf32>, memref<4xf32>) outs(%y : memref<4xf32>)
      return
    }
    ```
    With `--tern-label-kernels --mlir-print-debuginfo --mlir-print-local-scope` it becomes
    ```mlir
    ...
      linalg.add ins(%x, %x : memref<4xf32>, memref<4xf32>) outs(%y : memref<4xf32>) loc(fused<{flops = 4 : i64, index = 0 : i64,
        kernel = "elementwise", location = "<stdin>:2:3", read = 16 : i64, shape = "4", type = f32, updates = false, written = 16 : i64}>
    ...
    ```
  }];
}

def ExpandKernelsNaive : Pass<"tern-expand-kernels-naive", "::mlir::func::FuncOp"> {
  let summary = "kernels, linalg ops and copies to plain loops on scalars";
  let description = [{
    The reference (-O0): each op becomes one `scf.forall` around loops that say its formula, element by element. Kernels
    share their rows; linalg ops and copies are one task. An op without such a form, or on buffers of unknown shape, is an
    error.
    ```mlir
    func.func @double(%x: memref<4xf32>, %y: memref<4xf32>) {
      linalg.add ins(%x, %x : memref<4xf32>, memref<4xf32>) outs(%y : memref<4xf32>)
      return
    }
    ```
    With `--tern-expand-kernels-naive --canonicalize` it becomes
    ```mlir
    func.func @double(%x: memref<4xf32>, %y: memref<4xf32>) {
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %c0 = arith.constant 0 : index
      scf.for %i = %c0 to %c4 step %c1 {
        %a = memref.load %x[%i] : memref<4xf32>
        %b = memref.load %x[%i] : memref<4xf32>
        %s = arith.addf %a, %b : f32
        memref.store %s, %y[%i] : memref<4xf32>
      }
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::linalg::LinalgDialect"];
}

def ExpandContract : MachinePass<"tern-expand-contract", [
    Option<"f32", "f32", "std::string", "\"auto\"", "how f32 is multiplied on tile registers: exact, split6, split3, auto">]> {
  let summary = "products to register-blocked kernels";
  let description = [{
    tern_kernel.contract becomes one scf.forall over tasks, each a block of C: panels of B are packed into scratch, A is
    read in place (packed too when transposed), tiles of C stay in registers over a block of k, and the epilogue runs on
    a tile while it is in the cache. K is never shared among tasks, so the sums do not depend on the threads. A product
    whose operands have no contiguous rows gets a remark and the reference loops.

    The heart of it, for one row and 16 columns:
    ```mlir
    func.func @product(%a: memref<1x8xf32>, %b: memref<8x16xf32>, %c: memref<1x16xf32>) {
      tern_kernel.contract init(zero) ins(%a, %b : memref<1x8xf32>, memref<8x16xf32>) outs(%c : memref<1x16xf32>) {
      ^bb0(%acc: f32):
        tern_kernel.yield %acc : f32
      }
      return
    }
    ```
    With `--tern-expand-contract=target=x86-64-v4 --canonicalize --cse` it becomes
    ```mlir
    ...
        %sums:2 = scf.for %k = %c0 to %c8 step %c1 iter_args(%s0 = %zero, %s1 = %zero) -> (vector<16xf32>, vector<16xf32>) {
          ...
          %b0 = vector.load %panel[%k, %c0] : memref<16x32xf32>, vector<16xf32>
          %b1 = vector.load %panel[%k, %c16] : memref<16x32xf32>, vector<16xf32>
          %x = memref.load %a[%c0, %k] : memref<1x8xf32>
          %row = vector.broadcast %x : f32 to vector<16xf32>
          %t0 = vector.fma %row, %b0, %s0 : vector<16xf32>
          %t1 = vector.fma %row, %b1, %s1 : vector<16xf32>
          scf.yield %t0, %t1 : vector<16xf32>, vector<16xf32>
        }
    ...
    ```
  }];  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect", "::mlir::x86vector::X86VectorDialect",
                           "::mlir::amx::AMXDialect", "::mlir::LLVM::LLVMDialect"];
}

def ExpandStream : MachinePass<"tern-expand-stream"> {
  let summary = "products of at most eight rows to streams of their weights";
  let description = [{
    A tern_kernel.contract of at most 8 rows uses a weight a few times only, so B is read once, in its own order and in
    place. B (K, N) goes by several rows of k at a time along n, with the sums of a task in the cache; B (N, K) by the dot
    products of a vector of columns along k. Lines are asked for before they are needed. The rows of A share each loaded
    weight. Tasks and the order of every sum depend on the shape alone. Products of more rows stay as they are, and so do
    those whose operands have no contiguous rows (with a remark).
    ```mlir
    func.func @product(%a: memref<1x8xf32>, %b: memref<8x32xbf16>, %c: memref<1x32xf32>) {
      tern_kernel.contract init(zero) ins(%a, %b : memref<1x8xf32>, memref<8x32xbf16>) outs(%c : memref<1x32xf32>) {
      ^bb0(%acc: f32):
        tern_kernel.yield %acc : f32
      }
      return
    }
    ```
    With `--tern-expand-stream --canonicalize --cse` it becomes
    ```mlir
    ...
            %pairs = vector.load %b[%k, %n] : memref<8x32xbf16>, vector<32xbf16>
            %words = vector.bitcast %pairs : vector<32xbf16> to vector<16xi32>
            %upper = arith.shli %words, %c16 : vector<16xi32>
            %lower = arith.andi %words, %cmask : vector<16xi32>
            %even = vector.bitcast %upper : vector<16xi32> to vector<16xf32>
            %odd = vector.bitcast %lower : vector<16xi32> to vector<16xf32>
    ...
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect", "::mlir::LLVM::LLVMDialect"];
}

def ExpandAttention : MachinePass<"tern-expand-attention"> {
  let summary = "attention and its gradient to register-blocked kernels";
  let description = [{
    Neither stores scores of all keys. Forwards, a task has some rows of queries of one key-value head's group and passes
    over blocks of keys with a running maximum and sum; with a causal mask it takes an early and a late range of queries, so
    that all tasks cost the same, and skips keys behind the diagonal. The gradient's tasks own blocks of keys, whose dk and
    dv they sum in scratch; those that share a head sum parts of dq, which are added in a fixed order. Operands without
    contiguous rows get a remark and the reference loops.
    ```mlir
    func.func @attention(%q: memref<1x16x64xf32>, %k: memref<1x16x64xf32>, %v: memref<1x16x64xf32>, %o: memref<1x16x64xf32>) {
      tern_kernel.attention heads 2 kv_heads 2 causal scale 0.125
          ins(%q, %k, %v : memref<1x16x64xf32>, memref<1x16x64xf32>, memref<1x16x64xf32>) outs(%o : memref<1x16x64xf32>)
      return
    }
    ```
    With `--tern-expand-attention --canonicalize --cse` it becomes a task per head; keys are transposed, scores are relative to
    their maximum:
    ```mlir
    ...
        scf.forall (%head) in (2) {
    ...
            %x = vector.load %k[%c0, %c0, %column] : memref<1x16x64xf32>, vector<16xf32>
    ...
            %p = math.exp %shifted : vector<16xf32>
    ...
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect", "::mlir::x86vector::X86VectorDialect"];
}

def ExpandKernels : MachinePass<"tern-expand-kernels"> {
  let summary = "table look-up and cross-entropy to loops on vectors";
  let description = [{
    gather and cross_entropy share rows; cross_entropy_grad shares rows and spans of columns; scatter_add shares columns, so
    that each thread adds all rows in their order. Operands without contiguous rows get a remark and the reference loops.
    ```mlir
    func.func @rows(%table: memref<10x16xf32>, %indices: memref<4xi32>, %out: memref<4x16xf32>) {
      tern_kernel.gather ins(%table, %indices : memref<10x16xf32>, memref<4xi32>) outs(%out : memref<4x16xf32>)
      return
    }
    ```
    With `--tern-expand-kernels --canonicalize --cse` it becomes
    ```mlir
    func.func @rows(%table: memref<10x16xf32>, %indices: memref<4xi32>, %out: memref<4x16xf32>) {
      %c9 = arith.constant 9 : index
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      scf.for %i = %c0 to %c4 step %c1 {
        %id = memref.load %indices[%i] : memref<4xi32>
        %wide = arith.index_cast %id : i32 to index
        %low = arith.maxsi %wide, %c0 : index
        %row = arith.minsi %low, %c9 : index
        %x = vector.load %table[%row, %c0] : memref<10x16xf32>, vector<16xf32>
        vector.store %x, %out[%i, %c0] : memref<4x16xf32>, vector<16xf32>
      }
      return
    }
    ```
  }];
}

def VectorMath : MachinePass<"tern-vector-math"> {
  let summary = "special functions on vectors of f32 to arithmetic";
  let description = [{
    exp, expm1, log, log1p, tanh, erf, sin and cos to polynomials of our own (errors: README of this folder; infinities, NaN,
    denormal numbers and signs of zero as in libm). Other types, and scalars, stay and become calls of libm; so do the lanes
    of sin and cos where one is 2^28 or more.
    ```mlir
    func.func @tanh(%x: vector<16xf32>, %s: f32) -> (vector<16xf32>, f32) {
      %y = math.tanh %x : vector<16xf32>
      %z = math.tanh %s : f32
      return %y, %z : vector<16xf32>, f32
    }
    ```
    becomes, small arguments by a polynomial and large ones by `1 - 2 / (e^2x + 1)`,
    ```mlir
    ...
        %size = math.absf %x : vector<16xf32>
        %square = arith.mulf %x, %x : vector<16xf32>
        ...
        %large = arith.subf %one, %quotient : vector<16xf32>
        %is_small = arith.cmpf olt, %size, %limit : vector<16xf32>
        %magnitude = arith.select %is_small, %small, %large : vector<16xi1>, vector<16xf32>
        %y = math.copysign %magnitude, %x : vector<16xf32>
        %z = math.tanh %s : f32
        return %y, %z : vector<16xf32>, f32
    ...
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::vector::VectorDialect",
                           "::mlir::scf::SCFDialect", "::mlir::x86vector::X86VectorDialect"];
}

def VectorizeLinalg : MachinePass<"tern-vectorize-linalg"> {
  let summary = "linalg ops and copies on memrefs to loops on vectors";
  let description = [{
    Each op becomes one scf.forall over chunks of its parallel iterations with an inner loop on vectors. Elementwise ops and
    reductions over outer dimensions have vectors along a contiguous parallel dimension; reductions over a contiguous
    dimension keep several vector sums and add them in a fixed order. An op with no vector form becomes scalar loops over
    shared rows, with a remark; one on buffers of unknown shape is an error.

    Neighbours that work on the same rows, and touch what one of them writes in the same row only, share one loop over rows: the
    statistics of a norm and what is computed with them read a row from memory once. Sums over rows are then partial ones, at
    most 32, added in a fixed order.
    ```mlir
    func.func @double(%x: memref<64xf32>, %y: memref<64xf32>) {
      linalg.add ins(%x, %x : memref<64xf32>, memref<64xf32>) outs(%y : memref<64xf32>)
      return
    }
    ```
    With `--tern-vectorize-linalg=target=x86-64-v3 --canonicalize --cse` it becomes
    ```mlir
    func.func @double(%x: memref<64xf32>, %y: memref<64xf32>) {
      %c8 = arith.constant 8 : index
      %c64 = arith.constant 64 : index
      %c0 = arith.constant 0 : index
      scf.for %i = %c0 to %c64 step %c8 {
        %a = vector.load %x[%i] : memref<64xf32>, vector<8xf32>
        %s = arith.addf %a, %a : vector<8xf32>
        vector.store %s, %y[%i] : memref<64xf32>, vector<8xf32>
      }
      return
    }
    ```
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
    over this thread's contiguous share of the iterations and a barrier; writes outside of it, a single share, and
    what is read for them alone run on thread 0, followed by a barrier; everything else runs on all threads. A barrier is
    told the number of the region that ends there; the entry's `tern.regions` says what each one is.

    Refused: an op that writes memory and has results outside of an `scf.forall`, and control flow between blocks.
    ```mlir
    func.func @f(%arena: memref<?xi8>, %scratch: memref<?xi8>, %thread: index, %threads: index)
        attributes {tern.entry = "f", tern.plan = {}} {
      %c0 = arith.constant 0 : index
      %one = arith.constant 1.0 : f32
      %x = memref.view %arena[%c0][] : memref<?xi8> to memref<64xf32>
      scf.forall (%i) in (64) {
        memref.store %one, %x[%i] : memref<64xf32>
      }
      return
    }
    ```
    With `--tern-lower-spmd --canonicalize` it becomes
    ```mlir
    ...
      func.func @tern_entry_f(%context: !llvm.ptr, %thread: i32, %threads: i32) -> i32 attributes {...} {
        ...
        %begin = arith.divui %done, %count : index
        ...
        %end = arith.divui %until, %count : index
        scf.for %i = %begin to %end step %c1 {
          memref.store %one, %x[%i] : memref<64xf32>
        }
        ...
        llvm.call %barrier(%context, %thread, %threads, %region) : !llvm.ptr, (!llvm.ptr, i32, i32, i32) -> ()
        return %ok : i32
    ...
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect", "::mlir::scf::SCFDialect"];
}

def OutlineShares : Pass<"tern-outline-shares", "::mlir::ModuleOp"> {
  let summary = "what a thread does between two barriers as a function of its own";
  let description = [{
    Of an entry that `lower-spmd` made, every op with regions that holds no barrier and at least `least` ops becomes a private
    function. Views, constants and index arithmetic that it takes from the entry are repeated inside, so that addresses stay as
    plain as they were; what is read or counted outside becomes an argument.
    ```mlir
    func.func @tern_entry_f(%x: memref<64xf32>, %threads: i32) -> i32 attributes {tern.regions = []} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %n = arith.index_castui %threads : i32 to index
      %v = memref.load %x[%c0] : memref<64xf32>
      scf.for %i = %c0 to %n step %c1 {
        memref.store %v, %x[%i] : memref<64xf32>
      }
      %ok = arith.constant 0 : i32
      return %ok : i32
    }
    ```
    With `--tern-outline-shares="least=1" --canonicalize` it becomes
    ```mlir
      func.func private @tern_entry_f_share_0(%n32: i32, %v: f32, %x: memref<64xf32>)
          attributes {llvm.linkage = #llvm.linkage<internal>, passthrough = ["noinline"]} {
        ...
        scf.for %i = %c0 to %n step %c1 {
          memref.store %v, %x[%i] : memref<64xf32>
        }
        return
      }
      func.func @tern_entry_f(...) -> i32 attributes {tern.regions = []} {
        ...
        call @tern_entry_f_share_0(%threads, %v, %x) : (i32, f32, memref<64xf32>) -> ()
        ...
      }
    ```
  }];
  let options = [Option<"least", "least", "int64_t", "40", "ops that are worth a function">];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect"];
}

def EmulateAmx : Pass<"tern-emulate-amx", "::mlir::ModuleOp"> {
  let summary = "tile registers as vectors of vectors";
  let description = [{
    For targets with `+emulated-amx`: kernels on tile registers run on machines that have none, so that tests cover them
    everywhere. A product of tiles becomes a call of one function, which adds in the order of the instruction but does not
    flush denormals.
    ```mlir
    func.func @product(%a: memref<16x32xbf16>, %b: memref<16x32xbf16>, %c: memref<16x16xf32>) {
      %zero = arith.constant 0 : index
      %x = amx.tile_load %a[%zero, %zero] : memref<16x32xbf16> into !amx.tile<16x32xbf16>
      %y = amx.tile_load %b[%zero, %zero] : memref<16x32xbf16> into !amx.tile<16x32xbf16>
      %s = amx.tile_load %c[%zero, %zero] : memref<16x16xf32> into !amx.tile<16x16xf32>
      %t = amx.tile_mulf %x, %y, %s : !amx.tile<16x32xbf16>, !amx.tile<16x32xbf16>, !amx.tile<16x16xf32>
      amx.tile_store %c[%zero, %zero], %t : memref<16x16xf32>, !amx.tile<16x16xf32>
      return
    }
    ```
    With `--tern-emulate-amx` it becomes
    ```mlir
    ...
        %t = call @tern_emulated_tile_mulf_16x16x32(%x, %y, %s) :
            (vector<16x32xbf16>, vector<16x32xbf16>, vector<16x16xf32>) -> vector<16x16xf32>
        %row = vector.extract %t[0] : vector<16xf32> from vector<16x16xf32>
    ...
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::vector::VectorDialect"];
}

def LegalizeBf16 : Pass<"tern-legalize-bf16", "::mlir::ModuleOp"> {
  let summary = "masked moves of bf16 as moves of 16-bit integers";
  let description = [{
    Where a machine has no arithmetic on bf16, LLVM takes a masked load or store of it apart into elements that it rounds by a
    function which no library of ours has. Moves need no arithmetic.
    ```mlir
    llvm.func @move(%from: !llvm.ptr, %mask: vector<8xi1>, %zero: vector<8xbf16>) -> vector<8xbf16> {
      %x = llvm.intr.masked.load %from, %mask, %zero {alignment = 2 : i32} :
          (!llvm.ptr, vector<8xi1>, vector<8xbf16>) -> vector<8xbf16>
      llvm.return %x : vector<8xbf16>
    }
    ```
    With `--tern-legalize-bf16` it becomes
    ```mlir
    llvm.func @move(%from: !llvm.ptr, %mask: vector<8xi1>, %zero: vector<8xbf16>) -> vector<8xbf16> {
      %z = llvm.bitcast %zero : vector<8xbf16> to vector<8xi16>
      %x = llvm.intr.masked.load %from, %mask, %z {alignment = 2 : i32} :
          (!llvm.ptr, vector<8xi1>, vector<8xi16>) -> vector<8xi16>
      %y = llvm.bitcast %x : vector<8xi16> to vector<8xbf16>
      llvm.return %y : vector<8xbf16>
    }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // TERN_COMPILER_CPU_PASSES_TD
