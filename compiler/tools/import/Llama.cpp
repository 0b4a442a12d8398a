// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLaMA and what is built like it: Mistral (a window), Qwen2 (biases of q, k and v).

#include "compiler/tools/import/Family.h"

using namespace llvm;
using namespace tern;

static constexpr char model[] = R"(// $title
// Trained on up to $context positions: what --context may say.

!act = tensor<?x?x?xf32>

module @$type attributes {tern.tokenizer = "$tokenizer"} {
  tern.hyper @vocab = $vocab
  tern.hyper @n_layer = $layers
  tern.hyper @n_head = $heads
  tern.hyper @n_kv_head = $kv_heads
  tern.hyper @head_dim = $head_dim
  tern.hyper @d_model = $width
  tern.hyper @d_ff = $inner
  tern.hyper @theta = $theta
  tern.hyper @deviation = $deviation
$hypers
  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %table = tern.param "${prefix}embed_tokens.weight" [@vocab, @d_model] normal(@deviation) : tensor<?x?xf32>
    %x0 = tern.embedding %tokens, %table : tensor<?x?xi32>, tensor<?x?xf32>

    %x = tern.layers @n_layer "${prefix}layers" (%h = %x0) : !act {
      %n1 = tern.rms_norm %h "input_layernorm" eps $eps : !act
      %q = tern.linear %n1 "self_attn.q_proj" out @n_head * @head_dim$qkv_bias out_in normal(@deviation) : !act
      %k = tern.linear %n1 "self_attn.k_proj" out @n_kv_head * @head_dim$qkv_bias out_in normal(@deviation) : !act
      %v = tern.linear %n1 "self_attn.v_proj" out @n_kv_head * @head_dim$qkv_bias out_in normal(@deviation) : !act
      %qr = tern.rope %q heads @n_head half_split theta @theta$scaling : !act
      %kr = tern.rope %k heads @n_kv_head half_split theta @theta$scaling : !act
      %att = tern.attention %qr, %kr, %v heads @n_head kv_heads @n_kv_head causal$window$dropout : !act, !act, !act
      %proj = tern.linear %att "self_attn.o_proj" out @d_model$o_bias out_in normal(@deviation) : !act
      %h1 = tern.add %h, %proj : !act, !act

      %n2 = tern.rms_norm %h1 "post_attention_layernorm" eps $eps : !act
      %gate = tern.linear %n2 "mlp.gate_proj" out @d_ff$mlp_bias out_in normal(@deviation) : !act
      %up = tern.linear %n2 "mlp.up_proj" out @d_ff$mlp_bias out_in normal(@deviation) : !act
      %open = tern.$activation : !act
      %inner = tern.mul %open, %up : !act, !act
      %mlp = tern.linear %inner "mlp.down_proj" out @d_model$mlp_bias out_in normal(@deviation) : !act
      %h2 = tern.add %h1, %mlp : !act, !act
      tern.yield %h2 : !act
    }

    %n = tern.rms_norm %x "${prefix}norm" eps $eps : !act
    %logits = tern.linear %n $head
    return %logits : !act
  }
}
)";

// Keys that change nothing here: training's, and how a library computes the same.
static constexpr StringRef leftOut[] = {"is_llama_config", "max_sequence_length", "pretraining_tp", "unsloth_fixed", "unsloth_version"};

/// Old files have no `model_type`.
static std::string typeOf(Config &config) {
  std::string type = config.word("model_type", "");
  if (!type.empty())
    return type;
  std::string architecture = architectureOf(config);
  return architecture == "MistralForCausalLM" ? "mistral" : architecture == "Qwen2ForCausalLM" ? "qwen2" : "llama";
}

static int64_t headSize(Config &config, int64_t width, int64_t heads) {
  if (!config.has("head_dim"))
    config.refuseUnless(width % heads == 0, "hidden_size", "does not split into 'num_attention_heads' heads");
  int64_t size = config.size("head_dim", std::max<int64_t>(width / heads, 2));
  config.refuseUnless(size % 2 == 0, config.has("head_dim") ? "head_dim" : "hidden_size",
                      "rotary positions turn pairs of channels: a head needs an even number of them");
  return size;
}

/// What rotary positions are told: `rope_scaling` and `rope_theta`, or both in `rope_parameters`.
static std::string scalingText(Config &config, std::string &hypers, double &theta) {
  theta = config.positive("rope_theta", 10000.0);
  std::string text;
  for (StringRef key : {"rope_scaling", "rope_parameters"}) {
    const json::Value *value = config.value(key);
    if (!value)
      continue;
    const json::Object *scaling = value->getAsObject();
    if (!scaling) {
      config.refuse(key, "an object is expected");
      continue;
    }
    if (std::optional<double> own = scaling->getNumber("rope_theta"); own && *own > 0)
      theta = *own;
    StringRef type = scaling->getString("rope_type").value_or(scaling->getString("type").value_or("default"));
    double factor = scaling->getNumber("factor").value_or(0);
    if (type == "default")
      continue;
    config.refuseUnless(type == "linear", key, "tern.rope scales positions by a factor (linear), not in this way");
    config.refuseUnless(type != "linear" || (factor > 0 && factor <= 1e6), key, "a factor above 0 is expected");
    hypers += hyperLine("rope_factor", realText(factor));
    text = " linear @rope_factor";
  }
  return text;
}

