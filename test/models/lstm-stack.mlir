// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A language model of stacked long short-term memory: layers of scans, dropout between them, tied embedding.
// RUN: tern-opt %s --verify-roundtrip -o /dev/null

!act = tensor<?x?x?xf32>
!state = tensor<?x?xf32>

module @lstm_stack attributes {tern.tokenizer = "bytes"} {
  tern.hyper @vocab = 256
  tern.hyper @n_layer = 2
  tern.hyper @d_model = 256

  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %table = tern.param "embedding.weight" [@vocab, @d_model] normal(0.5) : tensor<?x?xf32>
    %xs = tern.embedding %tokens, %table : tensor<?x?xi32>, tensor<?x?xf32>
    %zero = tern.zero_state %xs size @d_model : !act
    %ys = tern.layers @n_layer "lstm" (%seq = %xs) : !act {
      %h, %c, %all = tern.scan (%h0 = %zero, %c0 = %zero) over (%x = %seq) : !state, !state, !act {
        %h1, %c1 = tern.lstm_cell %x, %h0, %c0 "cell" bias : !state, !state, !state
        tern.yield %h1, %c1, %h1 : !state, !state, !state
      }
      %dropped = tern.dropout %all rate 0.1 : !act
      tern.yield %dropped : !act
    }
    %logits = tern.linear %ys tied %table : !act, tensor<?x?xf32>
    return %logits : !act
  }
}
