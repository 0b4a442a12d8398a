// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tern_kernel dialect: the ops of the tensor floor that upstream linalg has no name for. Destination style, on
// tensors or memrefs; the wings expand them to loops after bufferization.

#ifndef TERN_KERNEL_TD
#define TERN_KERNEL_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/TensorEncoding.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/interfaces/Costed.td"

def Kernel_Dialect : Dialect {
  let name = "tern_kernel";
  let cppNamespace = "::tern::kernel";
  let summary = "Kernels of the tensor floor";
  let description = [{
    What the target wings write by hand: products, attention, table look-up and cross-entropy over whole rows. Every op
    writes into its `outs`, works on tensors (one result per out) and on memrefs (no results), and has static shapes.
    Letters: M N K of a product, B batch, T query positions, S key positions, H heads, D channels of a head, C channels,
    V vocabulary.
  }];
  let useDefaultAttributePrinterParser = 1;
}

def Kernel_PackedAttr : AttrDef<Kernel_Dialect, "Packed", [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "packed";
  let summary = "a matrix in panels, as products read their right operand";
  let description = [{
    The encoding of a tensor whose last two dimensions are a matrix `(K, N)`, or `(N, K)` when `transposed`. It lies in memory
    as `(panels, groups, columns * group)`: panel p holds the columns from `p * columns` on, one group of k after the other;
    in a group, the `group` elements of a column lie side by side. Groups are rounded up to a multiple of 16. What pads k is
    zero, what pads columns is of no use. Leading dimensions stay.

    * Refused: a rank below 2, elements that are not f32, f64 or bf16, and groups that do not fill 32 bits (f64: 1 element).
    ```mlir
    func.func @of_layer(%w: tensor<12x70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>, %i: index)
        -> tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>> {
      %b = tensor.extract_slice %w[%i, 0, 0] [1, 70, 40] [1, 1, 1] : tensor<12x70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>
          to tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>
      return %b : tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>
    }
    ```
  }];
  let parameters = (ins "int64_t":$columns, "int64_t":$group, DefaultValuedParameter<"bool", "false">:$transposed);
  let assemblyFormat = "`<` struct(params) `>`";
  let extraClassDeclaration = [{
    /// (panels, groups, columns * group) of a matrix (K, N).
    ::llvm::SmallVector<int64_t> getPhysicalShape(int64_t k, int64_t n) const;
    /// The tensor of physical shape, without an encoding, that a tensor of this encoding becomes.
    ::mlir::RankedTensorType getPhysicalType(::mlir::RankedTensorType type) const;
  }];
}

// Operands: a ranked tensor before bufferization, a strided memref after it.
def Kernel_Shaped : AnyTypeOf<[AnyRankedTensor, AnyStridedMemRef], "a ranked tensor or a strided memref">;
def Kernel_Flag : AnyTypeOf<[0DTensorOf<[I1]>, MemRefRankOf<[I1], [0]>], "a rank-0 tensor or memref of i1">;
def Kernel_Key : AnyTypeOf<[0DTensorOf<[I64]>, MemRefRankOf<[I64], [0]>], "a rank-0 tensor or memref of i64">;
def Kernel_Scalar : AnyTypeOf<[0DTensorOf<[F32, F64]>, MemRefRankOf<[F32, F64], [0]>],
                              "a rank-0 tensor or memref of f32 or f64">;

// Every op: `outs` are the last operands and each tensor among them has a result.
class Kernel_Op<string mnemonic, list<Trait> traits = []>
    : Op<Kernel_Dialect, mnemonic, traits # [DestinationStyleOpInterface,
         DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<Tern_Costed>]> {
  let results = (outs Variadic<AnyRankedTensor>:$tensors);
  let skipDefaultBuilders = 1;
  let hasVerifier = 1;
  code outsDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutsMutable(); }
  }];
  let extraClassDeclaration = outsDeclaration;
}

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

