// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recurrent family: one step of a recurrent network, the state that it starts from, and rows of different lengths.

#ifndef TERN_RECURRENT_TD
#define TERN_RECURRENT_TD

include "dialects/tern/Attrs.td"

// One step: an input and the states of the step before give the states after. `states` and `outs` list them.
class Tern_CellOp<string mnemonic, dag states, string stateSyntax, string stateTypes, dag outs>
    : Tern_PureOp<mnemonic, [AttrSizedOperandSegments, DeclareOpInterfaceMethods<Tern_Parametric>,
                             DeclareOpInterfaceMethods<Tern_Decomposable>]> {
  let arguments = !con((ins Tern_Float:$input), states,
                       (ins Optional<Tern_Float>:$weight_ih, Optional<Tern_Float>:$weight_hh,
                            Optional<Tern_Float>:$bias_ih, Optional<Tern_Float>:$bias_hh, OptionalAttr<StrAttr>:$name,
                            UnitAttr:$with_bias, OptionalAttr<Tern_InitAttr>:$init));
  let results = outs;
  let assemblyFormat = "$input `,` " # stateSyntax # [{ ($name^ (`bias` $with_bias^)? (`init` custom<Init>($init)^)?)?
      (`weights` $weight_ih^ `,` $weight_hh)? (`biases` $bias_ih^ `,` $bias_hh)? attr-dict `:` type($input) `,` }]
      # stateTypes # [{ (`,` type($weight_ih)^ `,` type($weight_hh))? (`,` type($bias_ih)^ `,` type($bias_hh))?}];
  let hasVerifier = 1;
}

def Tern_RnnCellOp : Tern_CellOp<"rnn_cell", (ins Tern_Float:$hidden), "$hidden", "type($hidden)",
                                 (outs Tern_Float:$next)> {
  let summary = "one step of a plain recurrent network (Elman 1990)";
  let description = [{
    `h' = tanh(W_ih x + b_ih + W_hh h + b_hh)`. Module form names "NAME.weight_ih", "NAME.weight_hh" and with `bias`
    "NAME.bias_ih", "NAME.bias_hh"; without an initializer all start uniform in +-1/sqrt(H), as in PyTorch.

    * Shapes: x `(B, I)`; h, h' `(B, H)`; W_ih `(H, I)`, W_hh `(H, H)`, biases `(H)`.
    * Gradient: of what `decompose` makes of it.
    * Refused: neither operands nor a name, both at once, sizes or types of elements that differ, another rank.
    ```mlir
    %h1 = tern.rnn_cell %x, %h "rnn" bias : tensor<2x4xf32>, tensor<2x8xf32>
    %h2 = tern.rnn_cell %x, %h weights %wi, %wh : tensor<2x4xf32>, tensor<2x8xf32>, tensor<8x4xf32>, tensor<8x8xf32>
    ```
  }];
}

def Tern_GruCellOp : Tern_CellOp<"gru_cell", (ins Tern_Float:$hidden), "$hidden", "type($hidden)",
                                 (outs Tern_Float:$next)> {
  let summary = "one step of a gated recurrent unit (Cho et al. 2014)";
  let description = [{
    Reset and update gates `r, z = sigmoid(W_i x + b_i + W_h h + b_h)` with their rows of the weights, candidate
    `n = tanh(W_in x + b_in + r (W_hn h + b_hn))`, `h' = (1 - z) n + z h`. Rows of weights and biases lie in the order r, z, n.
    Module form names "NAME.weight_ih", "NAME.weight_hh" and with `bias` "NAME.bias_ih", "NAME.bias_hh"; without an initializer
    all start uniform in +-1/sqrt(H), as in PyTorch.

    * Shapes: x `(B, I)`; h, h' `(B, H)`; W_ih `(3H, I)`, W_hh `(3H, H)`, biases `(3H)`.
    * Gradient: of what `decompose` makes of it.
    * Refused: neither operands nor a name, both at once, sizes or types of elements that differ, another rank.
    ```mlir
    %h1 = tern.gru_cell %x, %h "gru" bias : tensor<2x4xf32>, tensor<2x8xf32>
    %h2 = tern.gru_cell %x, %h weights %wi, %wh : tensor<2x4xf32>, tensor<2x8xf32>, tensor<24x4xf32>, tensor<24x8xf32>
    ```
  }];
}

