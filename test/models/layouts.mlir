// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights of sizes that nothing divides: in layers and alone, stored in both orders, three that are fused into one, and a table
// that is looked up too. Programs that pack them are checked against programs that do not; see layouts.py.
// RUN: tern-opt %s --verify-roundtrip -o /dev/null

!act = tensor<?x?x251xf32>
!wide = tensor<?x?x509xf32>

module @layouts {
  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !wide {
    %wte = tern.param "wte.weight" [509, 251] normal(0.5) : tensor<509x251xf32>
    %x = tern.embedding %tokens, %wte : tensor<?x?xi32>, tensor<509x251xf32>
    %y = tern.layers 3 "h" (%h = %x) : !act {
      %q = tern.linear %h "q" out 251 bias out_in normal(0.1) : !act
      %k = tern.linear %h "k" out 251 bias out_in normal(0.1) : !act
      %v = tern.linear %h "v" out 251 bias out_in normal(0.1) : !act
      %att = tern.attention %q, %k, %v heads 1 causal : !act, !act, !act
      %up = tern.linear %att "up" out 509 bias normal(0.1) : !act
      %act = tern.gelu %up tanh : !wide
      %down = tern.linear %act "down" out 251 normal(0.1) : !wide
      %h2 = tern.tanh %down : !act
      tern.yield %h2 : !act
    }
    %z = tern.linear %y "head" out 251 out_in normal(0.1) : !act
    %logits = tern.linear %z tied %wte : !act, tensor<509x251xf32>
    return %logits : !wide
  }
}
