// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise family: one number in, one number out, at every position. Two operands broadcast as in NumPy.

#ifndef TERN_ELEMENTWISE_TD
#define TERN_ELEMENTWISE_TD

include "dialects/tern/Attrs.td"

// y[i] = f(x[i]). `formula` is the right-hand side, in x; `gradient` that of dx, in x, y and dy.
class Tern_UnaryOp<string mnemonic, string title, string formula, string gradient, list<Trait> traits = []>
    : Tern_DifferentiableOp<mnemonic, traits # [Tern_Sequential]> {
  let summary = title;
  let description = "`y = " # formula # "` at every position; y has the type of x.\n\n"
      # "* Gradient: `dx = " # gradient # "`.\n"
      # "* Refused: elements that are not floating-point numbers.\n"
      # "```" # "mlir\n%y = tern." # mnemonic # " %x : tensor<2x4xf32>\n```\n";
  let arguments = (ins Tern_Float:$input);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasFolder = 1;
}

// y[i] = f(a[i], b[i]) with broadcasting. `formula` is the right-hand side, in a and b; `gradient` says da and db.
class Tern_BinaryOp<string mnemonic, string title, string formula, string gradient, list<Trait> traits = []>
    : Tern_DifferentiableOp<mnemonic, traits # [Tern_Sequential]> {
  let summary = title;
  let description = "`y = " # formula # "` at every position. Shapes broadcast as in NumPy: aligned at the last\n"
      # "dimension, an extent of 1 or a missing dimension repeats.\n\n"
      # "* Gradient: `" # gradient # "`, each summed over what was repeated.\n"
      # "* Refused: extents that differ and are not 1, different element types, elements that are not floating-point\n"
      # "  numbers.\n"
      # "```" # "mlir\n%y = tern." # mnemonic # " %a, %b : tensor<2x4xf32>, tensor<4xf32>\n```\n";
  let arguments = (ins Tern_Float:$lhs, Tern_Float:$rhs);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
  let hasFolder = 1;
}

// Arithmetic.
def Tern_AddOp : Tern_BinaryOp<"add", "sum of two tensors", "a + b", "da = dy, db = dy", [Commutative]>;
def Tern_SubOp : Tern_BinaryOp<"sub", "difference of two tensors", "a - b", "da = dy, db = -dy">;
def Tern_MulOp
    : Tern_BinaryOp<"mul", "product of two tensors, element by element", "a b", "da = dy b, db = dy a", [Commutative]>;
def Tern_DivOp : Tern_BinaryOp<"div", "quotient of two tensors", "a / b", "da = dy / b, db = -dy y / b">;
def Tern_MaximumOp : Tern_BinaryOp<"maximum", "the larger of two; the gradient of a tie goes to a", "max(a, b)",
                                   "da = b > a ? 0 : dy, db = b > a ? dy : 0">;
def Tern_MinimumOp : Tern_BinaryOp<"minimum", "the smaller of two; the gradient of a tie goes to a", "min(a, b)",
                                   "da = b < a ? 0 : dy, db = b < a ? dy : 0">;

// Functions.
def Tern_NegOp     : Tern_UnaryOp<"neg", "negation", "-x", "-dy">;
def Tern_ExpOp     : Tern_UnaryOp<"exp", "exponential", "e^x", "dy y">;
def Tern_LogOp     : Tern_UnaryOp<"log", "natural logarithm", "ln x", "dy / x">;
def Tern_SqrtOp    : Tern_UnaryOp<"sqrt", "square root", "sqrt(x)", "dy / (2 y)">;
def Tern_RsqrtOp   : Tern_UnaryOp<"rsqrt", "reciprocal square root", "1 / sqrt(x)", "-dy y^3 / 2">;
def Tern_AbsOp     : Tern_UnaryOp<"abs", "absolute value", "|x|", "dy x / |x|, 0 where x is">;
def Tern_SinOp     : Tern_UnaryOp<"sin", "sine of an angle in radians", "sin(x)", "dy cos(x)">;
def Tern_CosOp     : Tern_UnaryOp<"cos", "cosine of an angle in radians", "cos(x)", "-dy sin(x)">;
def Tern_TanhOp    : Tern_UnaryOp<"tanh", "hyperbolic tangent", "tanh(x)", "dy (1 - y^2)">;
def Tern_ErfOp     : Tern_UnaryOp<"erf", "error function", "2/sqrt(pi) integral from 0 to x of e^(-t^2) dt",
                                  "dy 2/sqrt(pi) e^(-x^2)">;
