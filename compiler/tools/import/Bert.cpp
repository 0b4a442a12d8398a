// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BERT without a task: what it says of every token, or, where a sentence encoder is published (1_Pooling beside the
// configuration), a text as the mean of its tokens.

#include "compiler/tools/import/Family.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace tern;

static constexpr char model[] = R"(// $title
// $result

!act = tensor<?x?x?xf32>
!ids = tensor<?x?xi32>
!row = tensor<?x?xf32>

module @bert attributes {tern.tokenizer = "tokenizer.json"} {
  tern.hyper @vocab = $vocab
  tern.hyper @context = $context
  tern.hyper @n_layer = $layers
  tern.hyper @n_head = $heads
  tern.hyper @d_model = $width
  tern.hyper @d_ff = $inner
  tern.hyper @deviation = $deviation
  tern.hyper @hidden_dropout = $hidden_dropout
  tern.hyper @attention_dropout = $attention_dropout

  func.func @forward(%tokens: !ids {tern.role = "tokens", tern.dims = ["batch", "seq"]},$types
                     %lengths: tensor<?xi32> {tern.role = "lengths", tern.dims = ["batch"]}) -> $results {
    %words = tern.param "embeddings.word_embeddings.weight" [@vocab, @d_model] normal(@deviation) : !row
    %places = tern.param "embeddings.position_embeddings.weight" [@context, @d_model] normal(@deviation) : !row
    %kinds = tern.param "embeddings.token_type_embeddings.weight" [$kinds, @d_model] normal(@deviation) : tensor<${kinds}x?xf32>
    %word = tern.embedding %tokens, %words : !ids, !row
$kind
    %placed = tern.position_embedding %sum, %places : !act, !row
    %n0 = tern.layer_norm %placed "embeddings.LayerNorm" eps $eps : !act
    %x0 = tern.dropout %n0 rate @hidden_dropout : !act

    %x = tern.layers @n_layer "encoder.layer" (%h = %x0) : !act {
      %q = tern.linear %h "attention.self.query" out @d_model bias out_in normal(@deviation) : !act
      %k = tern.linear %h "attention.self.key" out @d_model bias out_in normal(@deviation) : !act
      %v = tern.linear %h "attention.self.value" out @d_model bias out_in normal(@deviation) : !act
      %att = tern.attention %q, %k, %v heads @n_head dropout @attention_dropout lengths(%lengths : tensor<?xi32>) : !act, !act, !act
      %proj = tern.linear %att "attention.output.dense" out @d_model bias out_in normal(@deviation) : !act
      %pd = tern.dropout %proj rate @hidden_dropout : !act
      %s1 = tern.add %h, %pd : !act, !act
      %h1 = tern.layer_norm %s1 "attention.output.LayerNorm" eps $eps : !act

      %fc = tern.linear %h1 "intermediate.dense" out @d_ff bias out_in normal(@deviation) : !act
      %inner = tern.$activation : !act
      %mlp = tern.linear %inner "output.dense" out @d_model bias out_in normal(@deviation) : !act
      %md = tern.dropout %mlp rate @hidden_dropout : !act
      %s2 = tern.add %h1, %md : !act, !act
      %h2 = tern.layer_norm %s2 "output.LayerNorm" eps $eps : !act
      tern.yield %h2 : !act
    }
$end  }
}
)";

// A sentence has no second part: every token is of the first kind.
static constexpr char oneKind[] = R"(    %first = tern.slice %kinds offsets [0, 0] sizes [1, -1] : tensor<${kinds}x?xf32>
    %kind = tern.sum %first dims [0] : tensor<1x?xf32>
    %sum = tern.add %word, %kind : !act, tensor<?xf32>)";
static constexpr char givenKinds[] = R"(    %kind = tern.embedding %types, %kinds : !ids, tensor<${kinds}x?xf32>
    %sum = tern.add %word, %kind : !act, !act)";
static constexpr char typesArgument[] = R"(
                     %types: !ids {tern.role = "token_types", tern.dims = ["batch", "seq"]},)";

static constexpr char meanEnd[] = R"(    %mean = tern.masked_mean %x, %lengths : !act, tensor<?xi32>
    return %mean : !row
)";
static constexpr char unitEnd[] = R"(    %mean = tern.masked_mean %x, %lengths : !act, tensor<?xi32>
    %square = tern.mul %mean, %mean : !row, !row
    %total = tern.sum %square dims [-1] keep_dims : !row
    %inverse = tern.rsqrt %total : tensor<?x1xf32>
    %unit = tern.mul %mean, %inverse : !row, tensor<?x1xf32>
    return %unit : !row
)";
static constexpr char tokensEnd[] = "    return %x : !act\n";
static constexpr char pooledEnd[] = R"(    %start = tern.slice %x offsets [0, 0, 0] sizes [-1, 1, -1] : !act
    %one = tern.sum %start dims [1] : tensor<?x1x?xf32>
    %p = tern.linear %one "pooler.dense" out @d_model bias out_in normal(@deviation) : !row
    %pooled = tern.tanh %p : !row
    return %x, %pooled : !act, !row
)";

