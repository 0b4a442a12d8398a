// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random family: numbers that are a function of a key and of the position of the element, and of nothing else.
//
// Bits. Squares (Widynski 2020, "Squares: a fast counter-based RNG"), 32 bits from a 64-bit key and a 64-bit counter,
// all arithmetic modulo 2^64, swap exchanging the halves of a word:
//   y = counter key;  z = y + key
//   x = swap(y y + y);  x = swap(x x + z);  x = swap(x x + y);  bits = (x x + z) >> 32
// The counter is the row-major index of the element in the logical tensor.
// Uniform. u = (bits >> 8) 2^-24, in [0, 1), exact in f32 and above.
// Normal. Box and Muller (1958): u from counter 2 i, w from counter 2 i + 1; z = sqrt(-2 ln(u + 2^-24)) cos(2 pi w).
// Keys. k = 0; for each of seed, step, micro-batch, layer, hash(site): k = mix(k + word + 0x9e3779b97f4a7c15);
// key = k | 1, with mix the finaliser of SplitMix64 (Steele et al. 2014) and hash the 64-bit FNV-1a of the name.

#ifndef TERN_RANDOM_TD
#define TERN_RANDOM_TD

include "dialects/tern/Attrs.td"

def Tern_RandomKeyOp : Tern_PureOp<"random_key"> {
  let summary = "the key of one random site in one micro-batch";
  let description = [{
    `k = 0`; for each of seed, step, micro-batch, layer number (0 without one) and hash of the site:
    `k = mix(k + word + 0x9e3779b97f4a7c15)`; `key = k | 1`, with mix the finaliser of SplitMix64 (Steele et al. 2014) and the
    64-bit FNV-1a of the site's name as its hash, taken when the program is compiled.

    * Shapes: all of rank 0.
    ```mlir
    %key = tern.random_key %seed, %step, %microbatch layer %i site "h.attn"
    ```
  }];
  let arguments = (ins Tern_Key:$seed, Tern_Key:$step, Tern_Key:$microbatch, Optional<Tern_Key>:$layer, StrAttr:$site);
  let results = (outs 0DTensorOf<[I64]>:$result);
  let assemblyFormat = "$seed `,` $step `,` $microbatch (`layer` $layer^)? `site` $site attr-dict";
}

// A random op has no key in a model file; `seed-random` gives it one.
class Tern_RandomOp<string mnemonic, list<Trait> traits = []>
    : Tern_PureOp<mnemonic, traits # [DeclareOpInterfaceMethods<Tern_Stochastic, ["isRandom"]>,
        DeclareOpInterfaceMethods<Tern_Costed>]> {
  let results = (outs Tern_Float:$result);
  let hasVerifier = 1;
}

def Tern_DropoutOp : Tern_RandomOp<"dropout", [DeclareOpInterfaceMethods<Tern_Differentiable>, Tern_Sequential]> {
  let summary = "zeroes elements at random in training (Srivastava et al. 2014)";
  let description = [{
    `y = u >= rate ? x / (1 - rate) : 0` with u uniform; the identity outside training programs. `site` names it for its key.

    * Shapes: y has the type of x.
    * Gradient: `dx` is dropout of dy, with the same key.
    * Refused: a rate outside of [0, 1).
    ```mlir
    %y = tern.dropout %x rate 0.1 site "embedding" : tensor<2x4x768xf32>
    %z = tern.dropout %x rate 0.1 key %key : tensor<2x4x768xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Optional<Tern_Key>:$key, Tern_Real:$rate, OptionalAttr<StrAttr>:$site);
  let assemblyFormat = [{$input `rate` custom<Real>($rate) (`site` $site^)? (`key` $key^)? attr-dict `:` type($input)}];
  let hasFolder = 1;
}

def Tern_UniformOp : Tern_RandomOp<"uniform"> {
  let summary = "uniform random numbers";
  let description = [{
    `y = low + (high - low) u`, with `u = (bits >> 8) 2^-24` in [0, 1), and the bits a function of the key and the element's
    row-major index i (Squares, Widynski 2020): `y = i key`, `z = y + key`, `x = swap(y y + y)`, `x = swap(x x + z)`,
    `x = swap(x x + y)`, `bits = (x x + z) >> 32`, all modulo 2^64, swap exchanging the halves of a word.

    * Shapes: y has the shape and the element type that the op states.
    * Refused: an extent below 1, an element type that is not floating-point, a range that runs downwards.
    ```mlir
    %y = tern.uniform [2, 4] from -1.0 to 1.0 key %key : f32
    ```
  }];
  let arguments = (ins Optional<Tern_Key>:$key, DenseI64ArrayAttr:$shape, DefaultValuedAttr<F64Attr, "0.0">:$low,
                       DefaultValuedAttr<F64Attr, "1.0">:$high, OptionalAttr<StrAttr>:$site, TypeAttr:$dtype);
  let assemblyFormat = [{$shape (`from` $low^)? (`to` $high^)? (`site` $site^)? (`key` $key^)? attr-dict `:` $dtype}];
}

def Tern_NormalOp : Tern_RandomOp<"normal"> {
  let summary = "normally distributed random numbers";
  let description = [{
    `y = mean + std z` with `z = sqrt(-2 ln(u + 2^-24)) cos(2 pi w)` (Box and Muller 1958), u and w uniform as in
    `tern.uniform`, of the indices 2 i and 2 i + 1, i the element's row-major index.

    * Shapes: y has the shape and the element type that the op states.
    * Refused: an extent below 1, an element type that is not floating-point, a negative standard deviation.
    ```mlir
    %y = tern.normal [2, 4] std 0.02 key %key : f32
    ```
  }];
  let arguments = (ins Optional<Tern_Key>:$key, DenseI64ArrayAttr:$shape, DefaultValuedAttr<F64Attr, "0.0">:$mean,
                       DefaultValuedAttr<F64Attr, "1.0">:$std, OptionalAttr<StrAttr>:$site, TypeAttr:$dtype);
  let assemblyFormat = [{$shape (`mean` $mean^)? (`std` $std^)? (`site` $site^)? (`key` $key^)? attr-dict `:` $dtype}];
}

#endif // TERN_RANDOM_TD