def Kernel_BlockFormat : I32EnumAttr<"BlockFormat", "how 32 weights of a row, a block, lie in bytes", [
    I32EnumAttrCase<"q8_0", 0>, I32EnumAttrCase<"q4_0", 1>]> {
  let cppNamespace = "::tern::kernel";
  let description = [{
    As GGUF files hold them: a scale d in f16, then the 32 integers q of the block; a weight is `d q`.

    * `q8_0`, 34 bytes: q is a signed byte.
    * `q4_0`, 18 bytes: q is 4 bits minus 8; the low halves of the 16 bytes hold the first 16 weights, the high halves the others.

    Canonical blocks of a matrix `(N, K)` are a tensor `(N, K / 32, bytes)` of i8. Interleaved blocks are what a product reads,
    `(ceil(N / 16), K / 32, 16 * bytes)`: 16 scales, then for 4 bytes of a block at a time those of 16 rows; the bytes of
    `q8_0` have their top bit flipped, which makes them `q + 128`. Rows beyond N are zero.
    ```mlir
    %q = tern_kernel.quantize q8_0 ins(%w : tensor<20x64xf32>) outs(%o : tensor<20x2x34xi8>) -> tensor<20x2x34xi8>
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
    integers, and scaled into sums in f32, on every target alike.

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

// From one form of a matrix to another.
class Kernel_BlockOp<string mnemonic> : Kernel_Op<mnemonic> {
  let arguments = (ins Kernel_BlockFormat:$format, Kernel_Shaped:$source, Variadic<Kernel_Shaped>:$outs);
  let assemblyFormat = [{$format `ins` `` `(` $source `:` type($source) `)` `outs` `` `(` $outs `:` type($outs) `)` attr-dict
    (`->` type($tensors)^)?}];
  let builders = [OpBuilder<(ins "BlockFormat":$format, "::mlir::Value":$source, "::mlir::Value":$out)>];
}

def Kernel_QuantizeOp : Kernel_BlockOp<"quantize"> {
  let summary = "a matrix as canonical blocks";
  let description = [{
    `q8_0`: `d = max |w| / 127`, `q = round(w / d)`, halves away from zero. `q4_0`: `d = w' / -8` with w' the weight of largest
    magnitude (the first of several), `q = min(15, trunc(w / d + 8.5))`. The quotient is w times the rounded reciprocal of d,
    which is taken before d is rounded to f16. A block of zeros has d = 0 and q = round(0).

    * Shapes: source `(N, K)` of f32, out `(N, K / 32, bytes)` of i8. Refused: K that is no multiple of 32.
    ```mlir
    %q = tern_kernel.quantize q4_0 ins(%w : tensor<20x64xf32>) outs(%o : tensor<20x2x18xi8>) -> tensor<20x2x18xi8>
    ```
  }];
}

def Kernel_DequantizeOp : Kernel_BlockOp<"dequantize"> {
  let summary = "canonical blocks as a matrix";
  let description = [{
    `w = d q`.

    * Shapes: source `(N, K / 32, bytes)` of i8, out `(N, K)` of f32. Refused: K that is no multiple of 32.
    ```mlir
    %w = tern_kernel.dequantize q4_0 ins(%q : tensor<20x2x18xi8>) outs(%o : tensor<20x64xf32>) -> tensor<20x64xf32>
    ```
  }];
}

def Kernel_InterleaveOp : Kernel_BlockOp<"interleave"> {
  let summary = "canonical blocks as products read them";
  let description = [{
    The bytes of 16 rows side by side, without loss; what an entry that loads a parameter does.

    * Shapes: source `(N, K / 32, bytes)`, out `(ceil(N / 16), K / 32, 16 * bytes)`, both of i8; other extents are refused.
    ```mlir
    %p = tern_kernel.interleave q8_0 ins(%q : tensor<20x2x34xi8>) outs(%o : tensor<2x2x544xi8>) -> tensor<2x2x544xi8>
    ```
  }];
}

def Kernel_DeinterleaveOp : Kernel_BlockOp<"deinterleave"> {
  let summary = "interleaved blocks as files hold them";
  let description = [{
    The reverse of `tern_kernel.interleave`: what an entry that stores a parameter does.

    * Shapes: source `(ceil(N / 16), K / 32, 16 * bytes)`, out `(N, K / 32, bytes)`, both of i8; other extents are refused.
    ```mlir
    %q = tern_kernel.deinterleave q8_0 ins(%p : tensor<2x2x544xi8>) outs(%o : tensor<20x2x34xi8>) -> tensor<20x2x34xi8>
    ```
  }];
}

