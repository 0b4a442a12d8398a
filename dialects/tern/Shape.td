// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape family: the same numbers in another arrangement.

#ifndef TERN_SHAPE_TD
#define TERN_SHAPE_TD

include "dialects/tern/Attrs.td"

// One tensor of the same element type out.
class Tern_ShapeOp<string mnemonic, list<Trait> traits = []>
    : Tern_DifferentiableOp<mnemonic, traits # [Tern_Rearranging,
                                                DeclareOpInterfaceMethods<Tern_Sequential, ["followSequence", "resizeSequence"]>]> {
  let results = (outs Tern_Tensor:$result);
}

def Tern_ReshapeOp : Tern_ShapeOp<"reshape"> {
  let summary = "the same elements in row-major order under another shape";
  let description = [{
    In `to`, 0 copies the operand's extent at that position and one -1 takes what is left.

    * Gradient: dy in the shape of x.
    * Refused: a shape of another number of elements, two -1, a 0 behind the operand's last dimension.
    ```mlir
    %y = tern.reshape %x to [0, 0, 12, -1] : tensor<2x4x768xf32>
    ```
  }];
  let arguments = (ins Tern_Tensor:$input, DenseI64ArrayAttr:$shape);
  let assemblyFormat = "$input `to` $shape attr-dict `:` type($input)";
  let hasFolder = 1;
}

def Tern_TransposeOp : Tern_ShapeOp<"transpose"> {
  let summary = "dimensions in another order";
  let description = [{
    `y[i_p(0), i_p(1), ...] = x[i_0, i_1, ...]`: dimension d of the result is dimension `permutation[d]` of the operand.

    * Gradient: dy transposed by the inverse permutation.
    * Refused: a permutation of another length, a dimension named twice or not there.
    ```mlir
    %y = tern.transpose %x [0, 2, 1, 3] : tensor<2x4x12x64xf32>
    ```
  }];
  let arguments = (ins Tern_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let assemblyFormat = "$input $permutation attr-dict `:` type($input)";
  let hasFolder = 1;
}

def Tern_SplitOp : Tern_DifferentiableOp<"split", [Tern_Rearranging,
    DeclareOpInterfaceMethods<Tern_Sequential, ["followSequence"]>]> {
  let summary = "a tensor cut along one dimension";
  let description = [{
    `into` cuts equal parts; `sizes` names the extent of every part, which sum to the operand's. A negative dimension counts
    from the end.

    * Gradient: the cotangents of the parts, put together.
    * Refused: an extent that is not divisible, sizes of another sum, both `into` and `sizes` or neither.
    ```mlir
    %q, %k, %v = tern.split %x dim 2 into 3 : tensor<2x4x2304xf32>
    %a, %b = tern.split %x dim -1 sizes [2048, 256] : tensor<2x4x2304xf32>
    ```
  }];
  let arguments = (ins Tern_Tensor:$input, I64Attr:$dim, OptionalAttr<I64Attr>:$parts,
                       OptionalAttr<DenseI64ArrayAttr>:$sizes);
  let results = (outs Variadic<Tern_Tensor>:$results);
  let assemblyFormat = "$input `dim` $dim (`into` $parts^)? (`sizes` $sizes^)? attr-dict `:` type($input)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "int64_t":$dim, "::llvm::ArrayRef<int64_t>":$sizes), [{
    build($_builder, $_state, input, $_builder.getI64IntegerAttr(dim), ::mlir::IntegerAttr(),
          $_builder.getDenseI64ArrayAttr(sizes));
  }]>];
  let extraClassDeclaration = [{
    /// The dimension that is cut, counted from the front.
    int64_t getAxis();
    /// The extent of every part along it.
    ::llvm::SmallVector<int64_t> getPartSizes();
  }];
}

def Tern_ConcatOp : Tern_ShapeOp<"concat"> {
  let summary = "tensors put one after the other along one dimension";
  let description = [{
    All other extents are equal. A negative dimension counts from the end.

    * Gradient: the parts of dy.
    * Refused: ranks, element types or other extents that differ; no operand.
    ```mlir
    %y = tern.concat %a, %b dim 1 : tensor<2x4x8xf32>, tensor<2x3x8xf32>
    ```
  }];
  let arguments = (ins Variadic<Tern_Tensor>:$inputs, I64Attr:$dim);
  let assemblyFormat = "$inputs `dim` $dim attr-dict `:` type($inputs)";
  let hasFolder = 1;
  let extraClassDeclaration = [{
    /// The dimension that grows, counted from the front.
    int64_t getAxis();
  }];
}

