// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Published tokenizers give the ids that were published with them.

#include "runtime/text/Published.h"

#include "Samples.h"

#include <map>
#include <sstream>

namespace tern::rt::test {

namespace {

using Ids = std::vector<int32_t>;

struct Vector {
  std::string text;
  Ids ids;
};

// Texts between marks in `path`.inp, the ids of each on a line of `path`.out.
std::vector<Vector> pairsOf(const std::string &path) {
  static constexpr std::string_view mark = "\n__ggml_vocab_test__\n";
  std::string texts = contentOf(path + ".inp");
  std::istringstream lines(contentOf(path + ".out"));
  std::vector<Vector> vectors;
  for (size_t at = 0, end; (end = texts.find(mark, at)) != texts.npos; at = end + mark.size()) {
    std::string line;
    std::getline(lines, line);
    std::istringstream numbers(line);
    vectors.push_back({texts.substr(at, end - at), Ids(std::istream_iterator<int32_t>(numbers), {})});
  }
  return vectors;
}

// "Sample: TEXT" and "Encoded: [IDS]" behind "EncodingName: NAME".
std::vector<Vector> samplesOf(const std::string &path, const std::string &name) {
  std::string content = contentOf(path), begin = "EncodingName: " + name + "\nSample: ", middle = "\nEncoded: ";
  std::vector<Vector> vectors;
  for (size_t at = content.find(begin); at != content.npos; at = content.find(begin, at + 1)) {
    size_t text = at + begin.size(), ids = content.find(middle, text), end = content.find('\n', ids + 1);
    auto list = nlohmann::json::parse(content.substr(ids + middle.size(), end - ids - middle.size()));
    vectors.push_back({content.substr(text, ids - text), list.get<Ids>()});
  }
  return vectors;
}

std::unique_ptr<Tokenizer> read(const std::string &path) {
  auto tokenizer = makeTokenizer(path);
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.message();
  return tokenizer.ok() ? tokenizer.take() : nullptr;
}

TEST(Published, gpt2_as_llama_cpp_has_it) {
  PUBLISHED_FILE(file, "tokenizers/gpt2/tokenizer.json");
  PUBLISHED_FILE(texts, "tokenizers/llama.cpp/ggml-vocab-gpt-2.gguf.inp");
  auto tokenizer = read(file);
  ASSERT_TRUE(tokenizer);
  EXPECT_EQ(tokenizer->vocabularySize(), 50257);
  EXPECT_EQ(tokenizer->special(SpecialToken::End), 50256);
  auto vectors = pairsOf(texts.substr(0, texts.size() - 4));
  EXPECT_EQ(vectors.size(), 46u);
  for (const Vector &vector : vectors) {
    EXPECT_EQ(encoded(*tokenizer, vector.text), vector.ids) << vector.text;
    EXPECT_EQ(tokenizer->decode(vector.ids), vector.text);
  }
}

TEST(Published, gpt2_as_tiktoken_has_it) {
  PUBLISHED_FILE(file, "tokenizers/gpt2/tokenizer.json");
  PUBLISHED_FILE(samples, "tokenizers/vectors/tiktoken_TestPlans.txt");
  auto tokenizer = read(file);
  ASSERT_TRUE(tokenizer);
  auto vectors = samplesOf(samples, "r50k_base");
  EXPECT_GT(vectors.size(), 20u);
  for (const Vector &vector : vectors)
    EXPECT_EQ(encoded(*tokenizer, vector.text), vector.ids) << vector.text;
}

// RoBERTa has GPT-2's tokens under numbers of its own: the same splits, and one number for each token.
TEST(Published, roberta_splits_as_gpt2) {
  PUBLISHED_FILE(file, "tokenizers/gpt2/tokenizer.json");
  PUBLISHED_FILE(texts, "tokenizers/llama.cpp/ggml-vocab-roberta-bpe.gguf.inp");
  auto tokenizer = read(file);
  ASSERT_TRUE(tokenizer);
  std::map<int32_t, int32_t> numbers, back;
  for (const Vector &vector : pairsOf(texts.substr(0, texts.size() - 4))) {
    Ids ids = encoded(*tokenizer, vector.text);
    ASSERT_EQ(ids.size(), vector.ids.size()) << vector.text;
    for (size_t at = 0; at < ids.size(); ++at) {
      EXPECT_EQ(numbers.emplace(ids[at], vector.ids[at]).first->second, vector.ids[at]) << vector.text;
      EXPECT_EQ(back.emplace(vector.ids[at], ids[at]).first->second, ids[at]) << vector.text;
    }
  }
}

TEST(Published, gpt2_brings_random_texts_back) {
  PUBLISHED_FILE(file, "tokenizers/gpt2/tokenizer.json");
  auto tokenizer = read(file);
  ASSERT_TRUE(tokenizer);
  std::mt19937_64 generator(4);
  for (int round = 0; round < 10000; ++round) {
    std::string text = randomText(generator, generator() % 60);
    ASSERT_EQ(tokenizer->decode(encoded(*tokenizer, text)), text);
  }
}

TEST(Published, llama_as_llama_cpp_has_it) {
  PUBLISHED_FILE(texts, "tokenizers/llama.cpp/ggml-vocab-llama-spm.gguf.inp");
  auto vectors = pairsOf(texts.substr(0, texts.size() - 4));
  EXPECT_EQ(vectors.size(), 46u);
  for (const char *name : {"tokenizers/llama2/tokenizer.model", "stories15M/tokenizer.bin"}) {
    PUBLISHED_FILE(file, name);
    auto tokenizer = read(file);
    ASSERT_TRUE(tokenizer);
    EXPECT_EQ(tokenizer->vocabularySize(), 32000);
    for (const Vector &vector : vectors) {
      EXPECT_EQ(encoded(*tokenizer, vector.text), vector.ids) << vector.text;
      EXPECT_EQ(tokenizer->decode(vector.ids), vector.text);
    }
  }
}

// This file has a vocabulary of its own, of which no vectors are published.
TEST(Published, llama_with_merges_in_json) {
  PUBLISHED_FILE(file, "tokenizers/llama2/tokenizer.json");
  auto tokenizer = read(file);
  ASSERT_TRUE(tokenizer);
  EXPECT_EQ(tokenizer->vocabularySize(), 32000);
  EXPECT_EQ(Ids(tokenizer->leading().begin(), tokenizer->leading().end()), Ids{1});
  EXPECT_EQ(encoded(*tokenizer, "the").size(), 1u);
  EXPECT_EQ(tokenizer->tokenBytes(encoded(*tokenizer, "the")[0]), " the");
  std::mt19937_64 generator(5);
  for (int round = 0; round < 2000; ++round) {
    std::string text = randomText(generator, generator() % 40);
    std::erase(text, '<'); // behind "<s>" a text begins anew, with a space
    ASSERT_EQ(tokenizer->decode(encoded(*tokenizer, text)), text);
  }
}

TEST(Published, stories260K_tells_its_story) {
  PUBLISHED_FILE(file, "stories260K/tok512.bin");
  PUBLISHED_FILE(story, "stories260K/stories260K_greedy_text.txt");
  PUBLISHED_FILE(numbers, "stories260K/stories260K_greedy_ids.txt");
  auto tokenizer = read(file);
  ASSERT_TRUE(tokenizer);
  std::istringstream list(contentOf(numbers));
  Ids ids(std::istream_iterator<int32_t>(list), {});
  std::string text = contentOf(story);
  EXPECT_THAT(text, testing::StartsWith(tokenizer->decode(ids)));
}

TEST(Published, bert_as_llama_cpp_has_it) {
  PUBLISHED_FILE(file, "tokenizers/bert/vocab.txt");
  PUBLISHED_FILE(texts, "tokenizers/llama.cpp/ggml-vocab-bert-bge.gguf.inp");
  auto tokenizer = read(file);
  ASSERT_TRUE(tokenizer);
  EXPECT_EQ(tokenizer->vocabularySize(), 30522);
  auto vectors = pairsOf(texts.substr(0, texts.size() - 4));
  EXPECT_EQ(vectors.size(), 46u);
  for (const Vector &vector : vectors)
    EXPECT_EQ(encoded(*tokenizer, vector.text), vector.ids) << vector.text;
}

TEST(Published, tiny_bert_reads) {
  PUBLISHED_FILE(file, "tiny_random/tiny_bert/tokenizer.json");
  auto tokenizer = read(file);
  ASSERT_TRUE(tokenizer);
  EXPECT_EQ(tokenizer->special(SpecialToken::Begin), 2);
  EXPECT_EQ(Ids(tokenizer->leading().begin(), tokenizer->leading().end()), Ids{2});
}

} // namespace

} // namespace tern::rt::test