// Mistral has a window unless it says null; Qwen2 has one in layers from `max_window_layers` on, if it uses it.
static std::optional<int64_t> windowOf(Config &config, StringRef type) {
  if (type == "mistral" && !config.saysNull("sliding_window"))
    return config.size("sliding_window", 4096);
  config.leaveOut({"max_window_layers", "sliding_window"});
  config.refuseUnless(type != "qwen2" || !config.flag("use_sliding_window", false), "use_sliding_window",
                      "layers below 'max_window_layers' have no window, others have: all are written once");
  return {};
}

static std::string windowText(Config &config, StringRef type, std::string &hypers) {
  std::optional<int64_t> window = windowOf(config, type);
  StringRef expected = window ? "sliding_attention" : "full_attention";
  const json::Value *kinds = config.value("layer_types");
  const json::Array *list = kinds ? kinds->getAsArray() : nullptr;
  bool isUniform = !kinds || (list && llvm::all_of(*list, [&](const json::Value &kind) { return kind.getAsString() == expected; }));
  config.refuseUnless(isUniform, "layer_types", "all layers are written once: '" + expected + "' is expected of each");
  if (!window)
    return "";
  hypers += hyperLine("window", Twine(*window));
  return " window @window";
}

static std::string dropoutText(Config &config, std::string &hypers) {
  double rate = config.rate("attention_dropout", 0);
  if (rate == 0)
    return "";
  hypers += hyperLine("attention_dropout", realText(rate));
  return " dropout @attention_dropout";
}

std::string tern::writeLlama(Config &config, const Origin &origin) {
  config.leaveOut(leftOut);
  refuseEncoderDecoder(config);
  std::string type = typeOf(config);
  int64_t width = config.size("hidden_size"), heads = config.size("num_attention_heads");
  int64_t keyHeads = config.size("num_key_value_heads", type == "llama" ? std::optional(heads) : std::nullopt);
  config.refuseUnless(heads % keyHeads == 0, "num_key_value_heads", "'num_attention_heads' is no multiple of it");
  int64_t headDim = headSize(config, width, heads);
  config.refuseUnless(!config.flag("rope_interleaved", false), "rope_interleaved", "halves of a head turn in this family, not pairs");
  config.refuseUnless(!config.flag("use_mrope", false), "use_mrope", "a token has one position here");
  bool hasBias = type == "qwen2" || config.flag("attention_bias", false);
  bool isTied = config.flag("tie_word_embeddings", false);
  std::string hypers;
  double theta = 0;
  std::string scaling = scalingText(config, hypers, theta), window = windowText(config, type, hypers);
  std::string dropout = dropoutText(config, hypers), prefix = origin.prefix.value_or("model.");
  std::string head = isTied ? "tied %table : !act, tensor<?x?xf32>"
                            : "\"lm_head\" out @vocab out_in normal(@deviation) : !act";
  auto number = [](int64_t value) { return std::to_string(value); };
  auto bias = [](bool holds) { return std::string(holds ? " bias" : ""); };
  return fillTemplate(model, {{"title", origin.name + ", imported: " + type},
                              {"type", type},
                              {"context", number(config.size("max_position_embeddings", 2048))},
                              {"tokenizer", origin.tokenizer},
                              {"vocab", number(config.size("vocab_size"))},
                              {"layers", number(config.layers("num_hidden_layers"))},
                              {"heads", number(heads)},
                              {"kv_heads", number(keyHeads)},
                              {"head_dim", number(headDim)},
                              {"width", number(width)},
                              {"inner", number(config.size("intermediate_size"))},
                              {"theta", realText(theta)},
                              {"eps", realText(config.positive("rms_norm_eps", 1e-6))},
                              {"deviation", realText(config.positive("initializer_range", 0.02))},
                              {"hypers", hypers},
                              {"prefix", prefix},
                              {"qkv_bias", bias(hasBias)},
                              {"o_bias", bias(hasBias && type != "qwen2")},
                              {"mlp_bias", bias(config.flag("mlp_bias", false))},
                              {"scaling", scaling},
                              {"window", window},
                              {"dropout", dropout},
                              {"activation", activationText(config, "hidden_act", "silu", "%gate")},
                              {"head", head}});
}
