// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rotation of the heads of queries and keys by their positions.

#ifndef TERN_KERNEL_POSITION_TD
#define TERN_KERNEL_POSITION_TD

include "dialects/kernel/Base.td"

def Kernel_RotationOp : Kernel_Op<"rotation"> {
  let summary = "pairs of channels turned by angles whose cosines and sines are given";
  let description = [{
    `out[.., 1] = x[.., 1] c - x[.., 2] s`, `out[.., 2] = x[.., 1] s + x[.., 2] c` for each of the R/2 pairs of the first R channels
    of the first `turning` of `heads` heads side by side; everything else is copied. Pair i of token t has `c = table[t, i]` and
    `s = table[t, R/2 + i]`, or those of `table[b, t, ..]`, and `inverse` takes -s. The pair is channels i and i + R/2, or with
    `interleaved` 2i and 2i + 1. x and out may be one buffer.

    * Shapes: x, out `(B, T, C)`; table `(T, R)` or `(B, T, R)`, all of f32 or all of f64.
    * Refused: channels that do not split into the heads, more turning heads than there are, an R that is odd or above the
      channels of a head, other extents.
    ```mlir
    %r = tern_kernel.rotation interleaved heads 3 turning 2 ins(%x, %table : tensor<1x4x24xf32>, tensor<4x8xf32>)
        outs(%out : tensor<1x4x24xf32>) -> tensor<1x4x24xf32>
    ```
  }];
  let arguments = (ins Kernel_Shaped:$input, Kernel_Shaped:$table, Variadic<Kernel_Shaped>:$outs, I64Attr:$heads,
                       I64Attr:$turning, UnitAttr:$interleaved, UnitAttr:$inverse);
  let assemblyFormat = [{(`interleaved` $interleaved^)? (`inverse` $inverse^)? `heads` $heads `turning` $turning
    `ins` `` `(` $input `,` $table `:` type($input) `,` type($table) `)` `outs` `` `(` $outs `:` type($outs) `)` attr-dict
    (`->` type($tensors)^)?}];
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$table, "::mlir::Value":$out, "int64_t":$heads,
      "int64_t":$turning, "bool":$interleaved, "bool":$inverse)>];
  let extraClassDeclaration = outsDeclaration # [{
    int64_t getBatch();
    int64_t getTokens();
    /// Channels of one head, D, and how many of them turn, R.
    int64_t getHeadSize();
    int64_t getRotaryCount();
  }];
}

#endif // TERN_KERNEL_POSITION_TD
