// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// T5, the small model (Raffel et al. 2020): an encoder reads the source, a decoder tells the target. Where a token stands is
// known from its distance alone: each stack has one table of biases, shared by its layers. Norms without a mean stand in
// front, no product has a bias, scores are not scaled, one table embeds both texts and is the head.
// residual_normal(s, n) is normal with s / sqrt(n).

!act = tensor<?x?x?xf32>
!ids = tensor<?x?xi32>
!len = tensor<?xi32>
!table = tensor<?x?xf32>

module @t5 attributes {tern.tokenizer = "bytes"} {
  tern.hyper @vocab = 32128
  tern.hyper @source = 64
  tern.hyper @n_layer = 6
  tern.hyper @n_head = 8
  tern.hyper @d_model = 512
  tern.hyper @d_kv = 64
  tern.hyper @d_ff = 2048
  tern.hyper @buckets = 32
  tern.hyper @max_distance = 128
  tern.hyper @unit = 0.044194174 // 1 / sqrt(d_model)
  tern.hyper @dropout = 0.1

  func.func @forward(%source: !ids {tern.role = "source", tern.dims = ["batch", "source"]},
                     %lengths: !len {tern.role = "source_lengths", tern.dims = ["batch"]},
                     %tokens: !ids {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %shared = tern.param "shared.weight" [@vocab, @d_model] normal(1.0) : !table

    %near = tern.param "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight" [@buckets, @n_head]
        normal(@unit) : !table
    %se = tern.embedding %source, %shared : !ids, !table
    %sd = tern.dropout %se rate @dropout : !act
    %e = tern.layers @n_layer "encoder.block" (%h = %sd) : !act {
      %n = tern.rms_norm %h "layer.0.layer_norm" eps 1.0e-6 : !act
      %q = tern.linear %n "layer.0.SelfAttention.q" out @n_head * @d_kv out_in residual_normal(@unit, @d_kv) : !act
      %k = tern.linear %n "layer.0.SelfAttention.k" out @n_head * @d_kv out_in normal(@unit) : !act
      %v = tern.linear %n "layer.0.SelfAttention.v" out @n_head * @d_kv out_in normal(@unit) : !act
      %att = tern.attention %q, %k, %v heads @n_head scale 1.0 dropout @dropout lengths(%lengths : !len) relative(%near : !table)
          max_distance @max_distance : !act, !act, !act
      %o = tern.linear %att "layer.0.SelfAttention.o" out @d_model out_in normal(@unit) : !act
      %od = tern.dropout %o rate @dropout : !act
      %h1 = tern.add %h, %od : !act, !act
      %m = tern.rms_norm %h1 "layer.1.layer_norm" eps 1.0e-6 : !act
      %wi = tern.linear %m "layer.1.DenseReluDense.wi" out @d_ff out_in normal(@unit) : !act
      %inner = tern.relu %wi : !act
      %id = tern.dropout %inner rate @dropout : !act
      %wo = tern.linear %id "layer.1.DenseReluDense.wo" out @d_model out_in residual_normal(1.0, @d_ff) : !act
      %wd = tern.dropout %wo rate @dropout : !act
      %h2 = tern.add %h1, %wd : !act, !act
      tern.yield %h2 : !act
    }
    %en = tern.rms_norm %e "encoder.final_layer_norm" eps 1.0e-6 : !act
    %memory = tern.dropout %en rate @dropout : !act

    %back = tern.param "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight" [@buckets, @n_head]
        normal(@unit) : !table
    %te = tern.embedding %tokens, %shared : !ids, !table
    %td = tern.dropout %te rate @dropout : !act
    %d = tern.layers @n_layer "decoder.block" (%h = %td) : !act {
      %n = tern.rms_norm %h "layer.0.layer_norm" eps 1.0e-6 : !act
      %q = tern.linear %n "layer.0.SelfAttention.q" out @n_head * @d_kv out_in residual_normal(@unit, @d_kv) : !act
      %k = tern.linear %n "layer.0.SelfAttention.k" out @n_head * @d_kv out_in normal(@unit) : !act
      %v = tern.linear %n "layer.0.SelfAttention.v" out @n_head * @d_kv out_in normal(@unit) : !act
      %att = tern.attention %q, %k, %v heads @n_head causal scale 1.0 dropout @dropout relative(%back : !table)
          max_distance @max_distance : !act, !act, !act
      %o = tern.linear %att "layer.0.SelfAttention.o" out @d_model out_in normal(@unit) : !act
      %od = tern.dropout %o rate @dropout : !act
      %h1 = tern.add %h, %od : !act, !act
      // What the decoder looks for in the source, wherever that stands.
      %c = tern.rms_norm %h1 "layer.1.layer_norm" eps 1.0e-6 : !act
      %cq = tern.linear %c "layer.1.EncDecAttention.q" out @n_head * @d_kv out_in residual_normal(@unit, @d_kv) : !act
      %ck = tern.linear %memory "layer.1.EncDecAttention.k" out @n_head * @d_kv out_in normal(@unit) : !act
      %cv = tern.linear %memory "layer.1.EncDecAttention.v" out @n_head * @d_kv out_in normal(@unit) : !act
      %cross = tern.attention %cq, %ck, %cv heads @n_head scale 1.0 dropout @dropout lengths(%lengths : !len) : !act, !act, !act
      %co = tern.linear %cross "layer.1.EncDecAttention.o" out @d_model out_in normal(@unit) : !act
      %cd = tern.dropout %co rate @dropout : !act
      %h2 = tern.add %h1, %cd : !act, !act
      %m = tern.rms_norm %h2 "layer.2.layer_norm" eps 1.0e-6 : !act
      %wi = tern.linear %m "layer.2.DenseReluDense.wi" out @d_ff out_in normal(@unit) : !act
      %inner = tern.relu %wi : !act
      %id = tern.dropout %inner rate @dropout : !act
      %wo = tern.linear %id "layer.2.DenseReluDense.wo" out @d_model out_in residual_normal(1.0, @d_ff) : !act
      %wd = tern.dropout %wo rate @dropout : !act
      %h3 = tern.add %h2, %wd : !act, !act
      tern.yield %h3 : !act
    }
    %dn = tern.rms_norm %d "decoder.final_layer_norm" eps 1.0e-6 : !act
    %x = tern.scale %dn factor @unit : !act
    %xd = tern.dropout %x rate @dropout : !act
    %logits = tern.linear %xd tied %shared : !act, !table
    return %logits : !act
  }
}
