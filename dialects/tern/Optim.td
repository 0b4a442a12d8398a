// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Optim family: what a training step does with gradients. Rates and factors are rank-0 tensors, known only at run time.

#ifndef TERN_OPTIM_TD
#define TERN_OPTIM_TD

include "dialects/tern/Attrs.td"

class Tern_OptimOp<string mnemonic, list<Trait> traits = []>
    : Tern_PureOp<mnemonic, traits # [DeclareOpInterfaceMethods<Tern_Costed>]>;

def Tern_AccumulateOp : Tern_OptimOp<"accumulate", [AllTypesMatch<["old", "value"]>]> {
  let summary = "a gradient added to, or put in the place of, the one before";
  let description = [{
    `y = flag ? old + value : value`.

    * Shapes: old, value and y of one type; flag of rank 0.
    ```mlir
    %y = tern.accumulate %old, %value if %flag : tensor<768x2304xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$old, Tern_Float:$value, Tern_Flag:$flag);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$old `,` $value `if` $flag attr-dict `:` type($old)";
}

def Tern_GlobalNormOp : Tern_OptimOp<"global_norm"> {
  let summary = "Euclidean norm of all tensors together";
  let description = [{
    `y = scale sqrt(sum over tensors and elements of x^2)`. Partial sums run over fixed blocks and are added in a fixed order, in
    f64.

    * Shapes: any number of tensors of any shape; scale and y of rank 0.
    * Refused: different element types, a scale of another rank.
    ```mlir
    %y = tern.global_norm %a, %b scale %s : tensor<8x4xf32>, tensor<4xf32> scale tensor<f32>
    ```
  }];
  let arguments = (ins Variadic<Tern_Float>:$inputs, Tern_Float:$scale);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$inputs `scale` $scale attr-dict `:` type($inputs) `scale` type($scale)";
  let hasVerifier = 1;
}

def Tern_ClipFactorOp : Tern_OptimOp<"clip_factor", [AllTypesMatch<["norm", "limit"]>]> {
  let summary = "what gradients are multiplied by so that their norm stays below a limit (Pascanu et al. 2013)";
  let description = [{
    `y = limit > 0 ? min(1, limit / (norm + 1e-6)) : 1`; norm, limit and y of one type.
    ```mlir
    %y = tern.clip_factor %norm, %limit : tensor<f32>
    ```
  }];
  let arguments = (ins Tern_Float:$norm, Tern_Float:$limit);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$norm `,` $limit attr-dict `:` type($norm)";
}

class Tern_AdamFamilyOp<string mnemonic> : Tern_OptimOp<mnemonic, [AllTypesMatch<["param", "grad", "m", "v"]>,
    AllTypesMatch<["learning_rate", "beta1", "beta2", "epsilon", "decay", "scale"]>]> {
  let arguments = (ins Tern_Float:$param, Tern_Float:$grad, Tern_Float:$m, Tern_Float:$v, Tern_Float:$learning_rate,
                       Tern_Float:$beta1, Tern_Float:$beta2, Tern_Float:$epsilon, Tern_Float:$decay, Tern_Float:$scale,
                       Tern_Key:$step);
  let results = (outs Tern_Float:$new_param, Tern_Float:$new_m, Tern_Float:$new_v);
  let assemblyFormat = [{$param `,` $grad `,` $m `,` $v `learning_rate` $learning_rate `beta1` $beta1 `beta2` $beta2
    `epsilon` $epsilon `decay` $decay `scale` $scale `step` $step attr-dict `:` type($param) `,` type($learning_rate)}];
  let hasVerifier = 1;
}

def Tern_AdamOp : Tern_AdamFamilyOp<"adam"> {
  let summary = "Adam (Kingma and Ba 2014)";
  let description = [{
    With `g = scale grad + decay p` and `t = step`, counted from 1:
    `m' = beta1 m + (1 - beta1) g`; `v' = beta2 v + (1 - beta2) g^2`;
    `p' = p - learning_rate (m' / (1 - beta1^t)) / (sqrt(v' / (1 - beta2^t)) + epsilon)`. The decay is part of the gradient, as
    in the loss with an L2 penalty; `tern.adamw` keeps the two apart.

    * Shapes: p, grad, m, v and the results of one type; every rate of rank 0 and of their element type; step an i64.
    * Refused: a rate of another rank or element type.
    ```mlir
    %p1, %m1, %v1 = tern.adam %p, %g, %m, %v learning_rate %lr beta1 %b1 beta2 %b2 epsilon %e decay %d
        scale %s step %t : tensor<8x4xf32>, tensor<f32>
    ```
  }];
}

def Tern_AdamWOp : Tern_AdamFamilyOp<"adamw"> {
  let summary = "Adam with decoupled weight decay (Loshchilov and Hutter 2017)";
  let description = [{
    With `g = scale grad` and `t = step`, counted from 1:
    `m' = beta1 m + (1 - beta1) g`; `v' = beta2 v + (1 - beta2) g^2`;
    `p' = p (1 - learning_rate decay) - learning_rate (m' / (1 - beta1^t)) / (sqrt(v' / (1 - beta2^t)) + epsilon)`.

    * Shapes: p, grad, m, v and the results of one type; every rate of rank 0 and of their element type; step an i64.
    * Refused: a rate of another rank or element type.
    ```mlir
    %p1, %m1, %v1 = tern.adamw %p, %g, %m, %v learning_rate %lr beta1 %b1 beta2 %b2 epsilon %e decay %d
        scale %s step %t : tensor<8x4xf32>, tensor<f32>
    ```
  }];
}

def Tern_SgdOp : Tern_OptimOp<"sgd", [AllTypesMatch<["param", "grad", "buffer"]>,
    AllTypesMatch<["learning_rate", "momentum", "decay", "scale"]>]> {
  let summary = "stochastic gradient descent with momentum (Polyak 1964)";
  let description = [{
    With `g = scale grad + decay p`: `b' = momentum b + g`; `p' = p - learning_rate b'`, or with `nesterov`
    `p' = p - learning_rate (g + momentum b')`: the gradient a step ahead (Sutskever et al. 2013).

    * Shapes: p, grad, b and the results of one type; every rate of rank 0 and of their element type.
    * Refused: a rate of another rank or element type.
    ```mlir
    %p1, %b1 = tern.sgd %p, %g, %b learning_rate %lr momentum %mu decay %d scale %s : tensor<8x4xf32>, tensor<f32>
    ```
  }];
  let arguments = (ins Tern_Float:$param, Tern_Float:$grad, Tern_Float:$buffer, Tern_Float:$learning_rate,
                       Tern_Float:$momentum, Tern_Float:$decay, Tern_Float:$scale, UnitAttr:$nesterov);
  let results = (outs Tern_Float:$new_param, Tern_Float:$new_buffer);
  let assemblyFormat = [{$param `,` $grad `,` $buffer `learning_rate` $learning_rate `momentum` $momentum `decay` $decay
    `scale` $scale (`nesterov` $nesterov^)? attr-dict `:` type($param) `,` type($learning_rate)}];
  let hasVerifier = 1;
}

def Tern_LionOp : Tern_OptimOp<"lion", [AllTypesMatch<["param", "grad", "m"]>,
    AllTypesMatch<["learning_rate", "beta1", "beta2", "decay", "scale"]>]> {
  let summary = "evolved sign momentum (Chen et al. 2023)";
  let description = [{
    With `g = scale grad`: `u = sign(beta1 m + (1 - beta1) g)`; `p' = p (1 - learning_rate decay) - learning_rate u`;
    `m' = beta2 m + (1 - beta2) g`. The sign of 0 is 0.

    * Shapes: p, grad, m and the results of one type; every rate of rank 0 and of their element type.
    * Refused: a rate of another rank or element type.
    ```mlir
    %p1, %m1 = tern.lion %p, %g, %m learning_rate %lr beta1 %b1 beta2 %b2 decay %d scale %s : tensor<8x4xf32>, tensor<f32>
    ```
  }];
  let arguments = (ins Tern_Float:$param, Tern_Float:$grad, Tern_Float:$m, Tern_Float:$learning_rate, Tern_Float:$beta1,
                       Tern_Float:$beta2, Tern_Float:$decay, Tern_Float:$scale);
  let results = (outs Tern_Float:$new_param, Tern_Float:$new_m);
  let assemblyFormat = [{$param `,` $grad `,` $m `learning_rate` $learning_rate `beta1` $beta1 `beta2` $beta2
    `decay` $decay `scale` $scale attr-dict `:` type($param) `,` type($learning_rate)}];
  let hasVerifier = 1;
}

def Tern_EmaOp : Tern_OptimOp<"ema", [AllTypesMatch<["average", "value"]>]> {
  let summary = "exponential moving average of weights (Polyak and Juditsky 1992)";
  let description = [{
    `y = decay average + (1 - decay) value`; with a decay of 0 the average starts anew, whatever it held.

    * Shapes: average, value and y of one type; decay of rank 0 and of their element type.
    * Refused: a decay of another rank or element type.
    ```mlir
    %y = tern.ema %average, %p decay %d : tensor<8x4xf32>, tensor<f32>
    ```
  }];
  let arguments = (ins Tern_Float:$average, Tern_Float:$value, Tern_Float:$decay);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$average `,` $value `decay` $decay attr-dict `:` type($average) `,` type($decay)";
  let hasVerifier = 1;
}

def Tern_AdafactorOp : Tern_OptimOp<"adafactor", [AllTypesMatch<["param", "grad"]>,
    AllTypesMatch<["learning_rate", "decay", "scale"]>]> {
  let summary = "second moments of a matrix as one row and one column (Shazeer and Stern 2018)";
  let description = [{
    With `g = scale grad`, `t = step` counted from 1 and `w = t^-0.8`, for each matrix (R, C):
    `row' = row + w (mean over C of g^2 - row)`; `column' = column + w (mean over R of g^2 - column)`;
    `v = row' column' / max(mean of row', e)`; `u = g / sqrt(max(v, e^2))`, where e is the distance of 1 to the next number;
    `p' = p (1 - learning_rate decay) - max(1e-3, rms(p)) min(learning_rate, 1/sqrt(t)) u / max(1, rms(u))`.
    Without a column, `row` is the whole second moment and `v = row'`. With `stacked`, dimension 0 counts layers, each of
    which is a tensor of its own.

    * Shapes: p and grad `(..., R, C)`, row `(..., R)`, column `(..., C)`; without a column row has the type of p. Rates of rank
      0; step an i64.
    * Refused: moments of other shapes, a column for a vector, a rate of another rank or element type.
    ```mlir
    %p1, %r1, %c1 = tern.adafactor %p, %g, %r column(%c : tensor<4xf32>) learning_rate %lr decay %d scale %s step %t :
        tensor<8x4xf32>, tensor<8xf32>, tensor<f32>
    ```
  }];
  let arguments = (ins Tern_Float:$param, Tern_Float:$grad, Tern_Float:$row, Optional<Tern_Float>:$column,
                       Tern_Float:$learning_rate, Tern_Float:$decay, Tern_Float:$scale, Tern_Key:$step, UnitAttr:$stacked);
  let results = (outs Tern_Float:$new_param, Tern_Float:$new_row, Optional<Tern_Float>:$new_column);
  let assemblyFormat = [{$param `,` $grad `,` $row (`column` `` `(` $column^ `:` type($column) `)`)? `learning_rate` $learning_rate
    `decay` $decay `scale` $scale `step` $step (`stacked` $stacked^)? attr-dict `:` type($param) `,` type($row) `,`
    type($learning_rate)}];
  let hasVerifier = 1;
}

def Tern_MuonOp : Tern_OptimOp<"muon", [AllTypesMatch<["param", "grad", "buffer"]>,
    AllTypesMatch<["learning_rate", "momentum", "decay", "scale"]>]> {
  let summary = "momentum made orthogonal by Newton-Schulz iterations (Jordan 2024)";
  let description = [{
    With `g = scale grad`, for each matrix (R, C): `b' = momentum b + (1 - momentum) g`; `u = momentum b' + (1 - momentum) g`;
    `X = u / max(|u|, 1e-7)` (Frobenius norm), then five times `A = X X^T`; `X = 3.4445 X + (2.0315 A^2 - 4.775 A) X`;
    `p' = p (1 - learning_rate decay) - 0.2 sqrt(max(R, C)) learning_rate X`. The last factor gives a step the size of one of
    AdamW's (Liu et al. 2025), so that both share a rate. Where R > C, `A = X^T X` stands on the other side: the same number.

    * Shapes: p, grad, b and the results `(R, C)` or `(L, R, C)`; rates of rank 0.
    * Refused: parameters of other ranks or in bf16 or f16, a rate of another rank or element type.
    ```mlir
    %p1, %b1 = tern.muon %p, %g, %b learning_rate %lr momentum %mu decay %d scale %s : tensor<12x8x4xf32>, tensor<f32>
    ```
  }];
  let arguments = (ins Tern_Float:$param, Tern_Float:$grad, Tern_Float:$buffer, Tern_Float:$learning_rate,
                       Tern_Float:$momentum, Tern_Float:$decay, Tern_Float:$scale);
  let results = (outs Tern_Float:$new_param, Tern_Float:$new_buffer);
  let assemblyFormat = [{$param `,` $grad `,` $buffer `learning_rate` $learning_rate `momentum` $momentum `decay` $decay
    `scale` $scale attr-dict `:` type($param) `,` type($learning_rate)}];
  let extraClassDeclaration = "static constexpr int64_t iterations = 5;";
  let hasVerifier = 1;
}

#endif // TERN_OPTIM_TD
