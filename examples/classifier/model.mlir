// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small encoder that reads a text and tells its class: the mean of what the last layer says of the tokens that are there.

!act = tensor<?x?x?xf32>
!ids = tensor<?x?xi32>
!len = tensor<?xi32>

module @classifier attributes {tern.tokenizer = "bytes"} {
  tern.hyper @vocab = 260
  tern.hyper @context = 96
  tern.hyper @classes = 2
  tern.hyper @n_layer = 2
  tern.hyper @n_head = 4
  tern.hyper @d_model = 64

  func.func @forward(%tokens: !ids {tern.role = "tokens", tern.dims = ["batch", "seq"]},
                     %lengths: !len {tern.role = "lengths", tern.dims = ["batch"]}) -> tensor<?x?xf32> {
    %wte = tern.param "wte.weight" [@vocab, @d_model] normal(0.02) : tensor<?x?xf32>
    %wpe = tern.param "wpe.weight" [@context, @d_model] normal(0.02) : tensor<?x?xf32>
    %tok = tern.embedding %tokens, %wte : !ids, tensor<?x?xf32>
    %x0 = tern.position_embedding %tok, %wpe : !act, tensor<?x?xf32>

    %x = tern.layers @n_layer "h" (%h = %x0) : !act {
      %n1 = tern.layer_norm %h "ln_1" : !act
      %qkv = tern.linear %n1 "attn" out 3 * @d_model bias normal(0.02) : !act
      %att = tern.attention %qkv heads @n_head lengths(%lengths : !len) : !act
      %proj = tern.linear %att "proj" out @d_model bias residual_normal(0.02, 2 * @n_layer) : !act
      %h1 = tern.add %h, %proj : !act, !act
      %n2 = tern.layer_norm %h1 "ln_2" : !act
      %fc = tern.linear %n2 "fc" out 4 * @d_model bias normal(0.02) : !act
      %act = tern.gelu %fc : !act
      %mlp = tern.linear %act "fc_proj" out @d_model bias residual_normal(0.02, 2 * @n_layer) : !act
      %h2 = tern.add %h1, %mlp : !act, !act
      tern.yield %h2 : !act
    }

    %n = tern.layer_norm %x "ln_f" : !act
    %mean = tern.masked_mean %n, %lengths : !act, !len
    %logits = tern.linear %mean "head" out @classes bias : tensor<?x?xf32>
    return %logits : tensor<?x?xf32>
  }
}
