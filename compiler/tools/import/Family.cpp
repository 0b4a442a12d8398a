// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The families, and what all of them share: keys that change nothing, activations, templates.

#include "compiler/tools/import/Family.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <charconv>

using namespace llvm;
using namespace tern;

// What tokenizers, libraries, training scripts and the sampling of text keep in a configuration.
static constexpr StringRef keysOfOthers[] = {
    "_attn_implementation_autoset", "_commit_hash", "_name_or_path", "architectures", "attn_implementation", "auto_map",
    "bad_words_ids", "begin_suppress_tokens", "bos_token_id", "chunk_size_feed_forward", "cls_token_id", "decoder_start_token_id",
    "diversity_penalty", "do_sample", "dtype", "early_stopping", "encoder_no_repeat_ngram_size", "eos_token_id",
    "exponential_decay_length_penalty", "finetuning_task", "forced_bos_token_id", "forced_eos_token_id", "gradient_checkpointing",
    "id2label", "label2id", "length_penalty", "max_length", "min_length", "model_type", "no_repeat_ngram_size", "num_beam_groups",
    "num_beams", "num_labels", "num_return_sequences", "output_attentions", "output_hidden_states", "output_scores",
    "pad_token_id", "prefix", "problem_type", "remove_invalid_values", "repetition_penalty", "return_dict",
    "return_dict_in_generate", "sep_token_id", "suppress_tokens", "task_specific_params", "temperature", "tokenizer_class", "top_k",
    "top_p", "torch_dtype", "torchscript", "transformers_version", "typical_p", "unk_token_id", "use_bfloat16", "use_cache"};

static constexpr StringRef llamaTypes[] = {"llama", "mistral", "qwen2"};
static constexpr StringRef llamaArchitectures[] = {"LlamaForCausalLM", "LLaMAForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM"};
static constexpr LeftOutTensor llamaLeftOut[] = {{".rotary_emb.inv_freq", "angles, which the program computes"}};

static constexpr StringRef gpt2Types[] = {"gpt2"};
static constexpr StringRef gpt2Architectures[] = {"GPT2LMHeadModel", "GPT2Model"};
static constexpr LeftOutTensor gpt2LeftOut[] = {
    {".attn.bias", "the causal mask, which the program computes"},
    {".attn.masked_bias", "the value of masked scores, which the program computes"}};

static constexpr StringRef bertTypes[] = {"bert"};
static constexpr StringRef bertArchitectures[] = {"BertModel"};
static constexpr LeftOutTensor bertLeftOut[] = {{"embeddings.position_ids", "numbers from 0 on, which the program counts"},
                                                {"pooler.dense.weight", "the mean of the tokens is taken instead of the pooler"},
                                                {"pooler.dense.bias", "the mean of the tokens is taken instead of the pooler"}};

static constexpr StringRef t5Types[] = {"t5"};
static constexpr StringRef t5Architectures[] = {"T5ForConditionalGeneration"};
static constexpr LeftOutTensor t5LeftOut[] = {
    {"coder.embed_tokens.weight", "the table of both stacks is shared.weight"},
    {"EncDecAttention.relative_attention_bias.weight", "the decoder looks into the source wherever that stands"}};

static constexpr Family families[] = {
    {"llama", llamaTypes, llamaArchitectures, writeLlama, llamaLeftOut},
    {"gpt2", gpt2Types, gpt2Architectures, writeGpt2, gpt2LeftOut},
    {"bert", bertTypes, bertArchitectures, writeBert, bertLeftOut},
    {"t5", t5Types, t5Architectures, writeT5, t5LeftOut},
};

static std::string knownTypes() {
  std::string list;
  for (const Family &family : families)
    for (StringRef type : family.types)
      list += (list.empty() ? "" : ", ") + type.str();
  return list;
}

