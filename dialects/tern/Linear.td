// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linear family: products with matrices.

#ifndef TERN_LINEAR_TD
#define TERN_LINEAR_TD

include "dialects/tern/Attrs.td"

def Tern_WeightLayout : I32EnumAttr<"WeightLayout", "how a weight matrix is stored", [
    I32EnumAttrCase<"in_out", 0>, I32EnumAttrCase<"out_in", 1>]> {
  let cppNamespace = "::tern";
}

def Tern_MatmulOp : Tern_DifferentiableOp<"matmul", [DeclareOpInterfaceMethods<Tern_Costed>]> {
  let summary = "batched matrix product";
  let description = [{
    y[..., m, n] = sum_k a[..., m, k] b[..., k, n]. `transpose_a` and `transpose_b` swap the last two dimensions of an
    operand first. Leading dimensions are equal, or one operand has rank 2 and is shared by the whole batch.
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
    DeclareOpInterfaceMethods<Tern_Costed>, DeclareOpInterfaceMethods<Tern_Parametric>]> {
  let summary = "y = x W + b over the last dimension";
  let description = [{
    x (..., I), y (..., O). Module form names its parameters ("NAME.weight", "NAME.bias" with `bias`) and says how many
    outputs it has. Without an initializer the weight starts uniform
    in +-1/sqrt(I). The weight is stored `in_out` (I, O) as in GPT-2, the default, or `out_in` (O, I) as in LLaMA and PyTorch.
    Operand form takes the weight; `tied` is short for one of layout out_in that another op owns.
    ```mlir
    %y = tern.linear %x "attn.c_attn" out 2304 bias normal(0.02) : tensor<2x4x768xf32>
    %z = tern.linear %x tied %wte : tensor<2x4x768xf32>, tensor<50257x768xf32>
    %u = tern.linear %x weight %w bias %b : tensor<2x4x768xf32>, tensor<768x16xf32>, tensor<16xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Optional<Tern_Float>:$weight, Optional<Tern_Float>:$bias,
                       OptionalAttr<StrAttr>:$name, OptionalAttr<Tern_Size>:$out,
                       DefaultValuedAttr<Tern_WeightLayout, "::tern::WeightLayout::in_out">:$layout,
                       UnitAttr:$with_bias, OptionalAttr<Tern_InitAttr>:$init);
  let results = (outs Tern_Float:$result);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def Tern_EmbeddingOp : Tern_DifferentiableOp<"embedding"> {
  let summary = "rows of a table by token id";
  let description = [{
    y[..., :] = table[tokens[...], :]; tokens (...) integers in [0, V), table (V, C), y (..., C). Ids outside the table are
    refused by the runtime before they reach the program.
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
    d_table[v, :] = onto[v, :] + sum over positions with token v of d_result[position, :], `onto` zeros where absent; rows
    are added in order of position.
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