def Kernel_PackOp : Kernel_Op<"pack"> {
  let summary = "a matrix to panels, as products read it";
  let description = [{
    Writes `source`, `(K, N)` or `(N, K)` as the layout says, into the out, which is packed: a tensor of that encoding, or what it
    becomes, of shape (panels, groups, columns * group). Elements are rounded to `compute` where it is there, then converted to
    the type of the out. Every element of the out is written.

    * Refused: an out that is not as the layout says, elements that are not f32, f64 or bf16.
    ```mlir
    %r = tern_kernel.pack layout(<columns = 32, group = 2>) ins(%w : tensor<70x40xf32>) outs(%out : tensor<2x48x64xbf16>)
        -> tensor<2x48x64xbf16>
    ```
  }];
  let arguments = (ins Kernel_Shaped:$source, Variadic<Kernel_Shaped>:$outs, Kernel_PackedAttr:$layout,
                       OptionalAttr<TypeAttr>:$compute);
  let assemblyFormat = [{`layout` `` `(` $layout `)` (`compute` `` `(` $compute^ `)`)? `ins` `` `(` $source `:` type($source) `)`
    `outs` `` `(` $outs `:` type($outs) `)` attr-dict (`->` type($tensors)^)?}];
  let builders = [OpBuilder<(ins "::mlir::Value":$source, "::mlir::Value":$out, "::tern::kernel::PackedAttr":$layout,
                                 CArg<"::mlir::Type", "nullptr">:$compute)>];
  let extraClassDeclaration = outsDeclaration # [{
    int64_t getN();
    int64_t getK();
  }];
}

// Attention and its gradient share their mask and their attributes.
class Kernel_AttentionBase<string mnemonic, dag inputs> : Kernel_Op<mnemonic, [AttrSizedOperandSegments]> {
  dag attributes = (ins Optional<Kernel_Shaped>:$key_lengths, Optional<Kernel_Shaped>:$position,
                        Optional<Kernel_Key>:$key, Variadic<Kernel_Shaped>:$outs, I64Attr:$heads, I64Attr:$kv_heads,
                        UnitAttr:$causal, F64Attr:$scale, DefaultValuedAttr<F64Attr, "0.0">:$dropout);
  let arguments = !con(inputs, attributes);
  code sizesDeclaration = [{
    int64_t getBatch();
    /// Query positions, T, and key positions, S.
    int64_t getQueryLength();
    int64_t getKeyLength();
    /// Channels of one head, D.
    int64_t getHeadSize();
    /// Pairs (query, key) of one head and one batch row that the mask lets through when all keys are there.
    int64_t getVisiblePairs();
    /// f64 for operands of f64, else f32: the type of the softmax and of all sums.
    ::mlir::Type getSumType();
  }];
  let extraClassDeclaration = outsDeclaration # sizesDeclaration;
}

def Kernel_AttentionOp : Kernel_AttentionBase<"attention",
    (ins Kernel_Shaped:$q, Kernel_Shaped:$k, Kernel_Shaped:$v)> {
  let summary = "scaled dot-product attention of every head";
  let description = [{
    `o = softmax(scale q k^T + mask) v`. Query head h reads key-value head `h / (H / KV)`. `causal`: query t stands at
    position `p + t` and sees keys `<= p + t`; p is `position`, one for all or one per batch row, or S - T without it.
    `lengths`: keys at or beyond the length of their batch row are not seen. A query that sees nothing gives zeros. With
    `dropout`, the probability of (b, h, i, j) is kept where `uniform(key, ((b H + h) T + i) S + j) >= rate` and divided
    by `1 - rate`. A second out holds `log sum exp(scale q k^T + mask)` of each row, 0 where nothing is seen: what the
    gradient needs. Operands and o are f64, or each f32 or bf16; sums and the second out are f64 or f32.

    * Shapes: q, o `(B, T, H*D)`; k, v `(B, S, KV*D)`; lengths `(B)`; position `()` or `(B)`; the second out `(B, H, T)`.
    * Refused: heads that are no multiple of the key-value heads, channels that do not split into them, dropout without a
      key, a position without `causal`, lengths and positions that are not i32.
    ```mlir
    %r = tern_kernel.attention heads 2 kv_heads 1 causal scale 0.5
        ins(%q, %k, %v : tensor<1x4x8xf32>, tensor<1x4x4xf32>, tensor<1x4x4xf32>)
        lengths(%n : tensor<1xi32>) position(%p : tensor<i32>) outs(%o : tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
    ```
  }];
  let assemblyFormat = [{`heads` $heads `kv_heads` $kv_heads (`causal` $causal^)? `scale` $scale (`dropout` $dropout^)?
    `ins` `` `(` $q `,` $k `,` $v `:` type($q) `,` type($k) `,` type($v) `)`
    (`lengths` `` `(` $key_lengths^ `:` type($key_lengths) `)`)? (`position` `` `(` $position^ `:` type($position) `)`)?
    (`key` `` `(` $key^ `:` type($key) `)`)? `outs` `` `(` $outs `:` type($outs) `)` attr-dict (`->` type($tensors)^)?}];
  let builders = [OpBuilder<(ins "::mlir::ValueRange":$qkv, "const ::tern::kernel::AttentionMask &":$mask,
      "::mlir::ValueRange":$outs, "int64_t":$heads, "int64_t":$kvHeads, "double":$scale)>];
}

