// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A language model of long short-term memory: two layers, each over all steps, whose state goes on from token to token.
// Generation is checked in decode-equals-forward.test.
// RUN: tern-opt %s --verify-roundtrip -o /dev/null

!act = tensor<?x?x?xf32>

module @lstm_lm {
  tern.hyper @vocab = 31
  tern.hyper @n_layer = 2
  tern.hyper @d_model = 24

  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %wte = tern.param "embed.weight" [@vocab, @d_model] normal(0.5) : tensor<?x?xf32>
    %x0 = tern.embedding %tokens, %wte : tensor<?x?xi32>, tensor<?x?xf32>
    %x = tern.layers @n_layer "lstm" (%seq = %x0) : !act {
      %zero = tern.zero_state %seq size @d_model : !act
      %h1, %c1, %all = tern.scan (%h = %zero, %c = %zero) over (%x = %seq) : tensor<?x?xf32>, tensor<?x?xf32>, !act {
        %next, %cell = tern.lstm_cell %x, %h, %c "cell" bias : tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>
        tern.yield %next, %cell, %next : tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>
      }
      %sum = tern.add %seq, %all : !act, !act
      tern.yield %sum : !act
    }
    %logits = tern.linear %x "head" out @vocab bias normal(0.3) : !act
    return %logits : !act
  }
}
