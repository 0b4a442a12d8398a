// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention family: scaled dot-product attention as one op.

#ifndef TERN_ATTENTION_TD
#define TERN_ATTENTION_TD

include "dialects/tern/Attrs.td"

def Tern_AttentionOp : Tern_DifferentiableOp<"attention", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<Tern_Costed>, DeclareOpInterfaceMethods<Tern_Stochastic, ["isRandom", "removeNoise"]>,
    DeclareOpInterfaceMethods<Tern_Narrowable>,
    DeclareOpInterfaceMethods<Tern_Sequential, ["followSequence", "isPositionwise", "buildStep"]>]> {
  let summary = "multi-head and grouped-query attention (Vaswani et al. 2017, Ainslie et al. 2023)";
  let description = [{
    `o = softmax(scale q k^T + mask) v` for every head; heads lie side by side in the last dimension. The scale defaults to
    `1/sqrt(D)`. `causal`: query t stands at position `p + t` and sees keys `<= p + t`, where p is `position` (of all batch
    rows, or of each) or, without it, S - T: the last query sees the last key. `lengths` gives how many keys of a batch row
    are there: padding and the unfilled part of a cache are not seen. `window W`: of the keys up to its own, a query sees the
    last W (Beltagy et al. 2020). A query that sees nothing gives zeros. `dropout` drops probabilities in training programs.
    `statistics` adds a second result, `log sum exp(scale q k^T + mask)` of every row, from which the gradient computes the
    probabilities again.

    Scores may depend on how far key s is from the place n of the query, `p + t` if causal, else t. `alibi` adds `m (s - n)`, or
    `-m |s - n|` without `causal`, with the slope m = `2^(-8 (h + 1) / H)` for head h; where H is no power of two, slopes are those of
    the next lower one, then every other one of the next higher (Press et al. 2022). `relative` adds `table[bucket(s - n), h]`, the
    table a parameter that layers share (Raffel et al. 2020). Causal: each of the first half of the buckets holds one distance,
    those of the second half ranges that grow by a factor, the last one reaching beyond `max_distance`, 128 unless stated.
    Without `causal`, keys before and behind the query have half of the buckets each.

    * Shapes: q, o `(B, T, H*D)`; k, v `(B, S, KV*D)`, where query head h reads key-value head `h / (H / KV)`. With one operand
      it is the packed projection `(B, T, (H + 2 KV) * D)` = [q | k | v]. lengths `(B)`, position `()` or `(B)`, both i32.
      The table is `(buckets, H)`. It and the second result `(B, H, T)` have elements of f32, or of f64 where q has.
    * Gradient: `tern.attention_grad`, from the results of the op with `statistics`.
    * Refused: channels that do not split into the heads, heads that do not share the key-value heads evenly, two operands, a
      scale that is not positive, a dropout rate outside of [0, 1), a position or a window without `causal`, a window below 1,
      `alibi` together with `relative`, `max_distance` without `relative` or not beyond the buckets of one distance, fewer than
      four buckets, an odd number of them without `causal`, and a table of another number of heads.
    ```mlir
    %o = tern.attention %qkv heads 12 causal : tensor<2x4x2304xf32>
    %p = tern.attention %q, %k, %v heads 12 kv_heads 4 scale 0.125 lengths(%n : tensor<2xi32>) :
        tensor<2x4x768xf32>, tensor<2x4x256xf32>, tensor<2x4x256xf32>
    %d = tern.attention %q, %keys, %values heads 12 kv_heads 4 causal position(%first : tensor<i32>) :
        tensor<2x4x768xf32>, tensor<2x64x256xf32>, tensor<2x64x256xf32>
    %w = tern.attention %qkv heads 12 causal window 2 alibi : tensor<2x4x2304xf32>
    %r = tern.attention %qkv heads 12 scale 1.0 relative(%table : tensor<32x12xf32>) max_distance 64 : tensor<2x4x2304xf32>
    ```
  }];
  let arguments = (ins Variadic<Tern_Float>:$inputs, Optional<Tern_Positions>:$key_lengths,
                       Optional<Tern_Positions>:$position, Optional<Tern_Float>:$relative, Optional<Tern_Key>:$key,
                       Tern_Size:$heads, OptionalAttr<Tern_Size>:$kv_heads, UnitAttr:$causal, OptionalAttr<F64Attr>:$scale,
                       OptionalAttr<Tern_Size>:$window, UnitAttr:$alibi, OptionalAttr<Tern_Size>:$max_distance,
                       OptionalAttr<Tern_Real>:$dropout, UnitAttr:$statistics);
  let results = (outs Tern_Float:$result, Optional<Tern_Float>:$log_sum_exp);
  let assemblyFormat = [{$inputs `heads` custom<Size>($heads) (`kv_heads` custom<Size>($kv_heads)^)?
    (`causal` $causal^)? (`window` custom<Size>($window)^)? (`alibi` $alibi^)? (`scale` $scale^)?
    (`dropout` custom<Real>($dropout)^)? (`lengths` `` `(` $key_lengths^ `:` type($key_lengths) `)`)?
    (`position` `` `(` $position^ `:` type($position) `)`)? (`relative` `` `(` $relative^ `:` type($relative) `)`)?
    (`max_distance` custom<Size>($max_distance)^)? (`key` $key^)? (`statistics` $statistics^)? attr-dict `:` type($inputs)}];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    bool isPacked() { return getInputs().size() == 1; }
    int64_t getHeadCount();
    int64_t getKeyValueHeadCount();
    /// Channels of one head, D.
    int64_t getHeadSize();
    /// The scale as a number: the attribute, or 1/sqrt(D).
    double getScaleValue();
    /// The dropout rate as a number, 0 when absent.
    double getDropoutRate();
    /// The window as a number, 0 when absent; and the distance that the last bucket reaches.
    int64_t getWindowSize();
    int64_t getGreatestDistance();
    /// q, k, v: the operands, or slices of the packed one.
    ::llvm::SmallVector<::mlir::Value> unpack(::mlir::OpBuilder &b);
  }];
}

