// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gather family: elements found by their index, and what runs along one dimension in its order.

#ifndef TERN_GATHER_TD
#define TERN_GATHER_TD

include "dialects/tern/Attrs.td"

def Tern_GatherOp : Tern_DifferentiableOp<"gather"> {
  let summary = "elements by their index along one dimension";
  let description = [{
    `y[..., i, ...] = x[..., indices[..., i, ...], ...]` along `dim`, as NumPy's take_along_axis: at every other dimension
    indices have the extent of x, or 1, which repeats. Indices outside of x are clamped into it. A negative dimension counts
    from the end.

    * Shapes: x and indices of one rank; y has the extents of x, along `dim` that of indices.
    * Gradient: `tern.scatter_add` of dy.
    * Refused: different ranks, a dimension that is not there or has no elements, another extent of indices.
    ```mlir
    %rows = tern.gather %x, %positions dim 1 : tensor<2x4x8xf32>, tensor<2x3x1xi32>
    %each = tern.gather %x, %class dim -1 : tensor<2x4x8xf32>, tensor<2x4x1xi32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_Int:$indices, I64Attr:$dim);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$input `,` $indices `dim` $dim attr-dict `:` type($input) `,` type($indices)";
  let extraClassDeclaration = [{
    /// The dimension, counted from the front.
    int64_t getAxis();
  }];
}

def Tern_ScatterAddOp : Tern_DifferentiableOp<"scatter_add", [DeclareOpInterfaceMethods<Tern_Costed>]> {
  let summary = "elements added where their index says, along one dimension";
  let description = [{
    `y[..., indices[..., i, ...], ...] += x[..., i, ...]` along `dim`, y starting as `onto`, or as zeros; elements that meet are
    added in the order of i, so that the sum has the same bits at any number of threads. At every other dimension indices have
    the extent of x, or 1, which repeats. Indices outside of y are clamped into it. A negative dimension counts from the end.

    * Shapes: x and indices of one rank and of one extent along `dim`; y has the extents of x, along `dim` that of `size`;
      onto has the type of y.
    * Gradient: `dx` is `tern.gather` of dy, `donto = dy`.
    * Refused: different ranks, a dimension that is not there, another extent of indices or onto, a size below 1.
    ```mlir
    %y = tern.scatter_add %x, %positions dim 1 size 6 : tensor<2x3x8xf32>, tensor<2x3x1xi32>
    %z = tern.scatter_add %x, %positions dim 1 size 6 onto %old : tensor<2x3x8xf32>, tensor<2x3x1xi32>, tensor<2x6x8xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_Int:$indices, Optional<Tern_Float>:$onto, I64Attr:$dim, I64Attr:$size);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = [{$input `,` $indices `dim` $dim `size` $size (`onto` $onto^)? attr-dict `:` type($input) `,`
                        type($indices) (`,` type($onto)^)?}];
  let extraClassDeclaration = [{
    /// The dimension, counted from the front.
    int64_t getAxis();
  }];
}

def Tern_OneHotOp : Tern_PureOp<"one_hot", [DeclareOpInterfaceMethods<Tern_Sequential, ["followSequence"]>]> {
  let summary = "1 at the class that an index names, 0 at all others";
  let description = [{
    `y[..., c] = indices[...] == c ? 1 : 0`; an index that is no class gives zeros. It has no gradient: its operand is an integer.

    * Shapes: indices `(...)`, y `(..., classes)` of the element type that the op states.
    * Refused: fewer classes than one, an element type that is not floating-point.
    ```mlir
    %y = tern.one_hot %tokens classes 16 : tensor<2x4xi32>, f32
    ```
  }];
  let arguments = (ins Tern_Int:$indices, Tern_Size:$classes, TypeAttr:$dtype);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$indices `classes` custom<Size>($classes) attr-dict `:` type($indices) `,` $dtype";
}

def Tern_TopKOp : Tern_DifferentiableOp<"top_k", [DeclareOpInterfaceMethods<Tern_Costed>]> {
  let summary = "the k largest elements along one dimension, largest first, and their indices";
  let description = [{
    Of equal elements the first comes first. Along `dim`, by default the last dimension; a negative one counts from the end. A
    NaN is never taken; where fewer than k numbers are there, the values that are left are -inf and their indices N.

    * Shapes: x has the extent N along `dim`; values and indices have k there, indices are i32.
    * Gradient: `tern.scatter_add` of the cotangent of the values; the indices have none.
    * Refused: a dimension that is not there, a k below 1 or above N.
    ```mlir
    %values, %indices = tern.top_k %x k 2 : tensor<2x4xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, I64Attr:$k, DefaultValuedAttr<I64Attr, "-1">:$dim);
  let results = (outs Tern_Float:$values, Tern_Int:$indices);
  let assemblyFormat = "$input `k` $k (`dim` $dim^)? attr-dict `:` type($input)";
  let extraClassDeclaration = [{
    /// The dimension, counted from the front.
    int64_t getAxis();
  }];
}

def Tern_CumsumOp : Tern_DifferentiableOp<"cumsum", [DeclareOpInterfaceMethods<Tern_Costed>]> {
  let summary = "running sum along one dimension";
  let description = [{
    `y_i = sum of x_j over j <= i` along `dim`, by default the last dimension; a negative one counts from the end. `exclusive`
    sums over `j < i`; `reverse` turns both relations round. Elements are added one after the other.

    * Shapes: y has the type of x.
    * Gradient: the running sum of dy in the other direction.
    * Refused: a dimension that is not there.
    ```mlir
    %y = tern.cumsum %x : tensor<2x4xf32>
    %z = tern.cumsum %x dim 0 exclusive reverse : tensor<2x4xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, DefaultValuedAttr<I64Attr, "-1">:$dim, UnitAttr:$exclusive, UnitAttr:$reverse);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = [{$input (`dim` $dim^)? (`exclusive` $exclusive^)? (`reverse` $reverse^)? attr-dict `:` type($input)}];
  let extraClassDeclaration = [{
    /// The dimension, counted from the front.
    int64_t getAxis();
  }];
  let hasFolder = 1;
}

#endif // TERN_GATHER_TD
