// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An encoder and a decoder of long short-term memory, and attention of the decoder over the states of the encoder.

!ids = tensor<?x?xi32>
!lengths = tensor<?xi32>
!state = tensor<?x?xf32>
!act = tensor<?x?x?xf32>

module @lstm_seq2seq attributes {tern.tokenizer = "bytes"} {
  tern.hyper @vocab = 260
  tern.hyper @source = 32
  tern.hyper @d_model = 128

  func.func @forward(%source: !ids {tern.role = "source", tern.dims = ["batch", "source"]},
                     %source_lengths: !lengths {tern.role = "source_lengths", tern.dims = ["batch"]},
                     %tokens: !ids {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %in = tern.param "encoder.embedding.weight" [@vocab, @d_model] normal(1.0) : tensor<?x?xf32>
    %out = tern.param "decoder.embedding.weight" [@vocab, @d_model] normal(1.0) : tensor<?x?xf32>

    %xs = tern.embedding %source, %in : !ids, tensor<?x?xf32>
    %zero = tern.zero_state %xs size @d_model : !act
    %eh, %ec, %memory = tern.scan (%h = %zero, %c = %zero) over (%x = %xs) lengths(%source_lengths : !lengths) :
        !state, !state, !act {
      %h1, %c1 = tern.lstm_cell %x, %h, %c "encoder.lstm" bias : !state, !state, !state
      tern.yield %h1, %c1, %h1 : !state, !state, !state
    }

    %ys = tern.embedding %tokens, %out : !ids, tensor<?x?xf32>
    %dh, %dc, %states = tern.scan (%h = %eh, %c = %ec) over (%y = %ys) : !state, !state, !act {
      %h1, %c1 = tern.lstm_cell %y, %h, %c "decoder.lstm" bias : !state, !state, !state
      tern.yield %h1, %c1, %h1 : !state, !state, !state
    }

    %query = tern.linear %states "attention.query" out @d_model : !act
    %context = tern.attention %query, %memory, %memory heads 1 scale 1.0 lengths(%source_lengths : !lengths) : !act, !act, !act
    %both = tern.concat %context, %states dim 2 : !act, !act
    %mixed = tern.linear %both "attention.combine" out @d_model : !act
    %seen = tern.tanh %mixed : !act
    %logits = tern.linear %seen "head" out @vocab bias : !act
    return %logits : !act
  }
}
