// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linear family: products with matrices.

#ifndef TERN_LINEAR_TD
#define TERN_LINEAR_TD

include "dialects/tern/Attrs.td"

def Tern_WeightLayout : I32EnumAttr<"WeightLayout", "how a weight matrix is stored", [
    I32EnumAttrCase<"in_out", 0>, I32EnumAttrCase<"out_in", 1>]> {
  let cppNamespace = "::tern";
  let description = [{
    `in_out`: one row per input, (I, O), as GPT-2 stores it. `out_in`: one row per output, (O, I), as PyTorch and LLaMA do. The
    compiler reads both without transposing them.
    ```mlir
    %y = tern.linear %x weight %w out_in : tensor<2x8xf32>, tensor<16x8xf32>
    ```
  }];
}

def Tern_MatmulOp : Tern_DifferentiableOp<"matmul", [DeclareOpInterfaceMethods<Tern_Costed>,
    DeclareOpInterfaceMethods<Tern_Narrowable>,
    DeclareOpInterfaceMethods<Tern_Sequential, ["followSequence"]>]> {
  let summary = "batched matrix product";
  let description = [{
    `y[..., m, n] = sum_k a[..., m, k] b[..., k, n]`. `transpose_a` and `transpose_b` swap the last two dimensions of an
    operand first.

    * Shapes: a `(..., M, K)`, b `(..., K, N)`, y `(..., M, N)`; y is f32 where they are bf16. Leading dimensions are equal,
      or one operand has rank 2 and is shared by the whole batch.
    * Gradient: `da = dy b^T`, `db = a^T dy`, summed over the batch for an operand that is shared by it.
    * Refused: ranks below 2, different element types, contracted or leading dimensions that differ.
    ```mlir
    %y = tern.matmul %a, %b : tensor<4x8xf32>, tensor<8x16xf32>
    %z = tern.matmul %a, %c transpose_b : tensor<4x8xf32>, tensor<16x8xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$lhs, Tern_Float:$rhs, UnitAttr:$transpose_a, UnitAttr:$transpose_b);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = [{$lhs `,` $rhs (`transpose_a` $transpose_a^)? (`transpose_b` $transpose_b^)? attr-dict `:`
                        type($lhs) `,` type($rhs)}];
}

def Tern_LinearOp : Tern_DifferentiableOp<"linear", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<Tern_Costed>, DeclareOpInterfaceMethods<Tern_Parametric>,
    DeclareOpInterfaceMethods<Tern_Narrowable>,
    DeclareOpInterfaceMethods<Tern_Sequential, ["followSequence"]>]> {
  let summary = "y = x W + b over the last dimension";
  let description = [{
    `y = x W + b`. Module form names its parameters ("NAME.weight", "NAME.bias" with `bias`) and says how many outputs it has;
    `hoist-params` turns it into operand form, which takes them. `bias @with` lets a hyperparameter say whether there is one: 1
    or 0. Without an initializer the weight starts uniform in +-1/sqrt(I), the bias as zeros. `tied` is short for a weight of
    layout out_in that another op owns.

    * Shapes: x `(..., I)`, y `(..., O)`, bias `(O)`; y and bias are f32 where x and W are bf16. The weight is stored
      `in_out`, `(I, O)`, as in GPT-2, the default, or `out_in`, `(O, I)`, as in LLaMA and PyTorch.
    * Gradient: `dx = dy W^T`, `dW = x^T dy` and `db = sum of dy` over all rows.
    * Refused: neither a weight nor a name with a number of outputs, both at once, a weight that has not rank 2, sizes that
      differ, fewer outputs than one, a hyperparameter for the bias that is neither 1 nor 0, and in module form an input whose
      last dimension is still dynamic when parameters are hoisted.
    ```mlir
    %y = tern.linear %x "attn.c_attn" out 2304 bias normal(0.02) : tensor<2x4x768xf32>
    %z = tern.linear %x tied %wte : tensor<2x4x768xf32>, tensor<50257x768xf32>
    %u = tern.linear %x weight %w bias %b : tensor<2x4x768xf32>, tensor<768x16xf32>, tensor<16xf32>
    %v = tern.linear %x "attn.c_attn" out 2304 bias @qkv_bias : tensor<2x4x768xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Optional<Tern_Float>:$weight, Optional<Tern_Float>:$bias,
                       OptionalAttr<StrAttr>:$name, OptionalAttr<Tern_Size>:$out,
                       DefaultValuedAttr<Tern_WeightLayout, "::tern::WeightLayout::in_out">:$layout,
                       OptionalAttr<Tern_Size>:$with_bias, OptionalAttr<Tern_InitAttr>:$init);
  let results = (outs Tern_Float:$result);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Whether the module form declares a bias; a hyperparameter has been bound.
    bool declaresBias();
  }];
}

def Tern_EmbeddingOp : Tern_DifferentiableOp<"embedding",
    [DeclareOpInterfaceMethods<Tern_Sequential, ["followSequence"]>]> {
  let summary = "rows of a table by token id";
  let description = [{
    `y[..., :] = table[tokens[...], :]`. Ids outside the table are refused by the runtime before they reach the program.

    * Shapes: tokens `(...)`, integers in [0, V); table `(V, C)`; y `(..., C)`.
    * Gradient: `tern.embedding_grad` for the table; the tokens have none.
    * Refused: a table that has not rank 2 or has no rows.
    ```mlir
    %y = tern.embedding %tokens, %wte : tensor<2x4xi32>, tensor<50257x768xf32>
    ```
  }];
  let arguments = (ins Tern_Int:$tokens, Tern_Float:$table);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$tokens `,` $table attr-dict `:` type($tokens) `,` type($table)";
}

def Tern_EmbeddingGradOp : Tern_PureOp<"embedding_grad"> {
  let summary = "gradient of an embedding with respect to its table";
  let description = [{
    `dtable[v, :] = onto[v, :] + sum of dy[position, :] over the positions with token v`, `onto` zeros where absent; rows are
    added in order of position, so that the sum is always the same.

    * Shapes: tokens `(...)`, dy `(..., C)`, onto and the result `(V, C)`, V the `rows`.
    * Refused: a cotangent whose leading dimensions are not those of the tokens, an onto of another type than the result.
    ```mlir
    %dt = tern.embedding_grad %tokens, %dy rows 50257 : tensor<2x4xi32>, tensor<2x4x768xf32>
    %du = tern.embedding_grad %tokens, %dy rows 50257 onto %old : tensor<2x4xi32>, tensor<2x4x768xf32>, tensor<50257x768xf32>
    ```
  }];
  let arguments = (ins Tern_Int:$tokens, Tern_Float:$cotangent, Optional<Tern_Float>:$onto, I64Attr:$rows);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = [{$tokens `,` $cotangent `rows` $rows (`onto` $onto^)? attr-dict `:` type($tokens) `,`
                        type($cotangent) (`,` type($onto)^)?}];
}

#endif // TERN_LINEAR_TD
