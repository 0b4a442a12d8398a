// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Position family: where a token stands.

#ifndef TERN_POSITION_TD
#define TERN_POSITION_TD

include "dialects/tern/Attrs.td"

def Tern_PositionEmbeddingOp : Tern_DifferentiableOp<"position_embedding"> {
  let summary = "adds a learned position to every token";
  let description = [{
    `y[b, t, :] = x[b, t, :] + table[t, :]`.

    * Shapes: x, y `(B, T, C)`; table `(P, C)` with `P >= T`.
    * Gradient: `dx = dy`; `dtable[t, :] = sum over b of dy[b, t, :]`, zeros behind T.
    * Refused: a sequence longer than the table, other channels, other ranks.
    ```mlir
    %y = tern.position_embedding %x, %wpe : tensor<2x4x768xf32>, tensor<1024x768xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_Float:$table);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$input `,` $table attr-dict `:` type($input) `,` type($table)";
}

#endif // TERN_POSITION_TD
