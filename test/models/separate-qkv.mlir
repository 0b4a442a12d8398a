// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small decoder with q, k and v projected separately, with biases, as PyTorch models have them (weights out_in). What the
// compiler makes of it is checked against the same model with products that it leaves alone; see separate-qkv.py.
// RUN: tern-opt %s --verify-roundtrip -o /dev/null

!act = tensor<?x?x?xf32>

module @separate_qkv {
  tern.hyper @vocab = 11
  tern.hyper @context = 12
  tern.hyper @n_layer = 3
  tern.hyper @n_head = 2
  tern.hyper @d_model = 16

  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %wte = tern.param "embed_tokens.weight" [@vocab, @d_model] normal(0.3) : tensor<?x?xf32>
    %wpe = tern.param "embed_positions.weight" [@context, @d_model] normal(0.3) : tensor<?x?xf32>
    %tok = tern.embedding %tokens, %wte : tensor<?x?xi32>, tensor<?x?xf32>
    %x0 = tern.position_embedding %tok, %wpe : !act, tensor<?x?xf32>

    %x = tern.layers @n_layer "layers" (%h = %x0) : !act {
      %n1 = tern.layer_norm %h "self_attn_layer_norm" : !act
      %q = tern.linear %n1 "self_attn.q_proj" out @d_model bias out_in normal(0.2) : !act
      %k = tern.linear %n1 "self_attn.k_proj" out @d_model bias out_in normal(0.2) : !act
      %v = tern.linear %n1 "self_attn.v_proj" out @d_model bias out_in normal(0.2) : !act
      %att = tern.attention %q, %k, %v heads @n_head causal : !act, !act, !act
      %proj = tern.linear %att "self_attn.out_proj" out @d_model bias out_in normal(0.2) : !act
      %h1 = tern.add %h, %proj : !act, !act

      %n2 = tern.layer_norm %h1 "final_layer_norm" : !act
      %fc = tern.linear %n2 "fc1" out 4 * @d_model bias out_in normal(0.2) : !act
      %act = tern.relu %fc : !act
      %mlp = tern.linear %act "fc2" out @d_model bias out_in normal(0.2) : !act
      %h2 = tern.add %h1, %mlp : !act, !act
      tern.yield %h2 : !act
    }

    %n = tern.layer_norm %x "final_layer_norm" : !act
    %logits = tern.linear %n tied %wte : !act, tensor<?x?xf32>
    return %logits : !act
  }
}
