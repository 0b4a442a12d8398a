// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Position family: where a token stands.

#ifndef TERN_POSITION_TD
#define TERN_POSITION_TD

include "dialects/tern/Attrs.td"

// Adds or applies what depends on the place of a token: with `position`, that of the first one.
class Tern_PositionOp<string mnemonic, list<Trait> traits = []>
    : Tern_DifferentiableOp<mnemonic, traits # [DeclareOpInterfaceMethods<Tern_Sequential,
        ["followSequence", "isPositionwise", "buildStep"]>]> {
  let results = (outs Tern_Float:$result);
}

def Tern_PositionEmbeddingOp : Tern_PositionOp<"position_embedding"> {
  let summary = "adds a learned position to every token";
  let description = [{
    `y[b, t, :] = x[b, t, :] + table[p + t, :]`, where p is `position`, the place of the first token (of all batch rows, or of
    each), or 0 without it. Places behind the table take its last row.

    * Shapes: x, y `(B, T, C)`; table `(P, C)` with `P >= T`; position `()` or `(B)`, i32.
    * Gradient: `dx = dy`; `dtable[p + t, :] = sum over b of dy[b, t, :]`, zeros elsewhere; a position has none.
    * Refused: a sequence longer than the table, other channels, other ranks, positions of another batch.
    ```mlir
    %y = tern.position_embedding %x, %wpe : tensor<2x4x768xf32>, tensor<1024x768xf32>
    %z = tern.position_embedding %x, %wpe position(%first : tensor<i32>) : tensor<2x4x768xf32>, tensor<1024x768xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_Float:$table, Optional<Tern_Positions>:$position);
  let assemblyFormat = [{$input `,` $table (`position` `` `(` $position^ `:` type($position) `)`)? attr-dict `:`
                        type($input) `,` type($table)}];
}

#endif // TERN_POSITION_TD
