// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reduce family: many numbers to one along some dimensions, and the softmax that is built from that.

#ifndef TERN_REDUCE_TD
#define TERN_REDUCE_TD

include "dialects/tern/Attrs.td"

// y = op over `dims` of x. `formula` is the right-hand side, in x; `gradient` that of dx.
class Tern_ReductionOp<string mnemonic, string title, string formula, string gradient>
    : Tern_DifferentiableOp<mnemonic, [DeclareOpInterfaceMethods<Tern_Costed>,
                                       DeclareOpInterfaceMethods<Tern_Sequential, ["followSequence"]>]> {
  let summary = title;
  let description = "`y = " # formula # "` over `dims`, over all dimensions without `dims`. Reduced dimensions\n"
      # "disappear; `keep_dims` keeps them with extent 1. Negative dimensions count from the end; the op stores them\n"
      # "normalised and sorted.\n\n"
      # "* Gradient: `dx = " # gradient # "`, repeated over the reduced dimensions.\n"
      # "* Refused: a dimension that is not there or named twice.\n"
      # "```" # "mlir\n%y = tern." # mnemonic # " %x : tensor<2x4xf32>\n"
      # "%z = tern." # mnemonic # " %x dims [-1] keep_dims : tensor<2x4xf32>\n```\n";
  let arguments = (ins Tern_Float:$input, DenseI64ArrayAttr:$dims, UnitAttr:$keep_dims);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$input custom<Reduction>($dims, $keep_dims, type($input)) attr-dict";
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{
    /// The dimensions that are reduced, in order; never empty unless the operand has rank 0.
    ::llvm::SmallVector<int64_t> getReducedDims();
  }];
}

def Tern_SumOp  : Tern_ReductionOp<"sum", "sum over dimensions", "sum of x", "dy">;
def Tern_MeanOp : Tern_ReductionOp<"mean", "mean over dimensions", "sum of x / n", "dy / n">;
def Tern_MaxOp  : Tern_ReductionOp<"max", "largest element over dimensions; ties share the gradient", "max of x",
                                   "[x = y] dy / (number of x that are y)">;

// Works along one dimension, the last one unless `dim` says another.
class Tern_AlongDimOp<string mnemonic, string title, string formula, string gradient, list<Trait> traits>
    : Tern_PureOp<mnemonic, traits # [DeclareOpInterfaceMethods<Tern_Costed>,
                                      DeclareOpInterfaceMethods<Tern_Sequential, ["followSequence"]>]> {
  let summary = title;
  let description = "`y = " # formula # "` along `dim`, by default the last dimension; a negative one counts from the end.\n\n"
      # "* Gradient: " # gradient # ".\n"
      # "* Refused: a dimension that is not there.\n"
      # "```" # "mlir\n%y = tern." # mnemonic # " %x : tensor<2x4xf32>\n"
      # "%z = tern." # mnemonic # " %x dim 0 : tensor<2x4xf32>\n```\n";
  let arguments = (ins Tern_Float:$input, DefaultValuedAttr<I64Attr, "-1">:$dim);
  let assemblyFormat = "$input (`dim` $dim^)? attr-dict `:` type($input)";
  let extraClassDeclaration = [{
    /// The dimension, counted from the front.
    int64_t getAxis();
  }];
}

def Tern_ArgmaxOp : Tern_AlongDimOp<"argmax", "index of the largest element, the first of equal ones",
    "the least i with x[i] = max(x)", "none; the result is i32, as tokens are", []> {
  let results = (outs Tern_Int:$result);
}

def Tern_SoftmaxOp : Tern_AlongDimOp<"softmax", "exponentials that sum to one (Bridle 1990)",
    "e^(x - max x) / sum e^(x - max x)", "`dx = y (dy - sum(dy y))`", [DeclareOpInterfaceMethods<Tern_Differentiable>]> {
  let results = (outs Tern_Float:$result);
}

def Tern_LogSoftmaxOp : Tern_AlongDimOp<"log_softmax", "logarithm of softmax, computed without its underflow",
    "x - max x - ln sum e^(x - max x)", "`dx = dy - e^y sum(dy)`", [DeclareOpInterfaceMethods<Tern_Differentiable>]> {
  let results = (outs Tern_Float:$result);
}

def Tern_MaskedMeanOp : Tern_DifferentiableOp<"masked_mean", [DeclareOpInterfaceMethods<Tern_Costed>]> {
  let summary = "mean over the tokens of each sequence, without its padding";
  let description = [{
    `y[b, ...] = sum of x[b, t, ...] over t < n / max(n, 1)` with `n = min(lengths[b], T)`: what padding holds has no influence.

    * Shapes: x `(B, T, ...)`, lengths `(B)`, y `(B, ...)`.
    * Gradient: `dx[b, t, ...] = t < n ? dy[b, ...] / max(n, 1) : 0`.
    * Refused: an x of rank below 2, lengths of another rank or number.
    ```mlir
    %y = tern.masked_mean %x, %lengths : tensor<2x4x8xf32>, tensor<2xi32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_Int:$lengths);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$input `,` $lengths attr-dict `:` type($input) `,` type($lengths)";
}

def Tern_CosineSimilarityOp
    : Tern_DifferentiableOp<"cosine_similarity", [DeclareOpInterfaceMethods<Tern_Costed>]> {
  let summary = "cosine of the angle between vectors";
  let description = [{
    `y = sum(a b) / (max(|a|, eps) max(|b|, eps))` over the last dimension.

    * Shapes: a, b `(..., C)` of one type; y `(...)`.
    * Gradient: with `r = 1 / max(|a|, eps)` and `s = 1 / max(|b|, eps)`: `da = dy r (s b - y r a)`, `db = dy s (r a - y s b)`;
      a length below eps is a constant.
    * Refused: two types, rank 0.
    ```mlir
    %y = tern.cosine_similarity %a, %b : tensor<2x8xf32>, tensor<2x8xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$lhs, Tern_Float:$rhs, DefaultValuedAttr<F64Attr, "1e-8">:$eps);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$lhs `,` $rhs (`eps` $eps^)? attr-dict `:` type($lhs) `,` type($rhs)";
}

#endif // TERN_REDUCE_TD
