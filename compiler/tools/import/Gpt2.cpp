// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GPT-2: learned positions, one product for q, k and v, weights stored in_out.

#include "compiler/tools/import/Family.h"

using namespace llvm;
using namespace tern;

static constexpr char model[] = R"(// $title

!act = tensor<?x?x?xf32>

module @gpt2 attributes {tern.tokenizer = "$tokenizer"} {
  tern.hyper @vocab = $vocab
  tern.hyper @context = $context
  tern.hyper @n_layer = $layers
  tern.hyper @n_head = $heads
  tern.hyper @d_model = $width
  tern.hyper @d_ff = $inner
  tern.hyper @deviation = $deviation
  tern.hyper @embd_pdrop = $embd_pdrop
  tern.hyper @attn_pdrop = $attn_pdrop
  tern.hyper @resid_pdrop = $resid_pdrop

  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %wte = tern.param "${prefix}wte.weight" [@vocab, @d_model] normal(@deviation) : tensor<?x?xf32>
    %wpe = tern.param "${prefix}wpe.weight" [@context, @d_model] normal(@deviation) : tensor<?x?xf32>
    %tok = tern.embedding %tokens, %wte : tensor<?x?xi32>, tensor<?x?xf32>
    %placed = tern.position_embedding %tok, %wpe : !act, tensor<?x?xf32>
    %x0 = tern.dropout %placed rate @embd_pdrop : !act

    %x = tern.layers @n_layer "${prefix}h" (%h = %x0) : !act {
      %n1 = tern.layer_norm %h "ln_1" eps $eps : !act
      %qkv = tern.linear %n1 "attn.c_attn" out 3 * @d_model bias normal(@deviation) : !act
      %att = tern.attention %qkv heads @n_head causal$scale dropout @attn_pdrop : !act
      %proj = tern.linear %att "attn.c_proj" out @d_model bias residual_normal(@deviation, 2 * @n_layer) : !act
      %pd = tern.dropout %proj rate @resid_pdrop : !act
      %h1 = tern.add %h, %pd : !act, !act

      %n2 = tern.layer_norm %h1 "ln_2" eps $eps : !act
      %fc = tern.linear %n2 "mlp.c_fc" out @d_ff bias normal(@deviation) : !act
      %act = tern.$activation : !act
      %mlp = tern.linear %act "mlp.c_proj" out @d_model bias residual_normal(@deviation, 2 * @n_layer) : !act
      %md = tern.dropout %mlp rate @resid_pdrop : !act
      %h2 = tern.add %h1, %md : !act, !act
      tern.yield %h2 : !act
    }

    %n = tern.layer_norm %x "${prefix}ln_f" eps $eps : !act
    %logits = tern.linear %n $head
    return %logits : !act
  }
}
)";

// Keys of heads that are no language models, and how a library computes the same.
static constexpr StringRef leftOut[] = {"gradient_checkpointing", "reorder_and_upcast_attn", "summary_activation",
                                        "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj"};

// Old files say n_ctx, newer ones n_positions too.
static int64_t positionsOf(Config &config) {
  if (!config.has("n_positions"))
    return config.size("n_ctx");
  int64_t positions = config.size("n_positions");
  config.refuseUnless(config.size("n_ctx", positions) == positions, "n_ctx", "differs from 'n_positions'");
  return positions;
}

std::string tern::writeGpt2(Config &config, const Origin &origin) {
  config.leaveOut(leftOut);
  refuseEncoderDecoder(config);
  int64_t width = config.size("n_embd"), heads = config.size("n_head");
  config.refuseUnless(width % heads == 0, "n_head", "'n_embd' does not split into so many heads");
  config.refuseUnless(!config.flag("scale_attn_by_inverse_layer_idx", false), "scale_attn_by_inverse_layer_idx",
                      "layers are written once, with one scale");
  bool isScaled = config.flag("scale_attn_weights", true), isTied = config.flag("tie_word_embeddings", true);
  std::string head = isTied ? "tied %wte : !act, tensor<?x?xf32>" : "\"lm_head\" out @vocab out_in normal(@deviation) : !act";
  auto number = [](int64_t value) { return std::to_string(value); };
  auto rate = [&](StringRef key) { return std::pair(key, realText(config.rate(key, 0.1))); };
  return fillTemplate(model, {{"title", origin.name + ", imported: gpt2"},
                              {"tokenizer", origin.tokenizer},
                              {"vocab", number(config.size("vocab_size"))},
                              {"context", number(positionsOf(config))},
                              {"layers", number(config.layers("n_layer"))},
                              {"heads", number(heads)},
                              {"width", number(width)},
                              {"inner", number(config.size("n_inner", 4 * width))},
                              rate("embd_pdrop"),
                              rate("attn_pdrop"),
                              rate("resid_pdrop"),
                              {"prefix", origin.prefix.value_or("")},
                              {"eps", realText(config.positive("layer_norm_epsilon", 1e-5))},
                              {"deviation", realText(config.positive("initializer_range", 0.02))},
                              {"scale", isScaled ? "" : " scale 1.0"},
                              {"activation", activationText(config, "activation_function", "gelu_new", "%fc")},
                              {"head", head}});
}
