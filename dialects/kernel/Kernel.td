// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The ops of the tensor floor that upstream linalg has no name for; here those that work on rows.
// Destination style, on tensors or memrefs; the wings expand them to loops after bufferization.

#ifndef TERN_KERNEL_TD
#define TERN_KERNEL_TD

// Every family, in the order in which documents tell them.
include "dialects/kernel/Contract.td"
include "dialects/kernel/Packed.td"
include "dialects/kernel/Blocks.td"
include "dialects/kernel/Attention.td"
include "dialects/kernel/Position.td"

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

def Kernel_WriteRowsOp : Kernel_Op<"write_rows"> {
  let summary = "rows into a cache";
  let description = [{
    `out[b, position[b] + t, :] = rows[b, t, :]` for `t < count[b]`; everything else stays. A negative position counts as 0,
    and rows that would lie behind the out are dropped, so that no write leaves it.

    * Shapes: rows `(B, T, C)`; position, count `(B)` of i32; out `(B, S, C)` of the type of rows; others are refused.
    ```mlir
    %r = tern_kernel.write_rows ins(%rows, %position, %count : tensor<2x4x8xf32>, tensor<2xi32>, tensor<2xi32>)
        outs(%cache : tensor<2x64x8xf32>) -> tensor<2x64x8xf32>
    ```
  }];
  let arguments = (ins Kernel_Shaped:$rows, Kernel_Shaped:$position, Kernel_Shaped:$count, Variadic<Kernel_Shaped>:$outs);
  let assemblyFormat = [{`ins` `` `(` $rows `,` $position `,` $count `:` type($rows) `,` type($position) `,` type($count) `)`
    `outs` `` `(` $outs `:` type($outs) `)` attr-dict (`->` type($tensors)^)?}];
  let builders = [OpBuilder<(ins "::mlir::Value":$rows, "::mlir::Value":$position, "::mlir::Value":$count,
                                 "::mlir::Value":$out)>];
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