def Kernel_AttentionGradOp : Kernel_AttentionBase<"attention_grad",
    (ins Kernel_Shaped:$q, Kernel_Shaped:$k, Kernel_Shaped:$v, Kernel_Shaped:$output, Kernel_Shaped:$log_sum_exp,
         Kernel_Shaped:$cotangent)> {
  let summary = "gradient of attention; the probabilities are computed again";
  let description = [{
    With p the (masked, dropped) probabilities of the forward op, o and lse its two outs: `p = exp(scale q k^T - lse)`;
    `dv = p^T do`; `dp = do v^T`; `ds = p (dp - rowsum(do o))`; `dq = scale ds k`; `dk = scale ds^T q`. Overwrites its three
    outs dq, dk, dv. Refuses what `tern_kernel.attention` refuses.
    ```mlir
    %r:3 = tern_kernel.attention_grad heads 1 kv_heads 1 scale 0.5
        ins(%q, %k, %v, %o, %lse, %do : tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>,
            tensor<1x1x4xf32>, tensor<1x4x8xf32>)
        outs(%dq, %dk, %dv : tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>)
        -> tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>
    ```
  }];
  let assemblyFormat = [{`heads` $heads `kv_heads` $kv_heads (`causal` $causal^)? `scale` $scale (`dropout` $dropout^)?
    `ins` `` `(` $q `,` $k `,` $v `,` $output `,` $log_sum_exp `,` $cotangent `:` type($q) `,` type($k) `,` type($v) `,`
    type($output) `,` type($log_sum_exp) `,` type($cotangent) `)`
    (`lengths` `` `(` $key_lengths^ `:` type($key_lengths) `)`)? (`position` `` `(` $position^ `:` type($position) `)`)?
    (`key` `` `(` $key^ `:` type($key) `)`)? `outs` `` `(` $outs `:` type($outs) `)` attr-dict (`->` type($tensors)^)?}];
  let builders = [OpBuilder<(ins "::mlir::ValueRange":$inputs, "const ::tern::kernel::AttentionMask &":$mask,
      "::mlir::ValueRange":$outs, "int64_t":$heads, "int64_t":$kvHeads, "double":$scale)>];
}

