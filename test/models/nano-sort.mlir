// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The model of the published weights `gpt-nano-sort`: GPT-2's architecture, three layers, a head of its own. It sorts six
// letters out of three. The taps are the activations that were published with it.
// RUN: tern-opt %s --verify-roundtrip -o /dev/null

!act = tensor<?x?x?xf32>

module @nano_sort {
  tern.hyper @vocab = 3
  tern.hyper @context = 11
  tern.hyper @n_layer = 3
  tern.hyper @n_head = 3
  tern.hyper @d_model = 48

  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %wte = tern.param "wte.weight" [@vocab, @d_model] normal(0.02) : tensor<?x?xf32>
    %wpe = tern.param "wpe.weight" [@context, @d_model] normal(0.02) : tensor<?x?xf32>
    %tok = tern.embedding %tokens, %wte {tern.tap = "tok_emb"} : tensor<?x?xi32>, tensor<?x?xf32>
    %x0 = tern.position_embedding %tok, %wpe {tern.tap = "x"} : !act, tensor<?x?xf32>

    %x = tern.layers @n_layer "h" (%h = %x0) : !act {
      %n1 = tern.layer_norm %h "ln_1" {tern.tap = "ln1"} : !act
      %qkv = tern.linear %n1 "attn.c_attn" out 3 * @d_model bias normal(0.02) {tern.tap = "qkv"} : !act
      %att = tern.attention %qkv heads @n_head causal {tern.tap = "y"} : !act
      %proj = tern.linear %att "attn.c_proj" out @d_model bias residual_normal(0.02, 2 * @n_layer) {tern.tap = "yProj"} : !act
      %h1 = tern.add %h, %proj {tern.tap = "attnResid"} : !act, !act

      %n2 = tern.layer_norm %h1 "ln_2" {tern.tap = "ln2"} : !act
      %fc = tern.linear %n2 "mlp.c_fc" out 4 * @d_model bias normal(0.02) {tern.tap = "fc"} : !act
      %act = tern.gelu %fc tanh {tern.tap = "gelu"} : !act
      %mlp = tern.linear %act "mlp.c_proj" out @d_model bias residual_normal(0.02, 2 * @n_layer) {tern.tap = "mlp"} : !act
      %h2 = tern.add %h1, %mlp {tern.tap = "mlpResid"} : !act, !act
      tern.yield %h2 : !act
    }

    %n = tern.layer_norm %x "ln_f" {tern.tap = "ln_f"} : !act
    %logits = tern.linear %n "lm_head" out @vocab out_in normal(0.02) : !act
    return %logits : !act
  }
}
