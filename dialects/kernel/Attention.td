// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention of every head, and its gradient.

#ifndef TERN_KERNEL_ATTENTION_TD
#define TERN_KERNEL_ATTENTION_TD

include "dialects/kernel/Base.td"

// Attention and its gradient share their mask and their attributes.
class Kernel_AttentionBase<string mnemonic, dag inputs> : Kernel_Op<mnemonic, [AttrSizedOperandSegments]> {
  dag attributes = (ins Optional<Kernel_Shaped>:$key_lengths, Optional<Kernel_Shaped>:$position,
                        Optional<Kernel_Shaped>:$bias, Optional<Kernel_Key>:$key, Variadic<Kernel_Shaped>:$outs,
                        I64Attr:$heads, I64Attr:$kv_heads, UnitAttr:$causal, F64Attr:$scale,
                        DefaultValuedAttr<I64Attr, "0">:$window, DefaultValuedAttr<F64Attr, "0.0">:$dropout);
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
    /// Places that a query may have, from 0 on: N.
    int64_t getPlaces();
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
    `lengths`: keys at or beyond the length of their batch row are not seen. `window`: of the keys up to its own place, a query
    sees the last so many; 0 is all. A query that sees nothing gives zeros. `bias` is added to scores by distance: score (h, t, s)
    is `scale q k^T + bias[h, s - n + N - 1]`, n the place of the query, `p + t` if causal, else t, clamped to [0, N); N is S if
    causal, else T. With `dropout`, the probability of (b, h, i, j) is kept where `uniform(key, ((b H + h) T + i) S + j) >= rate` and divided
    by `1 - rate`. A second out holds `log sum exp(scale q k^T + mask)` of each row, 0 where nothing is seen: what the
    gradient needs. Operands and o are f64, or each f32 or bf16; sums, the bias and the second out are f64 or f32.

    * Shapes: q, o `(B, T, H*D)`; k, v `(B, S, KV*D)`; lengths `(B)`; position `()` or `(B)`; bias `(H, N + S - 1)`; the second out
      `(B, H, T)`.
    * Refused: heads that are no multiple of the key-value heads, channels that do not split into them, dropout without a
      key, a position or a window without `causal`, lengths and positions that are not i32.
    ```mlir
    %r = tern_kernel.attention heads 2 kv_heads 1 causal scale 0.5
        ins(%q, %k, %v : tensor<1x4x8xf32>, tensor<1x4x4xf32>, tensor<1x4x4xf32>)
        lengths(%n : tensor<1xi32>) position(%p : tensor<i32>) outs(%o : tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
    %s = tern_kernel.attention heads 2 kv_heads 1 causal window 3 scale 0.5
        ins(%q, %k, %v : tensor<1x4x8xf32>, tensor<1x4x4xf32>, tensor<1x4x4xf32>)
        bias(%distances : tensor<2x7xf32>) outs(%o : tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
    ```
  }];
  let assemblyFormat = [{`heads` $heads `kv_heads` $kv_heads (`causal` $causal^)? (`window` $window^)? `scale` $scale
    (`dropout` $dropout^)?
    `ins` `` `(` $q `,` $k `,` $v `:` type($q) `,` type($k) `,` type($v) `)`
    (`lengths` `` `(` $key_lengths^ `:` type($key_lengths) `)`)? (`position` `` `(` $position^ `:` type($position) `)`)?
    (`bias` `` `(` $bias^ `:` type($bias) `)`)? (`key` `` `(` $key^ `:` type($key) `)`)? `outs` `` `(` $outs `:` type($outs) `)` attr-dict (`->` type($tensors)^)?}];
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
    outs dq, dk, dv, and a fourth one if the op has a bias and it, `dbias[h, d]`: the sum of ds of head h over the pairs (b, t, s) that read
    `bias[h, d]`, in an order that does not depend on the number of threads. Refuses what `tern_kernel.attention` refuses.
    ```mlir
    %r:3 = tern_kernel.attention_grad heads 1 kv_heads 1 scale 0.5
        ins(%q, %k, %v, %o, %lse, %do : tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>,
            tensor<1x1x4xf32>, tensor<1x4x8xf32>)
        outs(%dq, %dk, %dv : tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>)
        -> tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>
    ```
  }];
  let assemblyFormat = [{`heads` $heads `kv_heads` $kv_heads (`causal` $causal^)? (`window` $window^)? `scale` $scale
    (`dropout` $dropout^)?
    `ins` `` `(` $q `,` $k `,` $v `,` $output `,` $log_sum_exp `,` $cotangent `:` type($q) `,` type($k) `,` type($v) `,`
    type($output) `,` type($log_sum_exp) `,` type($cotangent) `)`
    (`lengths` `` `(` $key_lengths^ `:` type($key_lengths) `)`)? (`position` `` `(` $position^ `:` type($position) `)`)?
    (`bias` `` `(` $bias^ `:` type($bias) `)`)? (`key` `` `(` $key^ `:` type($key) `)`)? `outs` `` `(` $outs `:` type($outs) `)` attr-dict (`->` type($tensors)^)?}];
  let builders = [OpBuilder<(ins "::mlir::ValueRange":$inputs, "const ::tern::kernel::AttentionMask &":$mask,
      "::mlir::ValueRange":$outs, "int64_t":$heads, "int64_t":$kvHeads, "double":$scale)>];
}

#endif // TERN_KERNEL_ATTENTION_TD
