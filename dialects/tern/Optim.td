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

def Tern_AdamWOp : Tern_OptimOp<"adamw", [AllTypesMatch<["param", "grad", "m", "v"]>,
    AllTypesMatch<["learning_rate", "beta1", "beta2", "epsilon", "decay", "scale"]>]> {
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
  let arguments = (ins Tern_Float:$param, Tern_Float:$grad, Tern_Float:$m, Tern_Float:$v, Tern_Float:$learning_rate,
                       Tern_Float:$beta1, Tern_Float:$beta2, Tern_Float:$epsilon, Tern_Float:$decay, Tern_Float:$scale,
                       Tern_Key:$step);
  let results = (outs Tern_Float:$new_param, Tern_Float:$new_m, Tern_Float:$new_v);
  let assemblyFormat = [{$param `,` $grad `,` $m `,` $v `learning_rate` $learning_rate `beta1` $beta1 `beta2` $beta2
    `epsilon` $epsilon `decay` $decay `scale` $scale `step` $step attr-dict `:` type($param) `,` type($learning_rate)}];
  let hasVerifier = 1;
}

def Tern_SgdOp : Tern_OptimOp<"sgd", [AllTypesMatch<["param", "grad", "buffer"]>,
    AllTypesMatch<["learning_rate", "momentum", "decay", "scale"]>]> {
  let summary = "stochastic gradient descent with momentum (Polyak 1964)";
  let description = [{
    With `g = scale grad + decay p`: `b' = momentum b + g`; `p' = p - learning_rate b'`.

    * Shapes: p, grad, b and the results of one type; every rate of rank 0 and of their element type.
    * Refused: a rate of another rank or element type.
    ```mlir
    %p1, %b1 = tern.sgd %p, %g, %b learning_rate %lr momentum %mu decay %d scale %s : tensor<8x4xf32>, tensor<f32>
    ```
  }];
  let arguments = (ins Tern_Float:$param, Tern_Float:$grad, Tern_Float:$buffer, Tern_Float:$learning_rate,
                       Tern_Float:$momentum, Tern_Float:$decay, Tern_Float:$scale);
  let results = (outs Tern_Float:$new_param, Tern_Float:$new_buffer);
  let assemblyFormat = [{$param `,` $grad `,` $buffer `learning_rate` $learning_rate `momentum` $momentum `decay` $decay
    `scale` $scale attr-dict `:` type($param) `,` type($learning_rate)}];
  let hasVerifier = 1;
}

#endif // TERN_OPTIM_TD
