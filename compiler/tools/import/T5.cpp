// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// T5: an encoder and a decoder whose layers share one table of biases by distance. From version 1.1 on the inner product is gated and
// the head is not tied.

#include "compiler/tools/import/Family.h"

#include <cmath>

using namespace llvm;
using namespace tern;

static constexpr char model[] = R"(// $title

!act = tensor<?x?x?xf32>
!ids = tensor<?x?xi32>
!len = tensor<?xi32>
!table = tensor<?x?xf32>

module @t5 attributes {tern.tokenizer = "tokenizer.json"} {
  tern.hyper @vocab = $vocab
  tern.hyper @source = 64
  tern.hyper @n_layer = $layers
  tern.hyper @n_decoder_layer = $decoder_layers
  tern.hyper @n_head = $heads
  tern.hyper @d_model = $width
  tern.hyper @d_kv = $head_dim
  tern.hyper @d_ff = $inner
  tern.hyper @buckets = $buckets
  tern.hyper @max_distance = $distance
  tern.hyper @unit = $unit // 1 / sqrt(d_model)
  tern.hyper @dropout = $dropout

  func.func @forward(%source: !ids {tern.role = "source", tern.dims = ["batch", "source"]},
                     %lengths: !len {tern.role = "source_lengths", tern.dims = ["batch"]},
                     %tokens: !ids {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %shared = tern.param "shared.weight" [@vocab, @d_model] normal(1.0) : !table

    %near = tern.param "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight" [@buckets, @n_head]
        normal(@unit) : !table
    %se = tern.embedding %source, %shared : !ids, !table
    %sd = tern.dropout %se rate @dropout : !act
    %e = tern.layers @n_layer "encoder.block" (%h = %sd) : !act {
      %n = tern.rms_norm %h "layer.0.layer_norm" eps $eps : !act
      %q = tern.linear %n "layer.0.SelfAttention.q" out @n_head * @d_kv out_in residual_normal(@unit, @d_kv) : !act
      %k = tern.linear %n "layer.0.SelfAttention.k" out @n_head * @d_kv out_in normal(@unit) : !act
      %v = tern.linear %n "layer.0.SelfAttention.v" out @n_head * @d_kv out_in normal(@unit) : !act
      %att = tern.attention %q, %k, %v heads @n_head scale 1.0 dropout @dropout lengths(%lengths : !len) relative(%near : !table)
          max_distance @max_distance : !act, !act, !act
      %o = tern.linear %att "layer.0.SelfAttention.o" out @d_model out_in normal(@unit) : !act
      %od = tern.dropout %o rate @dropout : !act
      %h1 = tern.add %h, %od : !act, !act
      %m = tern.rms_norm %h1 "layer.1.layer_norm" eps $eps : !act
$mlp1      %id = tern.dropout %inner rate @dropout : !act
      %wo = tern.linear %id "layer.1.DenseReluDense.wo" out @d_model out_in residual_normal(1.0, @d_ff) : !act
      %wd = tern.dropout %wo rate @dropout : !act
      %h2 = tern.add %h1, %wd : !act, !act
      tern.yield %h2 : !act
    }
    %en = tern.rms_norm %e "encoder.final_layer_norm" eps $eps : !act
    %memory = tern.dropout %en rate @dropout : !act

    %back = tern.param "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight" [@buckets, @n_head]
        normal(@unit) : !table
    %te = tern.embedding %tokens, %shared : !ids, !table
    %td = tern.dropout %te rate @dropout : !act
    %d = tern.layers @n_decoder_layer "decoder.block" (%h = %td) : !act {
      %n = tern.rms_norm %h "layer.0.layer_norm" eps $eps : !act
      %q = tern.linear %n "layer.0.SelfAttention.q" out @n_head * @d_kv out_in residual_normal(@unit, @d_kv) : !act
      %k = tern.linear %n "layer.0.SelfAttention.k" out @n_head * @d_kv out_in normal(@unit) : !act
      %v = tern.linear %n "layer.0.SelfAttention.v" out @n_head * @d_kv out_in normal(@unit) : !act
      %att = tern.attention %q, %k, %v heads @n_head causal scale 1.0 dropout @dropout relative(%back : !table)
          max_distance @max_distance : !act, !act, !act
      %o = tern.linear %att "layer.0.SelfAttention.o" out @d_model out_in normal(@unit) : !act
      %od = tern.dropout %o rate @dropout : !act
      %h1 = tern.add %h, %od : !act, !act
      // What the decoder looks for in the source, wherever that stands.
      %c = tern.rms_norm %h1 "layer.1.layer_norm" eps $eps : !act
      %cq = tern.linear %c "layer.1.EncDecAttention.q" out @n_head * @d_kv out_in residual_normal(@unit, @d_kv) : !act
      %ck = tern.linear %memory "layer.1.EncDecAttention.k" out @n_head * @d_kv out_in normal(@unit) : !act
      %cv = tern.linear %memory "layer.1.EncDecAttention.v" out @n_head * @d_kv out_in normal(@unit) : !act
      %cross = tern.attention %cq, %ck, %cv heads @n_head scale 1.0 dropout @dropout lengths(%lengths : !len) : !act, !act, !act
      %co = tern.linear %cross "layer.1.EncDecAttention.o" out @d_model out_in normal(@unit) : !act
      %cd = tern.dropout %co rate @dropout : !act
      %h2 = tern.add %h1, %cd : !act, !act
      %m = tern.rms_norm %h2 "layer.2.layer_norm" eps $eps : !act
$mlp2      %id = tern.dropout %inner rate @dropout : !act
      %wo = tern.linear %id "layer.2.DenseReluDense.wo" out @d_model out_in residual_normal(1.0, @d_ff) : !act
      %wd = tern.dropout %wo rate @dropout : !act
      %h3 = tern.add %h2, %wd : !act, !act
      tern.yield %h3 : !act
    }
    %dn = tern.rms_norm %d "decoder.final_layer_norm" eps $eps : !act
$head    return %logits : !act
  }
}
)";

