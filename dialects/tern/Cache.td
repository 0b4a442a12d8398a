// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cache family: what a program that sees a sequence in pieces keeps of the earlier ones.

#ifndef TERN_CACHE_TD
#define TERN_CACHE_TD

include "dialects/tern/Attrs.td"

// One number per sequence, and the number of one sequence.
def Tern_PerRow : TensorRankOf<[I32], [1]>;
def Tern_Slot : 0DTensorOf<[I32]>, BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI32Type())">;

def Tern_CacheWriteOp : Tern_PureOp<"cache_write", [AllTypesMatch<["position", "count"]>]> {
  let summary = "rows put into a cache where their positions are";
  let description = [{
    `y[b, position[b] + t, :] = rows[b, t, :]` for `t < count[b]`, and `y = cache` elsewhere. With `slot`, the rows of one
    sequence go into batch row `slot` of the cache. Rows behind the end of the cache are dropped, a negative position counts
    as 0. `derive-decode` makes it; when its cache is a variable, the rows are written in place.

    * Shapes: cache, y `(B, S, C)`; rows `(B, T, C)`, with `slot` `(1, T, C)`; position, count `(B)`, with `slot` `(1)`.
    * Refused: other ranks, channels, elements or batch rows; more rows than the cache has.
    ```mlir
    %c1 = tern.cache_write %c, %k position %p count %n : tensor<2x64x8xf32>, tensor<2x4x8xf32>, tensor<2xi32>
    %d1 = tern.cache_write %d, %row position %first count %one slot %s : tensor<4x64x8xf32>, tensor<1x4x8xf32>, tensor<1xi32>
    ```
  }];
  let arguments = (ins Tern_Float:$cache, Tern_Float:$rows, Tern_PerRow:$position, Tern_PerRow:$count,
                       Optional<Tern_Slot>:$slot);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = [{$cache `,` $rows `position` $position `count` $count (`slot` $slot^)? attr-dict `:` type($cache)
                        `,` type($rows) `,` type($position)}];
}

def Tern_CacheReadOp : Tern_PureOp<"cache_read"> {
  let summary = "the rows of one sequence of a cache";
  let description = [{
    `y[0, :, :] = cache[slot, :, :]`, a view of the cache.

    * Shapes: cache `(B, S, C)`, y `(1, S, C)`.
    * Refused: another rank.
    ```mlir
    %k = tern.cache_read %c slot %s : tensor<4x64x8xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$cache, Tern_Slot:$slot);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$cache `slot` $slot attr-dict `:` type($cache)";
}

def Tern_LastRowOp : Tern_PureOp<"last_row"> {
  let summary = "the last token of each sequence that is there";
  let description = [{
    `y[b, 0, :] = x[b, count[b] - 1, :]`; a count below 1 counts as 1, one above T as T. Logits are wanted for the last token
    only: `derive-decode` puts it before the product with the head.

    * Shapes: x `(B, T, C)`, count `(B)`, y `(B, 1, C)`.
    * Refused: another rank, a count of another batch, sequences of no tokens, more than 2147483647 tokens in all.
    ```mlir
    %y = tern.last_row %x count %n : tensor<2x4x8xf32>, tensor<2xi32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_PerRow:$count);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$input `count` $count attr-dict `:` type($input) `,` type($count)";
}

#endif // TERN_CACHE_TD