def Tern_SliceOp : Tern_ShapeOp<"slice"> {
  let summary = "a box of a tensor";
  let description = [{
    `y[i, j, ...] = x[o_0 + s_0 i, o_1 + s_1 j, ...]`. A size of -1 runs to the end of the dimension; strides are 1 unless stated.

    * Gradient: `tern.pad_slice` of dy.
    * Refused: an element outside of the operand, numbers of offsets, sizes and strides that are not its rank.
    ```mlir
    %y = tern.slice %x offsets [0, 1] sizes [-1, 3] : tensor<2x4xf32>
    %z = tern.slice %x offsets [0, 1] sizes [2, 2] strides [1, 2] : tensor<2x4xf32>
    ```
  }];
  let arguments = (ins Tern_Tensor:$input, DenseI64ArrayAttr:$offsets, DenseI64ArrayAttr:$sizes,
                       OptionalAttr<DenseI64ArrayAttr>:$strides);
  let assemblyFormat = "$input `offsets` $offsets `sizes` $sizes (`strides` $strides^)? attr-dict `:` type($input)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::llvm::ArrayRef<int64_t>":$offsets,
                                 "::llvm::ArrayRef<int64_t>":$sizes, "::llvm::ArrayRef<int64_t>":$strides)>];
  let hasFolder = 1;
  let extraClassDeclaration = [{
    /// The strides, ones where the op states none.
    ::llvm::SmallVector<int64_t> getStrideValues();
  }];
}

def Tern_PadSliceOp : Tern_ShapeOp<"pad_slice"> {
  let summary = "a box set into zeros; the gradient of slice";
  let description = [{
    y has the shape `into` and is zero except `y[o_0 + s_0 i, o_1 + s_1 j, ...] = x[i, j, ...]`.

    * Gradient: `tern.slice` of dy.
    * Refused: elements that do not fit, numbers of offsets, strides and extents that are not the operand's rank.
    ```mlir
    %y = tern.pad_slice %x offsets [0, 1] into [2, 4] : tensor<2x3xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, DenseI64ArrayAttr:$offsets, OptionalAttr<DenseI64ArrayAttr>:$strides,
                       DenseI64ArrayAttr:$shape);
  let assemblyFormat = "$input `offsets` $offsets (`strides` $strides^)? `into` $shape attr-dict `:` type($input)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::llvm::ArrayRef<int64_t>":$offsets,
                                 "::llvm::ArrayRef<int64_t>":$strides, "::llvm::ArrayRef<int64_t>":$shape)>];
  let extraClassDeclaration = [{
    /// The strides, ones where the op states none.
    ::llvm::SmallVector<int64_t> getStrideValues();
  }];
}

def Tern_PadOp : Tern_ShapeOp<"pad"> {
  let summary = "a tensor with a margin of one value";
  let description = [{
    `y[i, j, ...] = x[i - low_0, j - low_1, ...]`, and `value` (0 unless stated) where that is outside of x; every extent grows
    by its `low` and its `high`.

    * Gradient: the slice of dy that is not margin.
    * Refused: numbers of lows and highs that are not the operand's rank, negative ones, a value that the element type does not
      have, single bits.
    ```mlir
    %y = tern.pad %x low [0, 1] high [0, 2] : tensor<2x4xf32>
    %z = tern.pad %tokens low [0, 1] high [0, 0] value 2.0 : tensor<2x4xi32>
    ```
  }];
  let arguments = (ins Tern_Tensor:$input, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       DefaultValuedAttr<F64Attr, "0.0">:$value);
  let assemblyFormat = "$input `low` $low `high` $high (`value` $value^)? attr-dict `:` type($input)";
  let hasFolder = 1;
}

def Tern_BroadcastOp : Tern_ShapeOp<"broadcast"> {
  let summary = "a tensor repeated to a larger shape";
  let description = [{
    As in NumPy: aligned at the last dimension, an extent of 1 or a missing dimension repeats. In `to`, 0 keeps the operand's
    extent.

    * Gradient: the sum of dy over the repeats.
    * Refused: an extent other than 1 that would have to repeat, a smaller rank.
    ```mlir
    %y = tern.broadcast %x to [2, 3, 0] : tensor<4xf32>
    ```
  }];
  let arguments = (ins Tern_Tensor:$input, DenseI64ArrayAttr:$shape);
  let assemblyFormat = "$input `to` $shape attr-dict `:` type($input)";
  let hasFolder = 1;
}

#endif // TERN_SHAPE_TD
