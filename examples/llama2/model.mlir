// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLaMA 2, the 7B model (Touvron et al. 2023), with the names and sizes that were published. Fewer key-value heads than query
// heads make it grouped-query, one makes it multi-query attention.

!act = tensor<?x?x?xf32>

module @llama2 attributes {tern.tokenizer = "llama2"} {
  tern.hyper @vocab = 32000
  tern.hyper @n_layer = 32
  tern.hyper @n_head = 32
  tern.hyper @n_kv_head = 32
  tern.hyper @head_dim = 128
  tern.hyper @d_model = 4096
  tern.hyper @d_ff = 11008
  tern.hyper @theta = 10000.0

  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %table = tern.param "embed_tokens.weight" [@vocab, @d_model] normal(0.02) : tensor<?x?xf32>
    %x0 = tern.embedding %tokens, %table : tensor<?x?xi32>, tensor<?x?xf32>

    %x = tern.layers @n_layer "layers" (%h = %x0) : !act {
      %n1 = tern.rms_norm %h "input_layernorm" : !act
      %q = tern.linear %n1 "self_attn.q_proj" out @d_model out_in normal(0.02) : !act
      %k = tern.linear %n1 "self_attn.k_proj" out @n_kv_head * @head_dim out_in normal(0.02) : !act
      %v = tern.linear %n1 "self_attn.v_proj" out @n_kv_head * @head_dim out_in normal(0.02) : !act
      %qr = tern.rope %q heads @n_head half_split theta @theta : !act
      %kr = tern.rope %k heads @n_kv_head half_split theta @theta : !act
      %att = tern.attention %qr, %kr, %v heads @n_head kv_heads @n_kv_head causal : !act, !act, !act
      %proj = tern.linear %att "self_attn.o_proj" out @d_model out_in residual_normal(0.02, 2 * @n_layer) : !act
      %h1 = tern.add %h, %proj : !act, !act

      %n2 = tern.rms_norm %h1 "post_attention_layernorm" : !act
      %gate = tern.linear %n2 "mlp.gate_proj" out @d_ff out_in normal(0.02) : !act
      %up = tern.linear %n2 "mlp.up_proj" out @d_ff out_in normal(0.02) : !act
      %open = tern.silu %gate : !act
      %inner = tern.mul %open, %up : !act, !act
      %mlp = tern.linear %inner "mlp.down_proj" out @d_model out_in residual_normal(0.02, 2 * @n_layer) : !act
      %h2 = tern.add %h1, %mlp : !act, !act
      tern.yield %h2 : !act
    }

    %n = tern.rms_norm %x "norm" : !act
    %logits = tern.linear %n "lm_head" out @vocab out_in normal(0.02) : !act
    return %logits : !act
  }
}
