// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loss family: how far a prediction is from its target, as one number.

#ifndef TERN_LOSS_TD
#define TERN_LOSS_TD

include "dialects/tern/Attrs.td"

// The mean over predictions and labels of one shape.
class Tern_PairLossOp<string mnemonic> : Tern_DifferentiableOp<mnemonic, [DeclareOpInterfaceMethods<Tern_Costed>]> {
  let arguments = (ins Tern_Float:$prediction, Tern_Float:$label);
  let results = (outs Tern_Float:$loss);
  let assemblyFormat = "$prediction `,` $label attr-dict `:` type($prediction) `,` type($label)";
}

def Tern_MseOp : Tern_PairLossOp<"mse"> {
  let summary = "mean squared error";
  let description = [{
    loss = mean((prediction - label)^2).
    ```mlir
    %loss = tern.mse %prediction, %label : tensor<2x4xf32>, tensor<2x4xf32>
    ```
  }];
}

def Tern_BinaryCrossEntropyOp : Tern_PairLossOp<"binary_cross_entropy"> {
  let summary = "cross-entropy of probabilities against labels in [0, 1]";
  let description = [{
    loss = -mean(y ln p + (1 - y) ln(1 - p)), y the label and p the prediction, a probability. Logarithms are kept above
    -100, and the gradient's denominator p (1 - p) above 1e-12, so that a saturated prediction gives finite numbers.
    ```mlir
    %loss = tern.binary_cross_entropy %p, %y : tensor<2x1xf32>, tensor<2x1xf32>
    ```
  }];
}

// The mean over positions whose target class is not `ignore_index`; 0 when there is none.
class Tern_ClassLossOp<string mnemonic, list<Trait> traits>
    : Tern_PureOp<mnemonic, traits # [DeclareOpInterfaceMethods<Tern_Costed>]>;

def Tern_CrossEntropyOp : Tern_ClassLossOp<"cross_entropy", [DeclareOpInterfaceMethods<Tern_Differentiable>]> {
  let summary = "cross-entropy of logits against target classes";
  let description = [{
    loss = mean over positions with target != ignore_index of (logsumexp(logits) - logits[target]); logits (..., V),
    targets (...). The loss is 0 when every target is ignored.
    ```mlir
    %loss = tern.cross_entropy %logits, %targets : tensor<2x4x50257xf32>, tensor<2x4xi32>
    %masked = tern.cross_entropy %logits, %targets ignore_index 0 : tensor<2x4x50257xf32>, tensor<2x4xi32>
    ```
  }];
  let arguments = (ins Tern_Float:$logits, Tern_Int:$targets, DefaultValuedAttr<I64Attr, "-100">:$ignore_index);
  let results = (outs Tern_Float:$loss);
  let assemblyFormat = [{$logits `,` $targets (`ignore_index` $ignore_index^)? attr-dict `:`
                        type($logits) `,` type($targets)}];
}

def Tern_CrossEntropyGradOp : Tern_ClassLossOp<"cross_entropy_grad", []> {
  let summary = "gradient of cross_entropy";
  let description = [{
    d_logits = d_loss / (number of targets not ignored) * (softmax(logits) - onehot(target)), 0 where the target is
    ignored.
    ```mlir
    %dlogits = tern.cross_entropy_grad %logits, %targets, %dloss : tensor<2x4x50257xf32>, tensor<2x4xi32>, tensor<f32>
    ```
  }];
  let arguments = (ins Tern_Float:$logits, Tern_Int:$targets, Tern_Float:$cotangent,
                       DefaultValuedAttr<I64Attr, "-100">:$ignore_index);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = [{$logits `,` $targets `,` $cotangent (`ignore_index` $ignore_index^)? attr-dict `:`
                        type($logits) `,` type($targets) `,` type($cotangent)}];
}