static constexpr char plainInner[] = R"(      %wi = tern.linear %m "layer.$layer.DenseReluDense.wi" out @d_ff out_in normal(@unit) : !act
      %inner = tern.$activation : !act
)";
static constexpr char gatedInner[] = R"(      %wi = tern.linear %m "layer.$layer.DenseReluDense.wi_0" out @d_ff out_in normal(@unit) : !act
      %up = tern.linear %m "layer.$layer.DenseReluDense.wi_1" out @d_ff out_in normal(@unit) : !act
      %open = tern.$activation : !act
      %inner = tern.mul %open, %up : !act, !act
)";
static constexpr char tiedHead[] = R"(    %x = tern.scale %dn factor @unit : !act
    %xd = tern.dropout %x rate @dropout : !act
    %logits = tern.linear %xd tied %shared : !act, !table
)";
static constexpr char ownHead[] = R"(    %xd = tern.dropout %dn rate @dropout : !act
    %logits = tern.linear %xd "lm_head" out @vocab out_in normal(1.0) : !act
)";

// What says the same again, or how a published model was first filled, and what a tokenizer does.
static constexpr StringRef leftOut[] = {"classifier_dropout", "dense_act_fn", "initializer_factor", "is_gated_act", "n_positions",
                                        "output_past"};

namespace {
struct Inner {
  bool isGated;
  std::string activation;
};
} // namespace

/// `feed_forward_proj`: an activation, or one with "gated-" before it. The gated one of T5 is the tanh form of GELU.
static Inner innerOf(Config &config) {
  std::string word = config.word("feed_forward_proj", "relu");
  StringRef text = word;
  bool isGated = text.consume_front("gated-");
  bool isKnown = text == "relu" || text == "silu" || text == "gelu" || text == "gelu_new";
  config.refuseUnless(isKnown, "feed_forward_proj", "known are relu, silu, gelu and gelu_new, and these with gated- before them");
  if (text == "gelu_new" || (isGated && text == "gelu"))
    return {isGated, "gelu %wi tanh"};
  return {isGated, (text + " %wi").str()};
}

std::string tern::writeT5(Config &config, const Origin &origin) {
  config.leaveOut(leftOut);
  config.refuseUnless(config.flag("is_encoder_decoder", true), "is_encoder_decoder", "an encoder and a decoder are expected");
  int64_t width = config.size("d_model"), layers = config.layers("num_layers");
  int64_t buckets = config.size("relative_attention_num_buckets", 32);
  config.refuseUnless(buckets % 2 == 0 && buckets >= 4, "relative_attention_num_buckets", "an even number from 4 on is expected");
  Inner inner = innerOf(config);
  auto number = [](int64_t value) { return std::to_string(value); };
  auto innerText = [&](StringRef layer) {
    return fillTemplate(inner.isGated ? gatedInner : plainInner, {{"layer", layer.str()}, {"activation", inner.activation}});
  };
  return fillTemplate(model, {{"title", origin.name + ", imported: t5"},
                              {"vocab", number(config.size("vocab_size"))},
                              {"layers", number(layers)},
                              {"decoder_layers", number(config.layers("num_decoder_layers", layers))},
                              {"heads", number(config.size("num_heads"))},
                              {"width", number(width)},
                              {"head_dim", number(config.size("d_kv"))},
                              {"inner", number(config.size("d_ff"))},
                              {"buckets", number(buckets)},
                              {"distance", number(config.size("relative_attention_max_distance", 128))},
                              {"unit", realText(1 / std::sqrt(static_cast<double>(width)))},
                              {"dropout", realText(config.rate("dropout_rate", 0.1))},
                              {"eps", realText(config.positive("layer_norm_epsilon", 1e-6))},
                              {"mlp1", innerText("1")},
                              {"mlp2", innerText("2")},
                              {"head", config.flag("tie_word_embeddings", true) ? tiedHead : ownHead}});
}
