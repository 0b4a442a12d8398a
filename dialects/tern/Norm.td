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

#endif // TERN_NORM_TD
