// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Position family: where a token stands.

#ifndef TERN_POSITION_TD
#define TERN_POSITION_TD

include "dialects/tern/Attrs.td"

// What it does to a token depends on its place: with `position`, that of the first one.
class Tern_PositionOp<string mnemonic, list<Trait> traits = []>
    : Tern_DifferentiableOp<mnemonic, traits # [DeclareOpInterfaceMethods<Tern_Sequential,
        ["followSequence", "isPositionwise", "buildStep"]>]>;

def Tern_PositionEmbeddingOp : Tern_PositionOp<"position_embedding"> {
  let summary = "adds a learned position to every token";
  let description = [{
    `y[b, t, :] = x[b, t, :] + table[p + t, :]`, where p is `position`, the place of the first token (of all batch rows, or of
    each), or 0 without it. Places behind the table take its last row.

    * Shapes: x, y `(B, T, C)`; table `(P, C)` with `P >= T`; position `()` or `(B)`, i32.
    * Gradient: `dx = dy`; `dtable[p + t, :] = sum over b of dy[b, t, :]`, zeros elsewhere; a position has none.
    * Refused: a sequence longer than the table, other channels, other ranks, positions of another batch.
    ```mlir
    %y = tern.position_embedding %x, %wpe : tensor<2x4x768xf32>, tensor<1024x768xf32>
    %z = tern.position_embedding %x, %wpe position(%first : tensor<i32>) : tensor<2x4x768xf32>, tensor<1024x768xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_Float:$table, Optional<Tern_Positions>:$position);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = [{$input `,` $table (`position` `` `(` $position^ `:` type($position) `)`)? attr-dict `:`
                        type($input) `,` type($table)}];
}

def Tern_SinusoidalOp : Tern_PositionOp<"sinusoidal", [DeclareOpInterfaceMethods<Tern_Costed>]> {
  let summary = "adds sines and cosines of its position to every token (Vaswani et al. 2017)";
  let description = [{
    `y[b, t, :] = x[b, t, :] + PE(p + t)` with `PE(n)[2i] = sin(n / 10000^(2i / C))` and `PE(n)[2i + 1] = cos(n / 10000^(2i / C))`,
    where p is `position`, the place of the first token (of all batch rows, or of each), or 0 without it. Angles are reduced
    in f64, so that late positions are as exact as early ones.

    * Shapes: x, y `(B, T, C)`; position `()` or `(B)`, i32.
    * Gradient: `dx = dy`; a position has none.
    * Refused: other ranks, an odd number of channels, positions of another batch, elements of bf16 and f16.
    ```mlir
    %y = tern.sinusoidal %x : tensor<2x4x512xf32>
    %z = tern.sinusoidal %x position(%first : tensor<2xi32>) : tensor<2x4x512xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Optional<Tern_Positions>:$position);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$input (`position` `` `(` $position^ `:` type($position) `)`)? attr-dict `:` type($input)";
  let hasVerifier = 1;
}

def Tern_RotaryLayout : I32EnumAttr<"RotaryLayout", "which two channels of a head rotate together", [
    I32EnumAttrCase<"interleaved", 0>, I32EnumAttrCase<"half_split", 1>]> {
  let cppNamespace = "::tern";
  let description = [{
    Of the first R channels of a head, pair i is channels 2i and 2i + 1 (`interleaved`, as published and in llama2.c) or
    channels i and i + R/2 (`half_split`, as in the checkpoints of the transformers library). Weights of one are those of the
    other with the rows of q and k in another order.
    ```mlir
    %y = tern.rope %q heads 12 half_split : tensor<2x4x768xf32>
    ```
  }];
}

def Tern_RopeOp : Tern_PositionOp<"rope", [DeclareOpInterfaceMethods<Tern_Costed>]> {
  let summary = "rotary position embedding of queries or keys (Su et al. 2021)";
  let description = [{
    Turns pair i of the first R = `rotary` channels of every head (all D without it) by the angle `a = (p + t) theta^(-2i / R)`:
    `y1 = x1 cos a - x2 sin a`, `y2 = x1 sin a + x2 cos a`. p is `position`, the place of the first token (of all batch rows, or
    of each), or 0 without it; theta is 10000 unless stated. `linear` divides positions by a factor (Chen et al. 2023), `ntk`
    multiplies theta by `factor^(R / (R - 2))`, so that slow pairs are stretched and fast ones are not. `inverse` turns back.
    Angles are reduced in f64, so that late positions are as exact as early ones.

    * Shapes: x, y `(B, T, H*D)`, heads side by side; position `()` or `(B)`, i32. With `kv_heads` they are the packed
      projection [q | k | v], `(B, T, (H + 2 KV)*D)`, of which q and k turn and v stays.
    * Gradient: `dx` is dy turned back; a position has none.
    * Refused: other ranks, channels that do not split into the heads, an odd R or one above D, a theta or a factor that is not
      positive, both scalings at once, `ntk` with R = 2, positions of another batch, elements of bf16 and f16.
    ```mlir
    %y = tern.rope %q heads 12 half_split : tensor<2x4x768xf32>
    %z = tern.rope %k heads 4 interleaved rotary 32 theta 5.0e5 linear 4.0 position(%first : tensor<i32>) : tensor<2x4x256xf32>
    %u = tern.rope %qkv heads 12 kv_heads 4 half_split ntk 2.0 inverse : tensor<2x4x1280xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Optional<Tern_Positions>:$position, Tern_Size:$heads,
                       OptionalAttr<Tern_Size>:$kv_heads, Tern_RotaryLayout:$layout, OptionalAttr<Tern_Size>:$rotary,
                       OptionalAttr<Tern_Real>:$theta, OptionalAttr<Tern_Real>:$linear, OptionalAttr<Tern_Real>:$ntk,
                       UnitAttr:$inverse);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = [{$input `heads` custom<Size>($heads) (`kv_heads` custom<Size>($kv_heads)^)? $layout
    (`rotary` custom<Size>($rotary)^)? (`theta` custom<Real>($theta)^)? (`linear` custom<Real>($linear)^)?
    (`ntk` custom<Real>($ntk)^)? (`inverse` $inverse^)?
    (`position` `` `(` $position^ `:` type($position) `)`)? attr-dict `:` type($input)}];
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{
    /// Heads side by side in the last dimension, and how many of them turn: the first ones.
    int64_t getHeadCount();
    int64_t getTurningHeadCount();
    /// Channels of one head, D, and how many of them turn, R.
    int64_t getHeadSize();
    int64_t getRotaryCount();
    /// The angle of each pair per position.
    ::llvm::SmallVector<double> getFrequencies();
  }];
}

#endif // TERN_POSITION_TD