def Tern_LstmCellOp : Tern_CellOp<"lstm_cell", (ins Tern_Float:$hidden, Tern_Float:$cell), "$hidden `,` $cell",
                                  "type($hidden) `,` type($cell)", (outs Tern_Float:$next, Tern_Float:$next_cell)> {
  let summary = "one step of long short-term memory (Hochreiter and Schmidhuber 1997, Gers et al. 2000)";
  let description = [{
    Input, forget and output gates `i, f, o = sigmoid(W_i x + b_i + W_h h + b_h)` with their rows of the weights, candidate
    `g = tanh(...)` of the same form; cell state `c' = f c + i g`, hidden state `h' = o tanh(c')`. Rows of weights and biases lie
    in the order i, f, g, o. Module form names "NAME.weight_ih", "NAME.weight_hh" and with `bias` "NAME.bias_ih",
    "NAME.bias_hh"; without an initializer all start uniform in +-1/sqrt(H), as in PyTorch.

    * Shapes: x `(B, I)`; h, c, h', c' `(B, H)`; W_ih `(4H, I)`, W_hh `(4H, H)`, biases `(4H)`.
    * Gradient: of what `decompose` makes of it.
    * Refused: neither operands nor a name, both at once, sizes or types of elements that differ, another rank.
    ```mlir
    %h1, %c1 = tern.lstm_cell %x, %h, %c "lstm" bias : tensor<2x4xf32>, tensor<2x8xf32>, tensor<2x8xf32>
    %h2, %c2 = tern.lstm_cell %x, %h, %c weights %wi, %wh biases %bi, %bh : tensor<2x4xf32>, tensor<2x8xf32>,
        tensor<2x8xf32>, tensor<32x4xf32>, tensor<32x8xf32>, tensor<32xf32>, tensor<32xf32>
    ```
  }];
}

def Tern_ZeroStateOp : Tern_DifferentiableOp<"zero_state", [DeclareOpInterfaceMethods<Tern_Sequential, ["followSequence"]>]> {
  let summary = "the state that a recurrent network starts from";
  let description = [{
    Zeros: one row for every batch row of x, `size` channels. The elements of x are not read.

    * Shapes: x `(B, ...)`; y `(B, size)`, of the element type of x.
    * Gradient: none.
    * Refused: an x of rank 0, a size below 1.
    ```mlir
    %h0 = tern.zero_state %x size 8 : tensor<2x5x4xf32>
    ```
  }];
  let arguments = (ins Tern_Float:$like, Tern_Size:$size);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$like `size` custom<Size>($size) attr-dict `:` type($like)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Tern_ValidRowsOp : Tern_DifferentiableOp<"valid_rows"> {
  let summary = "rows whose sequence is not over at a step; others as they were, or zeros";
  let description = [{
    `y[b, ...] = step < lengths[b] ? x[b, ...] : other[b, ...]`, 0 without `else`. What `lengths` of a scan means, for one
    step.

    * Shapes: x, other, y `(B, ...)`; step `()`, i64; lengths `(B)`, i32.
    * Gradient: `dx = step < lengths ? dy : 0`, `dother = step < lengths ? 0 : dy`.
    * Refused: two types, another number of lengths than rows, an x of rank 0.
    ```mlir
    %y = tern.valid_rows %x step %t lengths %n else %old : tensor<2x8xf32>, tensor<2xi32>, tensor<2x8xf32>
    %z = tern.valid_rows %x step %t lengths %n : tensor<2x8xf32>, tensor<2xi32>
    ```
  }];
  let arguments = (ins Tern_Tensor:$input, Tern_Key:$step, Tern_Lengths:$lengths, Optional<Tern_Tensor>:$other);
  let results = (outs Tern_Tensor:$result);
  let assemblyFormat = [{$input `step` $step `lengths` $lengths (`else` $other^)? attr-dict `:` type($input) `,`
                        type($lengths) (`,` type($other)^)?}];
}

def Tern_PaddingMaskOp : Tern_DifferentiableOp<"padding_mask"> {
  let summary = "hides what lies behind the end of a sequence";
  let description = [{
    `y[b, ..., s, ...] = s < lengths[b] ? x[b, ..., s, ...] : fill`, s the index along `dim`, the last dimension unless stated.
    `fill` is -inf unless stated, for scores that go through a softmax: a row of length 0 then has no largest score, and its
    softmax is NaN. With `fill 0.0` a sum over `dim` is that of the elements that are there.

    * Shapes: x, y `(B, ...)`; lengths `(B)`, i32.
    * Gradient: `dx[b, ..., s, ...] = s < lengths[b] ? dy[b, ..., s, ...] : 0`.
    * Refused: another number of lengths than rows, a dimension that is not there or is the batch.
    ```mlir
    %y = tern.padding_mask %scores lengths %n : tensor<2x4x5xf32>, tensor<2xi32>
    %z = tern.padding_mask %h dim 1 fill 0.0 lengths %n : tensor<2x5x8xf32>, tensor<2xi32>
    ```
  }];
  let arguments = (ins Tern_Float:$input, Tern_Lengths:$lengths, DefaultValuedAttr<I64Attr, "-1">:$dim,
                       DefaultValuedAttr<F64Attr, "-std::numeric_limits<double>::infinity()">:$fill);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = [{$input (`dim` $dim^)? (`fill` $fill^)? `lengths` $lengths attr-dict `:` type($input) `,`
                        type($lengths)}];
  let extraClassDeclaration = [{
    /// The dimension along which rows end, counted from the front.
    int64_t getAxis();
  }];
}

#endif // TERN_RECURRENT_TD