def Tern_NllOp : Tern_ClassLossOp<"nll", [DeclareOpInterfaceMethods<Tern_Differentiable>]> {
  let summary = "negative log-likelihood of target classes";
  let description = [{
    loss = -mean over positions with target != ignore_index of x[target]; x (..., V) are log-probabilities, targets
    (...). The loss is 0 when every target is ignored.
    ```mlir
    %loss = tern.nll %x, %targets : tensor<2x4x16xf32>, tensor<2x4xi32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_Int:$targets, DefaultValuedAttr<I64Attr, "-100">:$ignore_index);
  let results = (outs Tern_Float:$loss);
  let assemblyFormat = [{$input `,` $targets (`ignore_index` $ignore_index^)? attr-dict `:`
                        type($input) `,` type($targets)}];
}

def Tern_NllGradOp : Tern_ClassLossOp<"nll_grad", []> {
  let summary = "gradient of nll";
  let description = [{
    d_x = -d_loss / (number of targets not ignored) * onehot(target), 0 where the target is ignored; `classes` is V.
    ```mlir
    %dx = tern.nll_grad %targets, %dloss classes 16 : tensor<2x4xi32>, tensor<f32>
    ```
  }];
  let arguments = (ins Tern_Int:$targets, Tern_Float:$cotangent, I64Attr:$classes,
                       DefaultValuedAttr<I64Attr, "-100">:$ignore_index);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = [{$targets `,` $cotangent `classes` $classes (`ignore_index` $ignore_index^)? attr-dict `:`
                        type($targets) `,` type($cotangent)}];
}

def Tern_LinearCrossEntropyOp
    : Tern_ClassLossOp<"linear_cross_entropy", [DeclareOpInterfaceMethods<Tern_Differentiable>]> {
  let summary = "cross_entropy of x W^T, in chunks of rows, so that the logits never exist as a whole";
  let description = [{
    loss = cross_entropy(x W^T, targets); x (..., C), weight W (V, C), targets (...).
    ```mlir
    %loss = tern.linear_cross_entropy %x, %wte, %targets : tensor<2x4x768xf32>, tensor<50257x768xf32>, tensor<2x4xi32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_Float:$weight, Tern_Int:$targets,
                       DefaultValuedAttr<I64Attr, "-100">:$ignore_index);
  let results = (outs Tern_Float:$loss);
  let assemblyFormat = [{$input `,` $weight `,` $targets (`ignore_index` $ignore_index^)? attr-dict `:`
                        type($input) `,` type($weight) `,` type($targets)}];
}

def Tern_LinearCrossEntropyGradOp : Tern_ClassLossOp<"linear_cross_entropy_grad", [AttrSizedOperandSegments]> {
  let summary = "loss and gradients of linear_cross_entropy in one pass over the chunks";
  let description = [{
    With d_logits as in cross_entropy_grad: dx = d_logits W, dW = d_logits^T x. The loss falls out of the same pass, so
    that a linear_cross_entropy of the same operands is replaced by it. With `onto %old if %flag` dW is added to `old`
    where the flag holds, in place of an accumulate op and its second buffer.
    ```mlir
    %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %wte, %targets, %dloss :
        tensor<2x4x768xf32>, tensor<50257x768xf32>, tensor<2x4xi32>, tensor<f32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_Float:$weight, Tern_Int:$targets, Tern_Float:$cotangent,
                       Optional<Tern_Float>:$onto, Optional<Tern_Flag>:$flag,
                       DefaultValuedAttr<I64Attr, "-100">:$ignore_index);
  let results = (outs Tern_Float:$loss, Tern_Float:$dinput, Tern_Float:$dweight);
  let assemblyFormat = [{$input `,` $weight `,` $targets `,` $cotangent (`ignore_index` $ignore_index^)?
                        (`onto` $onto^ `if` $flag)? attr-dict `:` type($input) `,` type($weight) `,` type($targets) `,`
                        type($cotangent) (`onto` type($onto)^ `if` type($flag))?}];
  let hasCanonicalizeMethod = 1;
}

#endif // TERN_LOSS_TD
