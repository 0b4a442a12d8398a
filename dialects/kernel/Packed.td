// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The encoding of a right operand that lies in panels, and the op that writes it.

#ifndef TERN_KERNEL_PACKED_TD
#define TERN_KERNEL_PACKED_TD

include "dialects/kernel/Base.td"

def Kernel_PackedAttr : AttrDef<Kernel_Dialect, "Packed", [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "packed";
  let summary = "a matrix in panels, as products read their right operand";
  let description = [{
    The encoding of a tensor whose last two dimensions are a matrix `(K, N)`, or `(N, K)` when `transposed`. It lies in memory
    as `(panels, groups, columns * group)`: panel p holds the columns from `p * columns` on, one group of k after the other;
    in a group, the `group` elements of a column lie side by side. Groups are rounded up to a multiple of 16. What pads k is
    zero, what pads columns is of no use. Leading dimensions stay.

    * Refused: a rank below 2, elements that are not f32, f64 or bf16, and groups that do not fill 32 bits (f64: 1 element).
    ```mlir
    func.func @of_layer(%w: tensor<12x70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>, %i: index)
        -> tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>> {
      %b = tensor.extract_slice %w[%i, 0, 0] [1, 70, 40] [1, 1, 1] : tensor<12x70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>
          to tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>
      return %b : tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 2>>
    }
    ```
  }];
  let parameters = (ins "int64_t":$columns, "int64_t":$group, DefaultValuedParameter<"bool", "false">:$transposed);
  let assemblyFormat = "`<` struct(params) `>`";
  let extraClassDeclaration = [{
    /// (panels, groups, columns * group) of a matrix (K, N).
    ::llvm::SmallVector<int64_t> getPhysicalShape(int64_t k, int64_t n) const;
    /// The tensor of physical shape, without an encoding, that a tensor of this encoding becomes.
    ::mlir::RankedTensorType getPhysicalType(::mlir::RankedTensorType type) const;
  }];
}

def Kernel_PackOp : Kernel_Op<"pack"> {
  let summary = "a matrix to panels, as products read it";
  let description = [{
    Writes `source`, `(K, N)` or `(N, K)` as the layout says, into the out, which is packed: a tensor of that encoding, or what it
    becomes, of shape (panels, groups, columns * group). Elements are rounded to `compute` where it is there, then converted to
    the type of the out. Every element of the out is written.

    * Refused: an out that is not as the layout says, elements that are not f32, f64 or bf16.
    ```mlir
    %r = tern_kernel.pack layout(<columns = 32, group = 2>) ins(%w : tensor<70x40xf32>) outs(%out : tensor<2x48x64xbf16>)
        -> tensor<2x48x64xbf16>
    ```
  }];
  let arguments = (ins Kernel_Shaped:$source, Variadic<Kernel_Shaped>:$outs, Kernel_PackedAttr:$layout,
                       OptionalAttr<TypeAttr>:$compute);
  let assemblyFormat = [{`layout` `` `(` $layout `)` (`compute` `` `(` $compute^ `)`)? `ins` `` `(` $source `:` type($source) `)`
    `outs` `` `(` $outs `:` type($outs) `)` attr-dict (`->` type($tensors)^)?}];
  let builders = [OpBuilder<(ins "::mlir::Value":$source, "::mlir::Value":$out, "::tern::kernel::PackedAttr":$layout,
                                 CArg<"::mlir::Type", "nullptr">:$compute)>];
  let extraClassDeclaration = outsDeclaration # [{
    int64_t getN();
    int64_t getK();
  }];
}

#endif // TERN_KERNEL_PACKED_TD
