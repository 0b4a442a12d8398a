// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small decoder with grouped-query attention and a gated MLP, without biases, as LLaMA has them (weights out_in), with
// learned positions. Checked as separate-qkv.mlir is.
// RUN: tern-opt %s --verify-roundtrip -o /dev/null

!act = tensor<?x?x?xf32>

module @grouped_query {
  tern.hyper @vocab = 11
  tern.hyper @context = 12
  tern.hyper @n_layer = 2
  tern.hyper @n_head = 4
  tern.hyper @n_kv_head = 2
  tern.hyper @d_model = 24

  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %wte = tern.param "embed_tokens.weight" [@vocab, @d_model] normal(0.3) : tensor<?x?xf32>
    %wpe = tern.param "embed_positions.weight" [@context, @d_model] normal(0.3) : tensor<?x?xf32>
    %tok = tern.embedding %tokens, %wte : tensor<?x?xi32>, tensor<?x?xf32>
    %x0 = tern.position_embedding %tok, %wpe : !act, tensor<?x?xf32>

    %x = tern.layers @n_layer "layers" (%h = %x0) : !act {
      %n1 = tern.rms_norm %h "input_layernorm" : !act
      %q = tern.linear %n1 "self_attn.q_proj" out @d_model out_in normal(0.2) : !act
      %k = tern.linear %n1 "self_attn.k_proj" out @d_model div 2 out_in normal(0.2) : !act
      %v = tern.linear %n1 "self_attn.v_proj" out @d_model div 2 out_in normal(0.2) : !act
      %att = tern.attention %q, %k, %v heads @n_head kv_heads @n_kv_head causal : !act, !act, !act
      %proj = tern.linear %att "self_attn.o_proj" out @d_model out_in normal(0.2) : !act
      %h1 = tern.add %h, %proj : !act, !act

      %n2 = tern.rms_norm %h1 "post_attention_layernorm" : !act
      %gate = tern.linear %n2 "mlp.gate_proj" out 2 * @d_model out_in normal(0.2) : !act
      %up = tern.linear %n2 "mlp.up_proj" out 2 * @d_model out_in normal(0.2) : !act
      %open = tern.silu %gate : !act
      %inner = tern.mul %open, %up : !act, !act
      %mlp = tern.linear %inner "mlp.down_proj" out @d_model out_in normal(0.2) : !act
      %h2 = tern.add %h1, %mlp : !act, !act
      tern.yield %h2 : !act
    }

    %n = tern.rms_norm %x "norm" : !act
    %logits = tern.linear %n "lm_head" out @vocab out_in normal(0.2) : !act
    return %logits : !act
  }
}
