// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compare family: what holds where, and the choice between two by it.

#ifndef TERN_COMPARE_TD
#define TERN_COMPARE_TD

include "dialects/tern/Attrs.td"

def Tern_Number : RankedTensorOf<[F32, F64, BF16, F16, I32, I64]>;
// What is compared to zero, or a bit.
def Tern_Condition : RankedTensorOf<[I1, F32, F64, BF16, F16]>;

// y[i] = a[i] ? b[i] ? 1 : 0. `relation` is written between a and b; `unordered` says what a NaN gives.
class Tern_ComparisonOp<string mnemonic, string title, string relation, string unordered, list<Trait> traits = []>
    : Tern_DifferentiableOp<mnemonic, traits # [Tern_Sequential]> {
  let summary = title;
  let description = "`y = a " # relation # " b ? 1 : 0` at every position, in the type of a and b; where they are integers, y is\n"
      # "i1. Shapes broadcast as in NumPy. A NaN on either side gives " # unordered # ".\n\n"
      # "* Gradient: `da = 0, db = 0`.\n"
      # "* Refused: extents that differ and are not 1, different element types, single bits.\n"
      # "```" # "mlir\n%y = tern." # mnemonic # " %a, %b : tensor<2x4xf32>, tensor<4xf32>\n"
      # "%z = tern." # mnemonic # " %tokens, %pad : tensor<2x4xi32>, tensor<i32>\n```\n";
  let arguments = (ins Tern_Number:$lhs, Tern_Number:$rhs);
  let results = (outs Tern_Tensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
  let hasFolder = 1;
}

def Tern_EqualOp    : Tern_ComparisonOp<"equal", "1 where two are equal, else 0", "==", "0", [Commutative]>;
def Tern_NotEqualOp : Tern_ComparisonOp<"not_equal", "1 where two differ, else 0", "!=", "1", [Commutative]>;
def Tern_LessOp     : Tern_ComparisonOp<"less", "1 where the first is smaller, else 0", "<", "0">;
def Tern_LessEqualOp : Tern_ComparisonOp<"less_equal", "1 where the first is not larger, else 0", "<=", "0">;
def Tern_GreaterOp  : Tern_ComparisonOp<"greater", "1 where the first is larger, else 0", ">", "0">;
def Tern_GreaterEqualOp : Tern_ComparisonOp<"greater_equal", "1 where the first is not smaller, else 0", ">=", "0">;

def Tern_WhereOp : Tern_DifferentiableOp<"where", [Tern_Sequential]> {
  let summary = "one of two, chosen element by element";
  let description = [{
    `y = c ? a : b` at every position; c holds where it is not 0. What is not chosen has no influence, be it infinite or NaN,
    forwards and backwards.

    * Shapes: c, a and b broadcast as in NumPy; y has the element type of a and b.
    * Gradient: `da = c ? dy : 0`, `db = c ? 0 : dy`, each summed over what was repeated; `dc = 0`.
    * Refused: extents that differ and are not 1, an a and a b of different element types, a condition of integers other than i1.
    ```mlir
    %y = tern.where %c, %a, %b : tensor<2x4xi1>, tensor<2x4xf32>, tensor<f32>
    ```
  }];
  let arguments = (ins Tern_Condition:$condition, Tern_Tensor:$on_true, Tern_Tensor:$on_false);
  let results = (outs Tern_Tensor:$result);
  let assemblyFormat = [{$condition `,` $on_true `,` $on_false attr-dict `:` type($condition) `,` type($on_true) `,`
                        type($on_false)}];
  let hasFolder = 1;
}

def Tern_LengthMaskOp : Tern_DifferentiableOp<"length_mask"> {
  let summary = "1 at the positions of a sequence that are there, 0 at its padding";
  let description = [{
    `y[b, t] = t < lengths[b] ? 1 : 0`. Of `like` only the type counts: its first two dimensions are those of y, and y has its
    element type, or i1 where that is an integer.

    * Shapes: lengths `(B)`, like `(B, T, ...)`, y `(B, T)`.
    * Gradient: `dlike = 0`.
    * Refused: lengths of another rank or number, a `like` of rank below 2.
    ```mlir
    %m = tern.length_mask %lengths like %x : tensor<2xi32>, tensor<2x4x8xf32>
    %n = tern.length_mask %lengths like %tokens : tensor<2xi32>, tensor<2x4xi32>
    ```
  }];
  let arguments = (ins Tern_Int:$lengths, Tern_Number:$like);
  let results = (outs Tern_Tensor:$result);
  let assemblyFormat = "$lengths `like` $like attr-dict `:` type($lengths) `,` type($like)";
}

#endif // TERN_COMPARE_TD