def Tern_SigmoidOp : Tern_UnaryOp<"sigmoid", "logistic function", "1 / (1 + e^-x)", "dy y (1 - y)">;
def Tern_StepOp    : Tern_UnaryOp<"step", "1 right of zero; its gradient is zero", "x > 0 ? 1 : 0", "0">;

def Tern_PowOp : Tern_UnaryOp<"pow", "power with a constant exponent", "", ""> {
  let description = [{
    `y = x^p` at every position, p the `exponent`; y has the type of x. Below 0 it is a NaN unless p is an integer.

    * Gradient: `dx = dy p x^(p - 1)`, 0 where p is 0.
    * Refused: elements that are not floating-point numbers.
    ```mlir
    %y = tern.pow %x exponent 1.5 : tensor<2x4xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, F64Attr:$exponent);
  let assemblyFormat = "$input `exponent` $exponent attr-dict `:` type($input)";
}

def Tern_ScaleOp : Tern_UnaryOp<"scale", "product with a constant", "", ""> {
  let description = [{
    `y = f x` at every position, f the `factor`, a number or a hyperparameter; y has the type of x.

    * Gradient: `dx = f dy`.
    * Refused: elements that are not floating-point numbers.
    ```mlir
    %y = tern.scale %x factor 22.627417 : tensor<2x4xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_Real:$factor);
  let assemblyFormat = "$input `factor` custom<Real>($factor) attr-dict `:` type($input)";
}

// Activations.
def Tern_ReluOp
    : Tern_UnaryOp<"relu", "rectified linear unit (Nair and Hinton 2010)", "max(x, 0)", "x > 0 ? dy : 0">;
def Tern_SiluOp : Tern_UnaryOp<"silu", "sigmoid linear unit (Elfwing et al. 2017)", "x sigmoid(x)",
                               "dy s (1 + x (1 - s)), s = sigmoid(x)">;

def Tern_LeakyReluOp : Tern_UnaryOp<"leaky_relu", "rectified linear unit with two slopes (Maas et al. 2013)", "", ""> {
  let description = [{
    `y = x > 0 ? x : slope x` at every position; y has the type of x.

    * Gradient: `dx = x > 0 ? dy : slope dy`.
    ```mlir
    %y = tern.leaky_relu %x slope 0.2 : tensor<2x4xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, DefaultValuedAttr<F64Attr, "0.01">:$slope);
  let assemblyFormat = "$input (`slope` $slope^)? attr-dict `:` type($input)";
}

def Tern_EluOp : Tern_UnaryOp<"elu", "exponential linear unit (Clevert et al. 2015)", "", ""> {
  let description = [{
    `y = x > 0 ? x : alpha (e^x - 1)` at every position; y has the type of x.

    * Gradient: `dx = x > 0 ? dy : dy (y + alpha)`.
    ```mlir
    %y = tern.elu %x alpha 0.5 : tensor<2x4xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, DefaultValuedAttr<F64Attr, "1.0">:$alpha);
  let assemblyFormat = "$input (`alpha` $alpha^)? attr-dict `:` type($input)";
}

def Tern_PreluOp : Tern_DifferentiableOp<"prelu", [DeclareOpInterfaceMethods<Tern_Parametric>, Tern_Sequential]> {
  let summary = "rectified linear unit whose slope left of zero is learned (He et al. 2015)";
  let description = [{
    `y = x > 0 ? x : slope x` at every position; y has the type of x. Module form names "NAME.weight" (0.25): one slope, or one
    per element of the last dimension with `per_channel`.

    * Shapes: the slope broadcasts to x, which it does not widen.
    * Gradient: `dx = x > 0 ? dy : slope dy`; `dslope = sum of min(x, 0) dy` over what was repeated.
    * Refused: neither a slope nor a name, both at once, `per_channel` with a slope, a slope that does not broadcast to x.
    ```mlir
    %y = tern.prelu %x "act" : tensor<2x4xf32>
    %z = tern.prelu %x "act2" per_channel : tensor<2x4xf32>
    %u = tern.prelu %x slope %a : tensor<2x4xf32>, tensor<4xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Optional<Tern_Float>:$slope, OptionalAttr<StrAttr>:$name, UnitAttr:$per_channel);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = [{$input ($name^)? (`per_channel` $per_channel^)? (`slope` $slope^)? attr-dict `:` type($input)
                        (`,` type($slope)^)?}];
  let hasVerifier = 1;
}

def Tern_GeluApproximation : I32EnumAttr<"GeluApproximation", "how GELU is computed", [
    I32EnumAttrCase<"none", 0>, I32EnumAttrCase<"tanh", 1>]> {
  let cppNamespace = "::tern";
  let description = [{
    `none` is the function itself, `tanh` the approximation of its authors, which GPT-2 was trained with. They differ by 5e-4 at
    most.
    ```mlir
    %y = tern.gelu %x tanh : tensor<2x4xf32>
    ```
  }];
}

def Tern_GeluOp : Tern_UnaryOp<"gelu", "Gaussian error linear unit (Hendrycks and Gimpel 2016)", "", ""> {
  let description = [{
    `y = x Phi(x)` with `Phi(x) = (1 + erf(x / sqrt(2))) / 2` at every position; y has the type of x. With `tanh`, the
    approximation that GPT-2 uses: `y = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))`.

    * Gradient: `tern.gelu_grad`.
    ```mlir
    %y = tern.gelu %x : tensor<2x4xf32>
    %z = tern.gelu %x tanh : tensor<2x4xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input,
                       DefaultValuedAttr<Tern_GeluApproximation, "::tern::GeluApproximation::none">:$approximate);
  let assemblyFormat = "$input ($approximate^)? attr-dict `:` type($input)";
}

// Gradients that share a subexpression have an op of their own, so that they are computed in one pass over memory.
class Tern_ActivationGradOp<string mnemonic, list<Trait> traits = []>
    : Tern_PureOp<mnemonic, traits # [SameTypeOperands]> {
  let arguments = (ins Tern_Float:$input, Tern_Float:$cotangent);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$input `,` $cotangent attr-dict `:` type($input)";
}

