// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Norm family: normalisation over the last dimension.

#ifndef TERN_NORM_TD
#define TERN_NORM_TD

include "dialects/tern/Attrs.td"

class Tern_NormOp<string mnemonic, list<Trait> traits = []>
    : Tern_DifferentiableOp<mnemonic, traits # [DeclareOpInterfaceMethods<Tern_Parametric>,
                                                DeclareOpInterfaceMethods<Tern_Costed>,
                                                DeclareOpInterfaceMethods<Tern_Sequential, ["followSequence"]>]> {
  let results = (outs Tern_Float:$result);
  let hasVerifier = 1;
}

def Tern_LayerNormOp : Tern_NormOp<"layer_norm", [AttrSizedOperandSegments]> {
  let summary = "layer normalisation (Ba et al. 2016)";
  let description = [{
    `y = (x - mean(x)) / sqrt(var(x) + eps) * weight + bias` over the last dimension; var is the biased variance. Module form
    names "NAME.weight" (ones) and "NAME.bias" (zeros).

    * Shapes: x, y `(..., C)`; weight, bias `(C)`.
    * Gradient: with `n = (x - mean) r` and `r = 1 / sqrt(var + eps)`: `dx = r (g - mean(g) - n mean(g n))`, `g = weight dy`;
      `dweight = sum of dy n`, `dbias = sum of dy` over all rows.
    * Refused: neither operands nor a name, both at once, a weight or bias of another size.
    ```mlir
    %y = tern.layer_norm %x "ln_1" : tensor<2x4x768xf32>
    %z = tern.layer_norm %x weight %w bias %b eps 1.0e-6 : tensor<2x4x768xf32>, tensor<768xf32>, tensor<768xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Optional<Tern_Float>:$weight, Optional<Tern_Float>:$bias,
                       OptionalAttr<StrAttr>:$name, DefaultValuedAttr<F64Attr, "1e-5">:$eps);
  let assemblyFormat = [{$input ($name^)? (`weight` $weight^)? (`bias` $bias^)? (`eps` $eps^)? attr-dict `:` type($input)
                        (`,` type($weight)^)? (`,` type($bias)^)?}];
}

def Tern_RMSNormOp : Tern_NormOp<"rms_norm"> {
  let summary = "root-mean-square normalisation (Zhang and Sennrich 2019)";
  let description = [{
    `y = x / sqrt(mean(x^2) + eps) * weight` over the last dimension. Module form names "NAME.weight" (ones).

    * Shapes: x, y `(..., C)`; weight `(C)`.
    * Gradient: with `r = 1 / sqrt(mean(x^2) + eps)`: `dx = r g - x r^3 mean(x g)`, `g = weight dy`; `dweight = sum of dy x r`
      over all rows.
    * Refused: neither a weight nor a name, both at once, a weight of another size.
    ```mlir
    %y = tern.rms_norm %x "input_layernorm" : tensor<2x4x768xf32>
    %z = tern.rms_norm %x weight %w : tensor<2x4x768xf32>, tensor<768xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Optional<Tern_Float>:$weight, OptionalAttr<StrAttr>:$name,
                       DefaultValuedAttr<F64Attr, "1e-5">:$eps);
  let assemblyFormat = [{$input ($name^)? (`weight` $weight^)? (`eps` $eps^)? attr-dict `:` type($input)
                        (`,` type($weight)^)?}];
}

def Tern_GroupNormOp : Tern_NormOp<"group_norm", [AttrSizedOperandSegments]> {
  let summary = "normalisation of groups of channels (Wu and He 2018)";
  let description = [{
    `y = (x - mean) / sqrt(var + eps) * weight + bias`, mean and biased variance over one batch row's elements of a group: all
    positions, and C/G channels side by side. Module form names "NAME.weight" (ones) and "NAME.bias" (zeros).

    * Shapes: x, y `(B, ..., C)`; weight, bias `(C)`.
    * Gradient: as of `tern.layer_norm`, with means over the group.
    * Refused: channels that do not split into the groups, rank below 2, neither operands nor a name, both at once, a weight or
      bias of another size.
    ```mlir
    %y = tern.group_norm %x "norm" groups 4 : tensor<2x6x8xf32>
    %z = tern.group_norm %x weight %w bias %b groups 4 : tensor<2x6x8xf32>, tensor<8xf32>, tensor<8xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Optional<Tern_Float>:$weight, Optional<Tern_Float>:$bias,
                       OptionalAttr<StrAttr>:$name, Tern_Size:$groups, DefaultValuedAttr<F64Attr, "1e-5">:$eps);
  let assemblyFormat = [{$input ($name^)? (`weight` $weight^)? (`bias` $bias^)? `groups` custom<Size>($groups) (`eps` $eps^)?
                        attr-dict `:` type($input) (`,` type($weight)^)? (`,` type($bias)^)?}];
  let extraClassDeclaration = [{
    /// (B, positions, G, C/G).
    ::llvm::SmallVector<int64_t> getGroupedShape();
  }];
}

def Tern_BatchNormOp : Tern_NormOp<"batch_norm", [AttrSizedOperandSegments, DeclareOpInterfaceMethods<Tern_Averaging>]> {
  let summary = "normalisation of each channel over the batch (Ioffe and Szegedy 2015)";
  let description = [{
    `y = (x - mean) / sqrt(var + eps) * weight + bias` for every channel. Mean and variance are running averages, parameters
    that are not trained; in the program that trains they are those of the n rows of the batch, with the biased variance, and
    the running averages move: `mean' = (1 - momentum) mean + momentum m`, `var' = (1 - momentum) var + momentum v n / (n - 1)`.
    `track-averages` makes that form of the op, `training`, whose second and third result are the new averages. Module form
    names "NAME.weight" (ones), "NAME.bias" (zeros), "NAME.running_mean" (zeros) and "NAME.running_var" (ones).

    * Shapes: x, y `(..., C)`; all others `(C)`.
    * Gradient: in training that of `tern.layer_norm`, with means over the rows; else `dx = dy weight / sqrt(var + eps)`. None
      goes to the running averages.
    * Refused: neither operands nor a name, both at once, operands of another size, a momentum outside of [0, 1], rank below 2.
    ```mlir
    %y = tern.batch_norm %x "bn" : tensor<16x8xf32>
    %z = tern.batch_norm %x weight %w bias %b running %m, %v eps 1.0e-3 :
        tensor<16x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
    %u, %m1, %v1 = tern.batch_norm %x weight %w bias %b running %m, %v momentum 0.01 training :
        tensor<16x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Optional<Tern_Float>:$weight, Optional<Tern_Float>:$bias,
                       Optional<Tern_Float>:$mean, Optional<Tern_Float>:$variance, OptionalAttr<StrAttr>:$name,
                       DefaultValuedAttr<F64Attr, "0.1">:$momentum, DefaultValuedAttr<F64Attr, "1e-5">:$eps,
                       UnitAttr:$training);
  let results = (outs Tern_Float:$result, Variadic<Tern_Float>:$moved);
  let assemblyFormat = [{$input ($name^)? (`weight` $weight^)? (`bias` $bias^)? (`running` $mean^ `,` $variance)?
                        (`momentum` $momentum^)? (`eps` $eps^)? (`training` $training^)? attr-dict `:` type($input)
                        (`,` type($weight)^)? (`,` type($bias)^)? (`,` type($mean)^)? (`,` type($variance)^)?}];
}

#endif // TERN_NORM_TD
