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
    `loss = mean((prediction - label)^2)`.

    * Shapes: prediction and label of one shape and element type; the loss has rank 0.
    * Gradient: `dprediction = 2 dloss (prediction - label) / n`, and its negative for the label.
    * Refused: two shapes or element types.
    ```mlir
    %loss = tern.mse %prediction, %label : tensor<2x4xf32>, tensor<2x4xf32>
    ```
  }];
}

def Tern_BinaryCrossEntropyOp : Tern_PairLossOp<"binary_cross_entropy"> {
  let summary = "cross-entropy of probabilities against labels in [0, 1]";
  let description = [{
    `loss = -mean(y ln p + (1 - y) ln(1 - p))`, y the label and p the prediction, a probability. Logarithms are kept above
    -100, and the gradient's denominator `p (1 - p)` above 1e-12, so that a saturated prediction gives finite numbers.

    * Shapes: prediction and label of one shape and element type; the loss has rank 0.
    * Gradient: `dp = dloss (p - y) / (p (1 - p)) / n`.
    * Refused: two shapes or element types.
    ```mlir
    %loss = tern.binary_cross_entropy %p, %y : tensor<2x1xf32>, tensor<2x1xf32>
    ```
  }];
}

def Tern_HuberOp : Tern_PairLossOp<"huber"> {
  let summary = "squared near zero, linear further out (Huber 1964)";
  let description = [{
    `loss = mean(|d| < delta ? d^2 / 2 : delta (|d| - delta / 2))`, `d = prediction - label`.

    * Shapes: prediction and label of one shape and element type; the loss has rank 0.
    * Gradient: `dprediction = dloss min(max(d, -delta), delta) / n`, and its negative for the label.
    * Refused: two shapes or element types, a delta that is not above zero.
    ```mlir
    %loss = tern.huber %prediction, %label delta 0.5 : tensor<2x4xf32>, tensor<2x4xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$prediction, Tern_Float:$label, DefaultValuedAttr<F64Attr, "1.0">:$delta);
  let assemblyFormat = "$prediction `,` $label (`delta` $delta^)? attr-dict `:` type($prediction) `,` type($label)";
  let hasVerifier = 1;
}

def Tern_KlDivOp : Tern_PairLossOp<"kl_div"> {
  let summary = "Kullback-Leibler divergence of a distribution from the one predicted, mean over rows";
  let description = [{
    `loss = sum p (ln p - q) / rows`, q the `prediction`, logarithms of probabilities, and p the `label`, probabilities;
    `p ln p` is 0 where p is.

    * Shapes: prediction and label `(..., V)` of one element type; rows are all but the last dimension; the loss has rank 0.
    * Gradient: `dq = -dloss p / rows`; `dp = dloss (ln p + 1 - q) / rows`, for p above zero.
    * Refused: two shapes or element types, rank 0.
    ```mlir
    %loss = tern.kl_div %log_q, %p : tensor<2x4xf32>, tensor<2x4xf32>
    ```
  }];
}

// The mean over positions whose target class is not `ignore_index`; 0 when there is none.
class Tern_ClassLossOp<string mnemonic, list<Trait> traits>
    : Tern_PureOp<mnemonic, traits # [DeclareOpInterfaceMethods<Tern_Costed>]>;

def Tern_CrossEntropyOp : Tern_ClassLossOp<"cross_entropy", [DeclareOpInterfaceMethods<Tern_Differentiable>]> {
  let summary = "cross-entropy of logits against target classes";
  let description = [{
    `loss = mean of (logsumexp(logits) - logits[target])` over the positions with `target != ignore_index`; 0 when every target
    is ignored. With `label_smoothing` e the target is a distribution, e/V for every class and 1 - e more for the target
    (Szegedy et al. 2016): `loss = mean of (logsumexp(logits) - (1 - e) logits[target] - e mean(logits))`.

    * Shapes: logits `(..., V)`, targets `(...)`; the loss has rank 0.
    * Gradient: `tern.cross_entropy_grad`.
    * Refused: targets whose dimensions are not the leading ones of the logits, a label smoothing outside of [0, 1].
    ```mlir
    %loss = tern.cross_entropy %logits, %targets : tensor<2x4x50257xf32>, tensor<2x4xi32>
    %masked = tern.cross_entropy %logits, %targets ignore_index 0 : tensor<2x4x50257xf32>, tensor<2x4xi32>
    %smooth = tern.cross_entropy %logits, %targets label_smoothing 0.1 : tensor<2x4x50257xf32>, tensor<2x4xi32>
    ```
  }];
  let arguments = (ins Tern_Float:$logits, Tern_Int:$targets, DefaultValuedAttr<I64Attr, "-100">:$ignore_index,
                       DefaultValuedAttr<F64Attr, "0.0">:$label_smoothing);
  let results = (outs Tern_Float:$loss);
  let assemblyFormat = [{$logits `,` $targets (`ignore_index` $ignore_index^)? (`label_smoothing` $label_smoothing^)?
                        attr-dict `:` type($logits) `,` type($targets)}];
  let builders = [OpBuilder<(ins "::mlir::Value":$logits, "::mlir::Value":$targets), [{
    build($_builder, $_state, logits, targets, $_builder.getI64IntegerAttr(-100), $_builder.getF64FloatAttr(0.0));
  }]>];
}

def Tern_CrossEntropyGradOp : Tern_ClassLossOp<"cross_entropy_grad", []> {
  let summary = "gradient of cross_entropy";
  let description = [{
    `dlogits = dloss / (number of targets not ignored) * (softmax(logits) - (1 - e) onehot(target) - e/V)`, e the label smoothing;
    0 where the target is ignored.

    * Shapes: logits, dlogits `(..., V)`, targets `(...)`, dloss of rank 0.
    * Refused: targets whose dimensions are not the leading ones of the logits, a cotangent of another rank.
    ```mlir
    %dlogits = tern.cross_entropy_grad %logits, %targets, %dloss : tensor<2x4x50257xf32>, tensor<2x4xi32>, tensor<f32>
    ```
  }];
  let arguments = (ins Tern_Float:$logits, Tern_Int:$targets, Tern_Float:$cotangent,
                       DefaultValuedAttr<I64Attr, "-100">:$ignore_index,
                       DefaultValuedAttr<F64Attr, "0.0">:$label_smoothing);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = [{$logits `,` $targets `,` $cotangent (`ignore_index` $ignore_index^)?
                        (`label_smoothing` $label_smoothing^)? attr-dict `:`
                        type($logits) `,` type($targets) `,` type($cotangent)}];
}

def Tern_NllOp : Tern_ClassLossOp<"nll", [DeclareOpInterfaceMethods<Tern_Differentiable>]> {
  let summary = "negative log-likelihood of target classes";
  let description = [{
    `loss = -mean of x[target]` over the positions with `target != ignore_index`, x log-probabilities; 0 when every target is
    ignored.

    * Shapes: x `(..., V)`, targets `(...)`; the loss has rank 0.
    * Gradient: `tern.nll_grad`.
    * Refused: targets whose dimensions are not the leading ones of x.
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
    `dx = -dloss / (number of targets not ignored) * onehot(target)`, 0 where the target is ignored.

    * Shapes: targets `(...)`, dloss of rank 0, dx `(..., V)`, V the `classes`.
    * Refused: a cotangent of another rank.
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
    : Tern_ClassLossOp<"linear_cross_entropy", [DeclareOpInterfaceMethods<Tern_Differentiable>,
                                               DeclareOpInterfaceMethods<Tern_Narrowable>]> {
  let summary = "cross_entropy of x W^T, in chunks of rows, so that the logits never exist as a whole";
  let description = [{
    `loss = cross_entropy(x W^T, targets)`, with its `ignore_index` and `label_smoothing`, over chunks of rows: the logits, by far
    the largest tensor of a language model, are never all there at once.

    * Shapes: x `(..., C)`, W `(V, C)`, targets `(...)`; the loss has rank 0, and is f32 where x and W are bf16.
    * Gradient: `tern.linear_cross_entropy_grad`.
    * Refused: a weight of other channels or another element type, targets whose dimensions are not the leading ones of x, a
      label smoothing outside of [0, 1].
    ```mlir
    %loss = tern.linear_cross_entropy %x, %wte, %targets : tensor<2x4x768xf32>, tensor<50257x768xf32>, tensor<2x4xi32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_Float:$weight, Tern_Int:$targets,
                       DefaultValuedAttr<I64Attr, "-100">:$ignore_index,
                       DefaultValuedAttr<F64Attr, "0.0">:$label_smoothing);
  let results = (outs Tern_Float:$loss);
  let assemblyFormat = [{$input `,` $weight `,` $targets (`ignore_index` $ignore_index^)?
                        (`label_smoothing` $label_smoothing^)? attr-dict `:`
                        type($input) `,` type($weight) `,` type($targets)}];
}

def Tern_LinearCrossEntropyGradOp : Tern_ClassLossOp<"linear_cross_entropy_grad", [AttrSizedOperandSegments,
                                                    DeclareOpInterfaceMethods<Tern_Narrowable>]> {
  let summary = "loss and gradients of linear_cross_entropy in one pass over the chunks";
  let description = [{
    With dlogits as in cross_entropy_grad: `dx = dlogits W`, `dW = dlogits^T x`. The loss falls out of the same pass, so that a
    linear_cross_entropy of the same operands is replaced by it. With `onto %old if %flag` dW is added to `old` where the flag
    holds, in place of an accumulate op and its second buffer.

    * Shapes: x, dx `(..., C)`; W, dW, old `(V, C)`; targets `(...)`; loss, dloss and flag of rank 0. Where x and W are bf16,
      all others are f32, and dlogits are rounded to bf16 for the two products.
    * Refused: what linear_cross_entropy refuses; `onto` of another type than W or without its flag.
    ```mlir
    %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %wte, %targets, %dloss :
        tensor<2x4x768xf32>, tensor<50257x768xf32>, tensor<2x4xi32>, tensor<f32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_Float:$weight, Tern_Int:$targets, Tern_Float:$cotangent,
                       Optional<Tern_Float>:$onto, Optional<Tern_Flag>:$flag,
                       DefaultValuedAttr<I64Attr, "-100">:$ignore_index,
                       DefaultValuedAttr<F64Attr, "0.0">:$label_smoothing);
  let results = (outs Tern_Float:$loss, Tern_Float:$dinput, Tern_Float:$dweight);
  let assemblyFormat = [{$input `,` $weight `,` $targets `,` $cotangent (`ignore_index` $ignore_index^)?
                        (`label_smoothing` $label_smoothing^)?
                        (`onto` $onto^ `if` $flag)? attr-dict `:` type($input) `,` type($weight) `,` type($targets) `,`
                        type($cotangent) (`onto` type($onto)^ `if` type($flag))?}];
  let hasCanonicalizeMethod = 1;
}

#endif // TERN_LOSS_TD
