// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Block-quantised weights: their formats, and ops from one form of a matrix to another.

#ifndef TERN_KERNEL_BLOCKS_TD
#define TERN_KERNEL_BLOCKS_TD

include "dialects/kernel/Base.td"

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

#endif // TERN_KERNEL_BLOCKS_TD
