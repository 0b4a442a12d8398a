// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights: binding by name, conversion, notes, and refusals that list every problem and change nothing.

#include "runtime/io/Weights.h"

#include "../FakeProgram.h"
#include "../Support.h"
#include "runtime/core/Convert.h"

#include <numeric>

namespace tern::rt::test {

namespace {

class Weights : public FileTest {
protected:
  Weights() : session(Session::create(regressionProgram(), 1).take()) {
    weight = session->program().findParameter("weight");
    bias = session->program().findParameter("bias");
  }

  // A file with one F32 tensor per name; value = position in the file.
  std::string floats(std::initializer_list<std::pair<std::string, std::vector<int64_t>>> tensors) const {
    SafeTensorsWriter writer;
    std::vector<float> numbers(64);
    std::iota(numbers.begin(), numbers.end(), 1.0f);
    size_t at = 0;
    for (const auto &[name, shape] : tensors) {
      uint64_t bytes = *checkedBytes(shape, 4);
      EXPECT_TRUE(writer.add(name, TERN_F32, shape, {reinterpret_cast<uint8_t *>(&numbers[at]), bytes}).ok());
      at += bytes / 4;
    }
    EXPECT_TRUE(writer.write(path("w.safetensors")).ok());
    return path("w.safetensors");
  }