namespace {
/// What becomes of the tokens: its comment, the results of @forward and their text.
struct End {
  StringRef comment, results, text;
  bool isSentence = false;
};
} // namespace

static std::string fileIn(StringRef folder, StringRef name) {
  SmallString<128> path(folder);
  sys::path::append(path, name);
  return path.str().str();
}

/// Whether the modules of a sentence encoder end with one that makes lengths 1.
static bool isNormalised(Config &config, StringRef folder) {
  std::string path = fileIn(folder, "modules.json");
  if (!sys::fs::exists(path))
    return false;
  Expected<json::Value> modules = readForeignJson(path);
  const json::Array *list = modules ? modules->getAsArray() : nullptr;
  if (!list)
    config.problem(modules ? "'modules.json' is not a list of modules" : toString(modules.takeError()));
  bool isUnit = false;
  for (const json::Value &module : list ? *list : json::Array()) {
    StringRef type = module.getAsObject() ? module.getAsObject()->getString("type").value_or("") : "";
    StringRef kind = type.rsplit('.').second;
    isUnit |= kind == "Normalize";
    if (!is_contained({"Transformer", "Pooling", "Normalize"}, kind))
      config.problem("'modules.json' has a module of type '" + type + "': Transformer, Pooling and Normalize are imported");
  }
  return isUnit;
}

static End sentenceEnd(Config &config, StringRef folder) {
  Expected<json::Value> pooling = readForeignJson(fileIn(folder, "1_Pooling/config.json"));
  const json::Object *modes = pooling ? pooling->getAsObject() : nullptr;
  if (!pooling)
    config.problem(toString(pooling.takeError()));
  bool isMean = modes && modes->getBoolean("pooling_mode_mean_tokens").value_or(false);
  for (const auto &[key, value] : modes ? *modes : json::Object())
    if (StringRef name = key; name.starts_with("pooling_mode_") && name != "pooling_mode_mean_tokens")
      isMean &= !value.getAsBoolean().value_or(true);
  if (!isMean)
    config.problem("'1_Pooling/config.json': the mean of the tokens alone ('pooling_mode_mean_tokens') is imported");
  if (isNormalised(config, folder))
    return {"A text as one vector: the mean of its tokens, made as long as 1.", "!row", unitEnd, true};
  return {"A text as one vector: the mean of its tokens.", "!row", meanEnd, true};
}

static End endOf(Config &config, const Origin &origin) {
  if (!origin.folder.empty() && sys::fs::exists(fileIn(origin.folder, "1_Pooling/config.json")))
    return sentenceEnd(config, origin.folder);
  bool hasPooler = !origin.checkpoint || llvm::any_of(origin.checkpoint->tensors, [](const StoredTensor &tensor) {
    return tensor.name == "pooler.dense.weight";
  });
  if (hasPooler)
    return {"Every token, and the first one through the pooler.", "(!act, !row)", pooledEnd};
  return {"Every token; the checkpoint has no pooler.", "!act", tokensEnd};
}

std::string tern::writeBert(Config &config, const Origin &origin) {
  int64_t width = config.size("hidden_size"), heads = config.size("num_attention_heads");
  config.refuseUnless(width % heads == 0, "num_attention_heads", "'hidden_size' does not split into so many heads");
  config.refuseUnless(!config.flag("is_decoder", false), "is_decoder", "an encoder is expected");
  config.refuseUnless(config.word("position_embedding_type", "absolute") == "absolute", "position_embedding_type",
                      "'absolute' is expected: a learned vector per position");
  config.leaveOut({"classifier_dropout"});
  refuseEncoderDecoder(config);
  End end = endOf(config, origin);
  auto number = [](int64_t value) { return std::to_string(value); };
  std::pair<StringRef, std::string> kinds = {"kinds", number(config.size("type_vocab_size", 2))};
  return fillTemplate(model, {{"title", origin.name + ", imported: bert"},
                              {"result", end.comment.str()},
                              {"results", end.results.str()},
                              {"vocab", number(config.size("vocab_size"))},
                              {"context", number(config.size("max_position_embeddings"))},
                              {"layers", number(config.layers("num_hidden_layers"))},
                              {"heads", number(heads)},
                              {"width", number(width)},
                              {"inner", number(config.size("intermediate_size"))},
                              {"deviation", realText(config.positive("initializer_range", 0.02))},
                              {"hidden_dropout", realText(config.rate("hidden_dropout_prob", 0.1))},
                              {"attention_dropout", realText(config.rate("attention_probs_dropout_prob", 0.1))},
                              {"eps", realText(config.positive("layer_norm_eps", 1e-12))},
                              {"types", end.isSentence ? "" : typesArgument},
                              kinds,
                              {"kind", fillTemplate(end.isSentence ? oneKind : givenKinds, {kinds})},
                              {"activation", activationText(config, "hidden_act", "gelu", "%fc")},
                              {"end", end.text.str()}});
}
