// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Llama2c: both versions of the format, and headers that lie.

#include "runtime/io/Llama2c.h"

#include "../Support.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace tern::rt::test {

namespace {

// Width 8, inner width 3, 2 layers, 2 heads, 1 key-value head, 5 tokens, 7 positions.
constexpr int32_t sizes[] = {8, 3, 2, 2, 1, 5, 7};
constexpr size_t tableFloats = 5 * 8, layerFloats = 8 + 64 + 32 + 32 + 64 + 8 + 3 * 24, angleFloats = 2 * 7 * 2;
constexpr size_t floats = tableFloats + 2 * layerFloats + 8;

std::string words(std::initializer_list<int32_t> values) {
  return {reinterpret_cast<const char *>(values.begin()), values.size() * 4};
}

// The number of its place for every float of the body.
std::string body(size_t count) {
  std::vector<float> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0.0f);
  return {reinterpret_cast<const char *>(numbers.data()), count * 4};
}

std::string oldFile(std::vector<int32_t> header, size_t count) {
  return std::string(reinterpret_cast<const char *>(header.data()), header.size() * 4) + body(count);
}
std::string oldFile() { return oldFile({std::begin(sizes), std::end(sizes)}, floats + angleFloats); }

std::string newFile(int32_t version, char shared, size_t count) {
  std::string header = words({0x616b3432, version, 8, 3, 2, 2, 1, 5, 7}) + shared;
  header.resize(256);
  return header + body(count);
}

float firstOf(const std::vector<SourceTensor> &tensors, std::string_view name) {
  auto found = std::ranges::find(tensors, name, &SourceTensor::name);
  if (found == tensors.end())
    return -1;
  float value;
  std::memcpy(&value, found->bytes.data(), 4);
  return value;
}

TEST(Llama2c, reads_version_0) {
  std::string file = oldFile();
  auto tensors = parseLlama2c(asBytes(file), "m.bin");
  ASSERT_SUCCESS(tensors);
  EXPECT_EQ(tensors->size(), 1u + 2 * 9 + 1);
  EXPECT_EQ(firstOf(*tensors, "model.embed_tokens.weight"), 0);
  EXPECT_EQ(firstOf(*tensors, "model.layers.1.input_layernorm.weight"), 40 + 8);
  EXPECT_EQ(firstOf(*tensors, "model.layers.0.self_attn.q_proj.weight"), 56);
  EXPECT_EQ(firstOf(*tensors, "model.layers.1.self_attn.k_proj.weight"), 56 + 128 + 32);
  EXPECT_EQ(firstOf(*tensors, "model.layers.0.mlp.gate_proj.weight"), 56 + 128 + 64 + 64 + 128 + 16);
  EXPECT_EQ(firstOf(*tensors, "model.layers.0.mlp.down_proj.weight"), 456 + 48);
  EXPECT_EQ(firstOf(*tensors, "model.layers.1.mlp.up_proj.weight"), 456 + 96 + 24);
  EXPECT_EQ(firstOf(*tensors, "model.norm.weight"), floats - 8);
  const SourceTensor &keys = *std::ranges::find(*tensors, "model.layers.0.self_attn.k_proj.weight", &SourceTensor::name);
  EXPECT_THAT(keys.shape, testing::ElementsAre(4, 8));
  EXPECT_EQ(keys.pairedHeads, 1);
}

TEST(Llama2c, a_negative_vocabulary_has_a_head_of_its_own) {
  std::string file = oldFile({8, 3, 2, 2, 1, -5, 7}, floats + angleFloats + tableFloats);
  auto tensors = parseLlama2c(asBytes(file), "m.bin");
  ASSERT_SUCCESS(tensors);
  EXPECT_EQ(firstOf(*tensors, "lm_head.weight"), floats + angleFloats);
}

TEST(Llama2c, reads_version_1) {
  std::string file = newFile(1, 0, floats + tableFloats);
  auto tensors = parseLlama2c(asBytes(file), "m.bin");
  ASSERT_SUCCESS(tensors);
  EXPECT_EQ(firstOf(*tensors, "model.layers.0.input_layernorm.weight"), 0);
  EXPECT_EQ(firstOf(*tensors, "model.layers.1.post_attention_layernorm.weight"), 24);
  EXPECT_EQ(firstOf(*tensors, "model.norm.weight"), 32);
  EXPECT_EQ(firstOf(*tensors, "model.embed_tokens.weight"), 40);
  EXPECT_EQ(firstOf(*tensors, "model.layers.0.self_attn.q_proj.weight"), 80);
  EXPECT_EQ(firstOf(*tensors, "lm_head.weight"), floats);
  std::string tied = newFile(1, 1, floats);
  EXPECT_EQ(parseLlama2c(asBytes(tied), "m.bin")->size(), 20u);
}

TEST(Llama2c, refuses_other_lengths) {
  for (size_t length : {size_t(0), size_t(27), size_t(28), size_t(100), oldFile().size() - 1})
    EXPECT_FAILURE(parseLlama2c(asBytes(oldFile().substr(0, length)), "m.bin"), "m.bin", std::to_string(length) + " bytes");
  EXPECT_FAILURE(parseLlama2c(asBytes(oldFile() + "x"), "m.bin"), "its header asks for", "truncated, damaged or no llama2.c model");
  EXPECT_FAILURE(parseLlama2c(asBytes(newFile(1, 1, 0).substr(0, 255)), "m.bin"), "255 bytes, too few");
  EXPECT_FAILURE(parseLlama2c(asBytes(newFile(1, 0, floats)), "m.bin"), "its header asks for");
}

TEST(Llama2c, refuses_impossible_sizes) {
  struct Row {
    size_t place;
    int32_t value;
    const char *words;
  };
  const Row rows[] = {{0, 0, "width 0"}, {0, -8, "width -8"}, {0, INT32_MAX, "width 2147483647"}, {1, 0, "inner width 0"},
                      {2, 5000, "layers 5000"}, {2, -1, "layers -1"}, {3, 3, "do not go together"}, {3, 8, "do not go together"},
                      {4, 0, "key-value heads 0"}, {4, 3, "do not go together"}, {5, 0, "vocabulary 0"},
                      {5, INT32_MIN, "vocabulary 2147483648"}, {6, 0, "positions 0"}, {6, INT32_MAX, "positions 2147483647"}};
  for (const Row &row : rows) {
    std::vector<int32_t> header(std::begin(sizes), std::end(sizes));
    header[row.place] = row.value;
    EXPECT_FAILURE(parseLlama2c(asBytes(oldFile(header, floats + angleFloats)), "m.bin"), "no llama2.c model", row.words);
  }
  std::vector<int32_t> largest = {1 << 20, 1 << 20, 1 << 12, 1, 1, 1 << 24, 1 << 24};
  EXPECT_FAILURE(parseLlama2c(asBytes(oldFile(largest, 1)), "m.bin"), "its header asks for");
}

TEST(Llama2c, refuses_other_versions) {
  EXPECT_FAILURE(parseLlama2c(asBytes(newFile(2, 1, floats)), "m.bin"), "version 2", "0 and 1 are read");
  EXPECT_FAILURE(parseLlama2c(asBytes(newFile(1, 2, floats)), "m.bin"), "byte 36", "is 2");
  EXPECT_FAILURE(parseLlama2c(asBytes("PK\x03\x04" + oldFile()), "m.bin"), "is a PyTorch file");
}

} // namespace

} // namespace tern::rt::test
