// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of matrices.

#ifndef TERN_KERNEL_CONTRACT_TD
#define TERN_KERNEL_CONTRACT_TD

include "dialects/kernel/Blocks.td"
include "dialects/kernel/Packed.td"

def Kernel_InitKind : I32EnumAttr<"InitKind", "what a product does with the previous content of its out", [
    I32EnumAttrCase<"Zero", 0, "zero">, I32EnumAttrCase<"Add", 1, "add">, I32EnumAttrCase<"Flag", 2, "flag">]> {
  let cppNamespace = "::tern::kernel";
  let description = [{
    Written as `init(zero)`, `init(add)` or `init(flag)` in the assembly of `tern_kernel.contract`.
    ```mlir
    %r = tern_kernel.contract init(add) ins(%a, %b : tensor<4x8xf32>, tensor<8x16xf32>) outs(%out : tensor<4x16xf32>) {
    ^bb0(%acc: f32):
      tern_kernel.yield %acc : f32
    } -> tensor<4x16xf32>
    ```
  }];
}

def Kernel_ContractOp : Kernel_Op<"contract", [AttrSizedOperandSegments, SingleBlock]> {
  let summary = "product of two matrices with an elementwise epilogue";
  let description = [{
    `acc[m, n] = sum over k of A[m, k] B[k, n]`. A is `(M, K)`, or `(K, M)` with `transpose_a`; B is `(K, N)`, or `(N, K)` with
    `transpose_b`. `init(zero)` ignores what the outs held, `init(add)` adds it to acc, `init(flag)` adds it where the flag
    holds; the latter two have one out. The region maps acc and one element per extra to one element per out `(M, N)`; an
    extra of rank 1 is indexed by n, an extra of rank 2 by (m, n).

    Elements are multiplied in the type `compute`, the wider type of the two operands where it is absent; an operand of
    another type is converted first, rounding to nearest even. Products of f32 and bf16 are summed in f32, those of f64 in
    f64: that is the type of acc. Products of i8 by i8 are summed in i32, which wraps.

    `blocks(q8_0)` or `blocks(q4_0)`: B holds the interleaved blocks of a matrix `(N, K)`. A row of A is rounded to 8 bits in
    blocks of 32: with `d = max |a| / 127`, `q = round_to_even(a / d)`. The products of a block are summed exactly, as
    integers that are the same on every target, and scaled into sums in f32.

    With `layout_b`, B is packed: a tensor of that encoding, or what it becomes, of shape (panels, groups, columns * group).

    * Refused: extents that differ, `init(flag)` without a flag, `init(add)` or `init(flag)` with several outs or with a region
      that does more than yield acc, a region that does not yield one value per out, f64 together with another type, and with
      blocks: K that is no multiple of 32, transposed operands, `compute`, `layout_b`, A in f64; a B that is not as `layout_b`
      says.
    ```mlir
    %r = tern_kernel.contract init(zero) ins(%a, %b : tensor<4x8xf32>, tensor<8x16xf32>)
        extras(%bias : tensor<16xf32>) outs(%out : tensor<4x16xf32>) {
    ^bb0(%acc: f32, %x: f32):
      %y = arith.addf %acc, %x : f32
      tern_kernel.yield %y : f32
    } -> tensor<4x16xf32>
    %s = tern_kernel.contract init(zero) compute(bf16) ins(%h, %b : tensor<4x8xbf16>, tensor<8x16xf32>)
        outs(%out : tensor<4x16xf32>) {
    ^bb0(%acc: f32):
      tern_kernel.yield %acc : f32
    } -> tensor<4x16xf32>
    ```
  }];
  let arguments = (ins Kernel_Shaped:$a, Kernel_Shaped:$b, Optional<Kernel_Flag>:$flag,
                       Variadic<Kernel_Shaped>:$extras, Variadic<Kernel_Shaped>:$outs,
                       UnitAttr:$transpose_a, UnitAttr:$transpose_b, Kernel_InitKind:$init,
                       OptionalAttr<TypeAttr>:$compute, OptionalAttr<Kernel_BlockFormat>:$blocks,
                       OptionalAttr<Kernel_PackedAttr>:$layout_b);
  let regions = (region SizedRegion<1>:$epilogue);
  let assemblyFormat = [{(`transpose_a` $transpose_a^)? (`transpose_b` $transpose_b^)? `init` `` `(` $init `)`
    (`compute` `` `(` $compute^ `)`)? (`blocks` `` `(` $blocks^ `)`)?
    (`layout_b` `` `(` $layout_b^ `)`)?
    `ins` `` `(` $a `,` $b `:` type($a) `,` type($b) `)` (`flag` `` `(` $flag^ `:` type($flag) `)`)?
    (`extras` `` `(` $extras^ `:` type($extras) `)`)? `outs` `` `(` $outs `:` type($outs) `)` attr-dict-with-keyword
    $epilogue (`->` type($tensors)^)?}];
  let builders = [
    // One out, the region that yields acc.
    OpBuilder<(ins "::mlir::Value":$a, "::mlir::Value":$b, "::mlir::Value":$out, CArg<"bool", "false">:$transposeA,
                   CArg<"bool", "false">:$transposeB, CArg<"InitKind", "InitKind::Zero">:$init,
                   CArg<"::mlir::Value", "::mlir::Value()">:$flag)>,
    // An empty region, which the caller fills.
    OpBuilder<(ins "::mlir::Value":$a, "::mlir::Value":$b, "::mlir::Value":$flag, "::mlir::ValueRange":$extras,
                   "::mlir::ValueRange":$outs, "bool":$transposeA, "bool":$transposeB, "InitKind":$init)>];
  let hasRegionVerifier = 1;
  let extraClassDeclaration = outsDeclaration # [{
    int64_t getM();
    int64_t getN();
    int64_t getK();
    /// The type in which elements are multiplied.
    ::mlir::Type getComputeType();
    /// The type of acc.
    ::mlir::Type getSumType();
    /// The region yields acc and nothing else.
    bool hasIdentityEpilogue();
  }];
}

def Kernel_YieldOp : Op<Kernel_Dialect, "yield", [Pure, ReturnLike, Terminator, HasParent<"ContractOp">]> {
  let summary = "ends the region of a contract: one value per out";
  let description = [{
    The elements of the outs, in their order. Refused: another number of values, or values of other types, than the outs hold.
    ```mlir
    %r = tern_kernel.contract init(zero) ins(%a, %b : tensor<4x8xf32>, tensor<8x16xf32>) outs(%out : tensor<4x16xf32>) {
    ^bb0(%acc: f32):
      tern_kernel.yield %acc : f32
    } -> tensor<4x16xf32>
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

#endif // TERN_KERNEL_CONTRACT_TD