def Tern_AttentionGradOp : Tern_PureOp<"attention_grad", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<Tern_Costed>, DeclareOpInterfaceMethods<Tern_Narrowable>]> {
  let summary = "gradient of attention: probabilities are recomputed, never kept";
  let description = [{
    `p = exp(scale q k^T + mask - lse)`; `dv = p^T do`; `ds = p (do v^T - rowsum(do o))`; `dq = scale ds k`;
    `dk = scale ds^T q`. With dropout, p is masked where the forward op masked it (same key). Of the forward op it needs the
    operands and the two results o and lse: nothing of size (T, S) is kept for it (Dao et al. 2022).

    What is added to the scores by their distance is added again. With `relative`, a fourth result is the gradient of the table:
    `dtable[b, h] = sum of ds` of head h over the pairs of bucket b, in an order that is always the same.

    * Shapes: q, o, do, dq `(B, T, H*D)`; k, v, dk, dv `(B, S, KV*D)`; lse `(B, H, T)`; table, dtable `(buckets, H)`.
    * Refused: an o or a cotangent that has not the type of q.
    ```mlir
    %dq, %dk, %dv = tern.attention_grad %q, %k, %v, %o, %lse, %do heads 2 kv_heads 2 causal scale 0.5 :
        tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x2x4xf32>, tensor<1x4x8xf32>
    %r:4 = tern.attention_grad %q, %k, %v, %o, %lse, %do heads 2 kv_heads 2 causal window 3 scale 0.5
        relative(%table : tensor<8x2xf32>) max_distance 16 :
        tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x2x4xf32>, tensor<1x4x8xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$q, Tern_Float:$k, Tern_Float:$v, Tern_Float:$output, Tern_Float:$log_sum_exp,
                       Tern_Float:$cotangent, Optional<Tern_Positions>:$key_lengths, Optional<Tern_Positions>:$position,
                       Optional<Tern_Float>:$relative, Optional<Tern_Key>:$key, I64Attr:$heads, I64Attr:$kv_heads,
                       UnitAttr:$causal, F64Attr:$scale, DefaultValuedAttr<I64Attr, "0">:$window, UnitAttr:$alibi,
                       DefaultValuedAttr<I64Attr, "128">:$max_distance, DefaultValuedAttr<F64Attr, "0.0">:$dropout);
  let results = (outs Tern_Float:$dq, Tern_Float:$dk, Tern_Float:$dv, Optional<Tern_Float>:$drelative);
  let assemblyFormat = [{$q `,` $k `,` $v `,` $output `,` $log_sum_exp `,` $cotangent `heads` $heads `kv_heads` $kv_heads
    (`causal` $causal^)? (`window` $window^)? (`alibi` $alibi^)? `scale` $scale (`dropout` $dropout^)?
    (`lengths` `` `(` $key_lengths^ `:` type($key_lengths) `)`)? (`position` `` `(` $position^ `:` type($position) `)`)?
    (`relative` `` `(` $relative^ `:` type($relative) `)`)? (`max_distance` $max_distance^)? (`key` $key^)? attr-dict `:`
    type($q) `,` type($k) `,` type($v) `,` type($output) `,` type($log_sum_exp) `,` type($cotangent)}];
}

def Tern_CausalMaskOp : Tern_DifferentiableOp<"causal_mask"> {
  let summary = "hides the future in a matrix of attention scores";
  let description = [{
    `y[..., t, s] = s <= t + S - T ? x[..., t, s] : fill`: the mask of attention that is written from primitives. `fill` is
    -inf unless stated. `raise-attention` knows it.

    * Shapes: x, y `(..., T, S)` with `T <= S`.
    * Gradient: `dx[..., t, s] = s <= t + S - T ? dy[..., t, s] : 0`.
    * Refused: rank below 2, and more queries than keys: the first ones would see nothing.
    ```mlir
    %y = tern.causal_mask %scores : tensor<2x12x4x4xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input,
                       DefaultValuedAttr<F64Attr, "-std::numeric_limits<double>::infinity()">:$fill);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$input (`fill` $fill^)? attr-dict `:` type($input)";
}

#endif // TERN_ATTENTION_TD
