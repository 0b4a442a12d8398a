// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GPT-2, the 124M model (Radford et al. 2019), with the names, sizes and initialisation that were published.

!act = tensor<?x?x?xf32>
module @gpt2 attributes {tern.tokenizer = "gpt2"} {
  tern.hyper @vocab = 50257
  tern.hyper @context = 1024
  tern.hyper @n_layer = 12
  tern.hyper @n_head = 12
  tern.hyper @d_model = 768
  tern.hyper @qkv_bias = 1

  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %wte = tern.param "wte.weight" [@vocab, @d_model] normal(0.02) : tensor<?x?xf32>
    %wpe = tern.param "wpe.weight" [@context, @d_model] normal(0.02) : tensor<?x?xf32>
    %tok = tern.embedding %tokens, %wte : tensor<?x?xi32>, tensor<?x?xf32>
    %x0 = tern.position_embedding %tok, %wpe : !act, tensor<?x?xf32>

    %x = tern.layers @n_layer "h" (%h = %x0) : !act {
      %n1 = tern.layer_norm %h "ln_1" : !act
      %qkv = tern.linear %n1 "attn.c_attn" out 3 * @d_model bias @qkv_bias normal(0.02) : !act
      %att = tern.attention %qkv heads @n_head causal : !act
      %proj = tern.linear %att "attn.c_proj" out @d_model bias residual_normal(0.02, 2 * @n_layer) : !act
      %h1 = tern.add %h, %proj : !act, !act

      %n2 = tern.layer_norm %h1 "ln_2" : !act
      %fc = tern.linear %n2 "mlp.c_fc" out 4 * @d_model bias normal(0.02) : !act
      %act = tern.gelu %fc tanh : !act
      %mlp = tern.linear %act "mlp.c_proj" out @d_model bias residual_normal(0.02, 2 * @n_layer) : !act
      %h2 = tern.add %h1, %mlp : !act, !act
      tern.yield %h2 : !act
    }

    %n = tern.layer_norm %x "ln_f" : !act
    %logits = tern.linear %n tied %wte : !act, tensor<?x?xf32>
    return %logits : !act
  }
}
