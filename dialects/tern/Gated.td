// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gated family: linear units whose one half opens or closes the other.

#ifndef TERN_GATED_TD
#define TERN_GATED_TD

include "dialects/tern/Attrs.td"
include "dialects/tern/Elementwise.td"

// y = f(gate) up. `gate` is the formula of f(gate), `gradient` that of its derivative times dy up.
class Tern_GatedOp<string mnemonic, string title, string gate, string gradient>
    : Tern_DifferentiableOp<mnemonic, [DeclareOpInterfaceMethods<Tern_Sequential, ["followSequence"]>]> {
  let summary = title;
  let description = "`y = " # gate # " up`. With one operand it is packed, [gate | up] along the last dimension, as one product\n"
      # "with both weights side by side leaves it.\n\n"
      # "* Shapes: gate, up, y of one type; or packed `(..., 2 F)` and y `(..., F)`.\n"
      # "* Gradient: `dgate = " # gradient # "`, `dup = dy " # gate # "`.\n"
      # "* Refused: a gate and an up of different types, a packed operand whose last dimension is odd, three operands.\n"
      # "```" # "mlir\n%y = tern." # mnemonic # " %gate, %up : tensor<2x4xf32>, tensor<2x4xf32>\n"
      # "%z = tern." # mnemonic # " %packed : tensor<2x8xf32>\n```\n";
  let arguments = (ins Variadic<Tern_Float>:$inputs);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs)";
  let extraClassDeclaration = [{
    /// gate and up: the operands, or halves of the packed one.
    ::llvm::SmallVector<::mlir::Value> unpack(::mlir::OpBuilder &b);
    /// f(gate).
    ::mlir::Value activate(::mlir::OpBuilder &b, ::mlir::Value gate);
  }];
}

def Tern_SwigluOp : Tern_GatedOp<"swiglu", "linear unit with a SiLU gate (Shazeer 2020)", "silu(gate)",
                                 "dy up s (1 + gate (1 - s))`, `s = sigmoid(gate)">;

def Tern_GegluOp : Tern_GatedOp<"geglu", "linear unit with a GELU gate (Shazeer 2020); `tanh` takes its approximation",
                                "gelu(gate)", "dy up (Phi(gate) + gate phi(gate))"> {
  let arguments = (ins Variadic<Tern_Float>:$inputs,
                       DefaultValuedAttr<Tern_GeluApproximation, "::tern::GeluApproximation::none">:$approximate);
  let assemblyFormat = "$inputs ($approximate^)? attr-dict `:` type($inputs)";
}

#endif // TERN_GATED_TD