  std::unique_ptr<Session> session;
  const Parameter *weight, *bias;
};

TEST_F(Weights, binds_by_name) {
  WeightNotes notes;
  ASSERT_SUCCESS(loadTensors(floats({{"bias", {1}}, {"weight", {1, 2}}}), Section::Values, *session, &notes));
  EXPECT_THAT(as<float>(session->value(*weight)), testing::ElementsAre(2, 3));
  EXPECT_THAT(as<float>(session->value(*bias)), testing::ElementsAre(1));
  EXPECT_TRUE(notes.lines.empty());
}

TEST_F(Weights, strips_prefixes) {
  ASSERT_SUCCESS(loadTensors(floats({{"transformer.bias", {1}}, {"model.weight", {1, 2}}}), Section::Values, *session));
  EXPECT_THAT(as<float>(session->value(*weight)), testing::ElementsAre(2, 3));
}

TEST_F(Weights, reads_the_model_file_of_a_directory) {
  floats({{"bias", {1}}, {"weight", {1, 2}}});
  std::rename(path("w.safetensors").c_str(), path("model.safetensors").c_str());
  ASSERT_SUCCESS(loadTensors(directory, Section::Values, *session));
  EXPECT_FAILURE(loadTensors(path("none"), Section::Values, *session), "No such file");
}

TEST_F(Weights, lists_every_problem_and_copies_nothing) {
  std::string target = floats({{"weight", {2, 1}}, {"extra", {3}}, {"other", {}}});
  EXPECT_FAILURE(loadTensors(target, Section::Values, *session), target, "4 problems", "nothing was loaded",
                 "wrong shape: 'weight' is (2, 1) in the file, (1, 2) in the program", "missing: 'bias' (1)",
                 "unknown: 'extra' (3) is no parameter of the program", "unknown: 'other' ()");
  EXPECT_THAT(as<float>(session->value(*weight)), testing::Each(0.0f));
}

TEST_F(Weights, refuses_two_tensors_for_one_parameter) {
  std::string target = floats({{"weight", {1, 2}}, {"model.weight", {1, 2}}, {"bias", {1}}});
  EXPECT_FAILURE(loadTensors(target, Section::Values, *session), "two tensors mean the same parameter",
                 "'model.weight'");
}

TEST_F(Weights, leaves_known_buffers_out) {
  WeightNotes notes;
  std::string target =
      floats({{"weight", {1, 2}}, {"bias", {1}}, {"h.0.attn.bias", {1, 1, 2, 2}}, {"h.0.attn.masked_bias", {}}});
  ASSERT_SUCCESS(loadTensors(target, Section::Values, *session, &notes));
  EXPECT_THAT(notes.lines, testing::ElementsAre(testing::HasSubstr("'h.0.attn.bias' is left out: the causal mask"),
                                                testing::HasSubstr("'h.0.attn.masked_bias' is left out")));
  EXPECT_FAILURE(
      loadTensors(floats({{"weight", {1, 2}}, {"bias", {1}}, {"h.0.attn.bias", {4}}}), Section::Values, *session),
      "unknown: 'h.0.attn.bias'");
}

TEST_F(Weights, leaves_buffers_of_every_family_out) {
  WeightNotes notes;
  std::string target = floats({{"weight", {1, 2}},
                               {"bias", {1}},
                               {"model.layers.0.self_attn.rotary_emb.inv_freq", {4}},
                               {"embeddings.position_ids", {1, 4}},
                               {"pooler.dense.weight", {2, 2}},
                               {"pooler.dense.bias", {2}},
                               {"decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight", {4, 2}}});
  ASSERT_SUCCESS(loadTensors(target, Section::Values, *session, &notes));
  EXPECT_EQ(notes.lines.size(), 5u);
  EXPECT_THAT(notes.lines, testing::Each(testing::HasSubstr("is left out: ")));
}

TEST_F(Weights, leaves_out_only_true_copies_of_tied_weights) {
  auto bigram = Session::create(bigramProgram(), 1).take();
  std::vector<float> table(256 * 256, 0.5f), other(256 * 256, 0.25f), vector(256, 1.0f);
  auto bytes = [](std::vector<float> &v) {
    return std::span(reinterpret_cast<const uint8_t *>(v.data()), v.size() * 4);
  };
  auto write = [&](std::vector<float> &head) {
    SafeTensorsWriter writer;
    EXPECT_TRUE(writer.add("transformer.wte.weight", TERN_F32, std::vector<int64_t>{256, 256}, bytes(table)).ok());
    EXPECT_TRUE(writer.add("lm_head.weight", TERN_F32, std::vector<int64_t>{256, 256}, bytes(head)).ok());
    for (const char *name : {"transformer.h.0.bias", "transformer.h.1.bias"})
      EXPECT_TRUE(writer.add(name, TERN_F32, std::vector<int64_t>{256}, bytes(vector)).ok());
    EXPECT_TRUE(writer.write(path("t.safetensors")).ok());
    return path("t.safetensors");
  };
  WeightNotes notes;
  ASSERT_SUCCESS(loadTensors(write(table), Section::Values, *bigram, &notes));
  EXPECT_THAT(notes.lines,
              testing::ElementsAre(testing::HasSubstr("'lm_head.weight' is left out: it repeats 'wte.weight'")));
  EXPECT_FAILURE(loadTensors(write(other), Section::Values, *bigram), "unknown: 'lm_head.weight' (256, 256)");
}

TEST_F(Weights, converts_floating_types) {
  uint16_t halves[] = {0x3f80, 0xc000}; // bf16 1, -2
  double one = 3;
  SafeTensorsWriter writer;
  ASSERT_SUCCESS(writer.add("weight", TERN_BF16, std::vector<int64_t>{1, 2}, {reinterpret_cast<uint8_t *>(halves), 4}));
  ASSERT_SUCCESS(writer.add("bias", TERN_F64, std::vector<int64_t>{1}, {reinterpret_cast<uint8_t *>(&one), 8}));
  ASSERT_SUCCESS(writer.write(path("c")));
  WeightNotes notes;
  ASSERT_SUCCESS(loadTensors(path("c"), Section::Values, *session, &notes));
  EXPECT_THAT(as<float>(session->value(*weight)), testing::ElementsAre(1, -2));
  EXPECT_THAT(as<float>(session->value(*bias)), testing::ElementsAre(3));
  EXPECT_THAT(notes.lines,
              testing::ElementsAre("1 tensor converted from BF16 to f32", "1 tensor converted from F64 to f32"));
  EXPECT_FAILURE(loadTensors(path("c"), Section::Gradients, *session), "wrong type: 'weight' is BF16 in the file, f32");
}

TEST_F(Weights, refuses_integers) {
  int32_t numbers[] = {1, 2};
  SafeTensorsWriter writer;
  ASSERT_SUCCESS(writer.add("weight", TERN_I32, std::vector<int64_t>{1, 2}, {reinterpret_cast<uint8_t *>(numbers), 8}));
  ASSERT_SUCCESS(writer.write(path("i")));
  EXPECT_FAILURE(loadTensors(path("i"), Section::Values, *session), "2 problems", "wrong type: 'weight' is I32");
}

TEST_F(Weights, every_section_makes_a_round_trip) {
  auto bigram = Session::create(bigramProgram(), 1).take();
  const Parameter &bias = *bigram->program().findParameter("h.1.bias");
  as<float>(bigram->value(bias))[3] = 1;
  as<float>(bigram->gradient(bias))[3] = 2;
  as<float>(bigram->state(bias, 1))[3] = 3;
  const Section sections[] = {Section::Values, Section::Gradients, Section::States};
  for (Section section : sections)
    ASSERT_SUCCESS(saveTensors(path("s" + std::to_string(int(section))), section, *bigram, {{"step", "7"}}));
  auto other = Session::create(bigramProgram(), 1).take();
  for (Section section : sections)
    ASSERT_SUCCESS(loadTensors(path("s" + std::to_string(int(section))), section, *other));
  EXPECT_EQ(as<float>(other->value(bias))[3], 1);
  EXPECT_EQ(as<float>(other->gradient(bias))[3], 2);
  EXPECT_EQ(as<float>(other->state(bias, 1))[3], 3);
  auto states = SafeTensors::open(path("s2"));
  ASSERT_SUCCESS(states);
  EXPECT_NE(states->find("v/h.1.bias"), nullptr);
  EXPECT_EQ(states->tensors().size(), 6u);
  EXPECT_EQ(states->metadata().at("step"), "7");
}

} // namespace

} // namespace tern::rt::test