def Kernel_GatherOp : Kernel_Op<"gather"> {
  let summary = "rows of a table";
  let description = [{
    `out[n, :] = table[indices[n], :]`. Indices outside the table are clamped into it, so that no read leaves it.

    * Shapes: table `(V, C)`, indices `(N)`, out `(N, C)`; other columns or rows are refused.
    ```mlir
    %r = tern_kernel.gather ins(%table, %indices : tensor<10x8xf32>, tensor<4xi32>) outs(%out : tensor<4x8xf32>)
        -> tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Kernel_Shaped:$table, Kernel_Shaped:$indices, Variadic<Kernel_Shaped>:$outs);
  let assemblyFormat = [{`ins` `` `(` $table `,` $indices `:` type($table) `,` type($indices) `)`
    `outs` `` `(` $outs `:` type($outs) `)` attr-dict (`->` type($tensors)^)?}];
  let builders = [OpBuilder<(ins "::mlir::Value":$table, "::mlir::Value":$indices, "::mlir::Value":$out)>];
}

def Kernel_ScatterAddOp : Kernel_Op<"scatter_add"> {
  let summary = "adds rows into a table";
  let description = [{
    `out[indices[n], :] += rows[n, :]`, in the order of n: the sum does not depend on the number of threads. Rows whose
    index lies outside the table are clamped into it, as in gather.

    * Shapes: rows `(N, C)`, indices `(N)`, out `(V, C)`; other columns or rows are refused.
    ```mlir
    %r = tern_kernel.scatter_add ins(%rows, %indices : tensor<4x8xf32>, tensor<4xi32>) outs(%table : tensor<10x8xf32>)
        -> tensor<10x8xf32>
    ```
  }];
  let arguments = (ins Kernel_Shaped:$rows, Kernel_Shaped:$indices, Variadic<Kernel_Shaped>:$outs);
  let assemblyFormat = [{`ins` `` `(` $rows `,` $indices `:` type($rows) `,` type($indices) `)`
    `outs` `` `(` $outs `:` type($outs) `)` attr-dict (`->` type($tensors)^)?}];
  let builders = [OpBuilder<(ins "::mlir::Value":$rows, "::mlir::Value":$indices, "::mlir::Value":$out)>];
}

def Kernel_CrossEntropyOp : Kernel_Op<"cross_entropy"> {
  let summary = "negative log-likelihood of each row";
  let description = [{
    `row_lse[n] = log sum over v of exp(logits[n, v])`; `row_loss[n] = row_lse[n] - logits[n, targets[n]]`, and 0 where the
    target is `ignore_index`. The outs are row_loss and row_lse, in this order.

    * Shapes: logits `(N, V)`; targets, row_loss, row_lse `(N)`; another number of rows is refused.
    ```mlir
    %r:2 = tern_kernel.cross_entropy ignore_index -100 ins(%logits, %targets : tensor<4x10xf32>, tensor<4xi32>)
        outs(%loss, %lse : tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>, tensor<4xf32>
    ```
  }];
  let arguments = (ins Kernel_Shaped:$logits, Kernel_Shaped:$targets, Variadic<Kernel_Shaped>:$outs,
                       I64Attr:$ignore_index);
  let assemblyFormat = [{`ignore_index` $ignore_index
    `ins` `` `(` $logits `,` $targets `:` type($logits) `,` type($targets) `)`
    `outs` `` `(` $outs `:` type($outs) `)` attr-dict (`->` type($tensors)^)?}];
  let builders = [OpBuilder<(ins "::mlir::Value":$logits, "::mlir::Value":$targets, "::mlir::Value":$rowLoss,
      "::mlir::Value":$rowLse, "int64_t":$ignoreIndex)>];
}

def Kernel_CrossEntropyGradOp : Kernel_Op<"cross_entropy_grad", [AttrSizedOperandSegments]> {
  let summary = "gradient of cross_entropy, in the place of the logits or rounded";
  let description = [{
    `out[n, v] = scale (exp(logits[n, v] - row_lse[n]) - [v = targets[n]])`, and 0 in rows whose target is `ignore_index`.
    Without `logits` the out holds them before.

    * Shapes: logits, out `(N, V)`; targets, row_lse `(N)`; scale of rank 0; another number of rows is refused. An out of bf16
      takes logits, which are f32 then.
    ```mlir
    %r = tern_kernel.cross_entropy_grad ignore_index -100
        ins(%targets, %lse, %scale : tensor<4xi32>, tensor<4xf32>, tensor<f32>) outs(%logits : tensor<4x10xf32>)
        -> tensor<4x10xf32>
    %s = tern_kernel.cross_entropy_grad ignore_index -100
        ins(%targets, %lse, %scale : tensor<4xi32>, tensor<4xf32>, tensor<f32>) logits(%logits : tensor<4x10xf32>)
        outs(%rounded : tensor<4x10xbf16>) -> tensor<4x10xbf16>
    ```
  }];
  let arguments = (ins Kernel_Shaped:$targets, Kernel_Shaped:$row_lse, Kernel_Scalar:$scale,
                       Optional<Kernel_Shaped>:$logits, Variadic<Kernel_Shaped>:$outs, I64Attr:$ignore_index);
  let assemblyFormat = [{`ignore_index` $ignore_index
    `ins` `` `(` $targets `,` $row_lse `,` $scale `:` type($targets) `,` type($row_lse) `,` type($scale) `)`
    (`logits` `` `(` $logits^ `:` type($logits) `)`)? `outs` `` `(` $outs `:` type($outs) `)` attr-dict (`->` type($tensors)^)?}];
  let builders = [OpBuilder<(ins "::mlir::Value":$targets, "::mlir::Value":$rowLse, "::mlir::Value":$scale,
      "::mlir::Value":$logits, "::mlir::Value":$out, "int64_t":$ignoreIndex)>];
  let extraClassDeclaration = outsDeclaration # [{
    /// The operand, or the out that holds them.
    ::mlir::Value logitsOrOut() { return getLogits() ? getLogits() : getOuts()[0]; }
  }];
}

#endif // TERN_KERNEL_TD
