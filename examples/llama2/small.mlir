// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLaMA 2's small sibling, 15 million parameters of the sizes that the TinyStories models have: the same definition, but that the
// head shares the table of tokens. n_kv_head = 2 or 3 makes it grouped-query, 1 multi-query attention.

!act = tensor<?x?x?xf32>

module @small attributes {tern.tokenizer = "llama2"} {
  tern.hyper @vocab = 32000
  tern.hyper @n_layer = 6
  tern.hyper @n_head = 6
  tern.hyper @n_kv_head = 6
  tern.hyper @head_dim = 48
  tern.hyper @d_model = 288
  tern.hyper @d_ff = 768
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
    %logits = tern.linear %n tied %table : !act, tensor<?x?xf32>
    return %logits : !act
  }
}