std::string tern::architectureOf(Config &config) {
  const json::Value *value = config.value("architectures");
  const json::Array *list = value ? value->getAsArray() : nullptr;
  std::optional<StringRef> first = list && !list->empty() ? list->front().getAsString() : std::nullopt;
  return first.value_or("").str();
}

// What no family has a place for.
static void refuseForeign(Config &config) {
  for (StringRef key : {"quantization_config", "compression_config"})
    if (config.has(key))
      config.refuse(key, "the weights are in a format of their own; import the checkpoint that they were made from");
  for (StringRef key : {"add_cross_attention", "tie_encoder_decoder"})
    config.refuseUnless(!config.flag(key, false), key, "each family is written as it is published: with no part added or shared");
  const json::Value *pruned = config.value("pruned_heads");
  bool isEmpty = !pruned || (pruned->getAsObject() && pruned->getAsObject()->empty());
  config.refuseUnless(isEmpty, "pruned_heads", "every layer is written with the same heads");
}

void tern::refuseEncoderDecoder(Config &config) {
  config.refuseUnless(!config.flag("is_encoder_decoder", false), "is_encoder_decoder", "a model that reads one text is expected");
}

Expected<const Family *> tern::familyOf(Config &config) {
  std::string type = config.word("model_type", ""), architecture = architectureOf(config);
  config.leaveOut(keysOfOthers);
  for (const Family &family : families) {
    bool isType = type.empty() ? is_contained(family.architectures, architecture) : is_contained(family.types, type);
    if (!isType)
      continue;
    config.refuseUnless(architecture.empty() || is_contained(family.architectures, architecture), "architectures",
                        "of this family is imported: " + join(family.architectures, ", "));
    refuseForeign(config);
    return &family;
  }
  if (type.empty() && architecture.empty())
    return createStringError("the configuration has neither 'model_type' nor 'architectures': it does not say what model it is");
  return createStringError("models of the type '" + (type.empty() ? architecture : type) + "' cannot be imported; those of " +
                           knownTypes() + " can. A model file for it can be written by hand: examples/ has some");
}

std::string tern::fillTemplate(StringRef text, ArrayRef<std::pair<StringRef, std::string>> values) {
  std::string result;
  while (!text.empty()) {
    size_t at = text.find('$');
    result += text.substr(0, at);
    if (at == StringRef::npos)
      break;
    text = text.drop_front(at + 1);
    bool isEnclosed = text.consume_front("{"); // as in ${prefix}wte
    StringRef name = text.take_while([](char c) { return isAlnum(c) || c == '_'; });
    auto found = llvm::find_if(values, [&](const auto &pair) { return pair.first == name; });
    assert(found != values.end() && "a template names a value that nobody gives");
    result += found->second;
    text = text.drop_front(name.size() + isEnclosed);
  }
  return result;
}

std::string tern::realText(double value) {
  char digits[40];
  std::to_chars_result end = std::to_chars(digits, digits + sizeof(digits), value);
  std::string text(digits, end.ptr);
  if (text.find('.') == std::string::npos)
    text.insert(std::min(text.find('e'), text.size()), ".0");
  return text;
}

std::string tern::hyperLine(StringRef name, const Twine &value) { return ("  tern.hyper @" + name + " = " + value + "\n").str(); }

std::string tern::activationText(Config &config, StringRef key, StringRef otherwise, StringRef operand) {
  std::string word = config.word(key, otherwise);
  StringRef text = StringSwitch<StringRef>(word)
                       .Cases({"silu", "swish"}, "silu $x")
                       .Case("gelu", "gelu $x")
                       .Cases({"gelu_new", "gelu_pytorch_tanh", "gelu_fast"}, "gelu $x tanh")
                       .Case("relu", "relu $x")
                       .Default("");
  config.refuseUnless(!text.empty(), key, "known are silu, gelu, gelu_new, gelu_pytorch_tanh and relu");
  return fillTemplate(text, {{"x", operand.str()}});
}
