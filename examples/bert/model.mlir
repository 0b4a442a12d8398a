// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BERT, the base model (Devlin et al. 2018), with the names, sizes and initialisation that were published. It tells masked
// words, and whether the second sentence follows the first.

!act = tensor<?x?x?xf32>
!ids = tensor<?x?xi32>

module @bert attributes {tern.tokenizer = "bert"} {
  tern.hyper @vocab = 30522
  tern.hyper @context = 512
  tern.hyper @n_layer = 12
  tern.hyper @n_head = 12
  tern.hyper @d_model = 768
  tern.hyper @d_ff = 3072
  tern.hyper @spread = 0.02 // of random weights

  func.func @forward(%tokens: !ids {tern.role = "tokens", tern.dims = ["batch", "seq"]},
                     %types: !ids {tern.role = "token_types", tern.dims = ["batch", "seq"]},
                     %lengths: tensor<?xi32> {tern.role = "lengths", tern.dims = ["batch"]}) -> (!act, tensor<?x2xf32>) {
    %words = tern.param "embeddings.word_embeddings.weight" [@vocab, @d_model] normal(@spread) : tensor<?x?xf32>
    %places = tern.param "embeddings.position_embeddings.weight" [@context, @d_model] normal(@spread) : tensor<?x?xf32>
    %kinds = tern.param "embeddings.token_type_embeddings.weight" [2, @d_model] normal(@spread) : tensor<2x?xf32>
    %word = tern.embedding %tokens, %words : !ids, tensor<?x?xf32>
    %kind = tern.embedding %types, %kinds : !ids, tensor<2x?xf32>
    %sum = tern.add %word, %kind : !act, !act
    %placed = tern.position_embedding %sum, %places : !act, tensor<?x?xf32>
    %x0 = tern.layer_norm %placed "embeddings.LayerNorm" eps 1.0e-12 : !act

    %x = tern.layers @n_layer "encoder.layer" (%h = %x0) : !act {
      %q = tern.linear %h "attention.self.query" out @d_model bias out_in normal(@spread) : !act
      %k = tern.linear %h "attention.self.key" out @d_model bias out_in normal(@spread) : !act
      %v = tern.linear %h "attention.self.value" out @d_model bias out_in normal(@spread) : !act
      %att = tern.attention %q, %k, %v heads @n_head lengths(%lengths : tensor<?xi32>) : !act, !act, !act
      %proj = tern.linear %att "attention.output.dense" out @d_model bias out_in normal(@spread) : !act
      %s1 = tern.add %h, %proj : !act, !act
      %h1 = tern.layer_norm %s1 "attention.output.LayerNorm" eps 1.0e-12 : !act

      %fc = tern.linear %h1 "intermediate.dense" out @d_ff bias out_in normal(@spread) : !act
      %inner = tern.gelu %fc : !act
      %mlp = tern.linear %inner "output.dense" out @d_model bias out_in normal(@spread) : !act
      %s2 = tern.add %h1, %mlp : !act, !act
      %h2 = tern.layer_norm %s2 "output.LayerNorm" eps 1.0e-12 : !act
      tern.yield %h2 : !act
    }

    // Masked words: the table that words are looked up in also tells them.
    %t = tern.linear %x "cls.predictions.transform.dense" out @d_model bias out_in normal(@spread) : !act
    %u = tern.gelu %t : !act
    %n = tern.layer_norm %u "cls.predictions.transform.LayerNorm" eps 1.0e-12 : !act
    %bias = tern.param "cls.predictions.bias" [@vocab] zeros : tensor<?xf32>
    %logits = tern.linear %n tied %words bias %bias : !act, tensor<?x?xf32>, tensor<?xf32>

    // Next sentence: from the first token.
    %first = tern.slice %x offsets [0, 0, 0] sizes [-1, 1, -1] : !act
    %row = tern.sum %first dims [1] : tensor<?x1x?xf32>
    %p = tern.linear %row "pooler.dense" out @d_model bias out_in normal(@spread) : tensor<?x?xf32>
    %pooled = tern.tanh %p : tensor<?x?xf32>
    %next = tern.linear %pooled "cls.seq_relationship" out 2 bias out_in normal(@spread) : tensor<?x?xf32>
    return %logits, %next : !act, tensor<?x2xf32>
  }
}
