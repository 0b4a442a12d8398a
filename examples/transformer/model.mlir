// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Transformer, the base model (Vaswani et al. 2017): an encoder reads the source, a decoder tells the target. One table
// embeds both and is the head. Norms stand behind the sums, as published.

!act = tensor<?x?x?xf32>
!ids = tensor<?x?xi32>
!len = tensor<?xi32>

module @transformer attributes {tern.tokenizer = "bytes"} {
  tern.hyper @vocab = 37000
  tern.hyper @source = 64
  tern.hyper @n_layer = 6
  tern.hyper @n_head = 8
  tern.hyper @d_model = 512
  tern.hyper @d_ff = 2048
  tern.hyper @embed_scale = 22.627417 // sqrt(d_model)
  tern.hyper @dropout = 0.1

  func.func @forward(%source: !ids {tern.role = "source", tern.dims = ["batch", "source"]},
                     %lengths: !len {tern.role = "source_lengths", tern.dims = ["batch"]},
                     %tokens: !ids {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %table = tern.param "shared.weight" [@vocab, @d_model] normal(0.02) : tensor<?x?xf32>

    %se = tern.embedding %source, %table : !ids, tensor<?x?xf32>
    %ss = tern.scale %se factor @embed_scale : !act
    %sp = tern.sinusoidal %ss : !act
    %memory = tern.layers @n_layer "encoder.layers" (%h = %sp) : !act {
      %q = tern.linear %h "self_attn.q_proj" out @d_model bias out_in : !act
      %k = tern.linear %h "self_attn.k_proj" out @d_model bias out_in : !act
      %v = tern.linear %h "self_attn.v_proj" out @d_model bias out_in : !act
      %att = tern.attention %q, %k, %v heads @n_head lengths(%lengths : !len) : !act, !act, !act
      %proj = tern.linear %att "self_attn.out_proj" out @d_model bias out_in : !act
      %pd = tern.dropout %proj rate @dropout : !act
      %s1 = tern.add %h, %pd : !act, !act
      %h1 = tern.layer_norm %s1 "self_attn_layer_norm" : !act
      %fc = tern.linear %h1 "fc1" out @d_ff bias out_in : !act
      %inner = tern.relu %fc : !act
      %mlp = tern.linear %inner "fc2" out @d_model bias out_in : !act
      %md = tern.dropout %mlp rate @dropout : !act
      %s2 = tern.add %h1, %md : !act, !act
      %h2 = tern.layer_norm %s2 "final_layer_norm" : !act
      tern.yield %h2 : !act
    }

    %te = tern.embedding %tokens, %table : !ids, tensor<?x?xf32>
    %ts = tern.scale %te factor @embed_scale : !act
    %tp = tern.sinusoidal %ts : !act
    %x = tern.layers @n_layer "decoder.layers" (%h = %tp) : !act {
      %q = tern.linear %h "self_attn.q_proj" out @d_model bias out_in : !act
      %k = tern.linear %h "self_attn.k_proj" out @d_model bias out_in : !act
      %v = tern.linear %h "self_attn.v_proj" out @d_model bias out_in : !act
      %att = tern.attention %q, %k, %v heads @n_head causal : !act, !act, !act
      %proj = tern.linear %att "self_attn.out_proj" out @d_model bias out_in : !act
      %pd = tern.dropout %proj rate @dropout : !act
      %s1 = tern.add %h, %pd : !act, !act
      %h1 = tern.layer_norm %s1 "self_attn_layer_norm" : !act
      // What the decoder looks for in the source.
      %cq = tern.linear %h1 "encoder_attn.q_proj" out @d_model bias out_in : !act
      %ck = tern.linear %memory "encoder_attn.k_proj" out @d_model bias out_in : !act
      %cv = tern.linear %memory "encoder_attn.v_proj" out @d_model bias out_in : !act
      %cross = tern.attention %cq, %ck, %cv heads @n_head lengths(%lengths : !len) : !act, !act, !act
      %cproj = tern.linear %cross "encoder_attn.out_proj" out @d_model bias out_in : !act
      %cd = tern.dropout %cproj rate @dropout : !act
      %s2 = tern.add %h1, %cd : !act, !act
      %h2 = tern.layer_norm %s2 "encoder_attn_layer_norm" : !act
      %fc = tern.linear %h2 "fc1" out @d_ff bias out_in : !act
      %inner = tern.relu %fc : !act
      %mlp = tern.linear %inner "fc2" out @d_model bias out_in : !act
      %md = tern.dropout %mlp rate @dropout : !act
      %s3 = tern.add %h2, %md : !act, !act
      %h3 = tern.layer_norm %s3 "final_layer_norm" : !act
      tern.yield %h3 : !act
    }
    %logits = tern.linear %x tied %table : !act, tensor<?x?xf32>
    return %logits : !act
  }
}