def Tern_GeluGradOp : Tern_ActivationGradOp<"gelu_grad"> {
  let summary = "gradient of gelu";
  let description = [{
    `dx = dy (Phi(x) + x phi(x))`, phi the normal density. With `tanh`, `u = sqrt(2/pi) (x + 0.044715 x^3)` and `t = tanh(u)`:
    `dx = dy ((1 + t)/2 + x/2 (1 - t^2) sqrt(2/pi) (1 + 3 0.044715 x^2))`. x, dy and dx have one type.
    ```mlir
    %dx = tern.gelu_grad %x, %dy tanh : tensor<2x4xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_Float:$cotangent,
                       DefaultValuedAttr<Tern_GeluApproximation, "::tern::GeluApproximation::none">:$approximate);
  let assemblyFormat = "$input `,` $cotangent ($approximate^)? attr-dict `:` type($input)";
}

def Tern_SiluGradOp : Tern_ActivationGradOp<"silu_grad"> {
  let summary = "gradient of silu";
  let description = [{
    With `s = sigmoid(x)`: `dx = dy s (1 + x (1 - s))`. x, dy and dx have one type.
    ```mlir
    %dx = tern.silu_grad %x, %dy : tensor<2x4xf32>
    ```
  }];
}

#endif // TERN_ELEMENTWISE_TD
