// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the commands print, on programs whose results are known.

#include "ProgramTest.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace tern::rt::test {

using testing::HasSubstr;

class CommandsTest : public ProgramTest {
protected:
  // The regression batch: rows (1, 2), (3, 4), (1, 1), (0, 0) with labels 1, 2, 3, 4.
  std::string batch() const {
    return file("batch.json", R"({"features": [[1,2],[3,4],[1,1],[0,0]], "labels": [[1],[2],[3],[4]]})");
  }
};

TEST_F(CommandsTest, info_in_words_and_in_json) {
  Outcome text = run({"info"});
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.out, HasSubstr("66,048 parameters"));
  Outcome machine = run({"info", "--json"});
  nlohmann::json json = nlohmann::json::parse(machine.out);
  EXPECT_EQ(json["parameters"], 66048);
  EXPECT_EQ(json["entries"].size(), 5u);
  EXPECT_EQ(json["memory"]["optimizer"], 528384);
  for (const char *field : {"isa", "compiler", "source_hash"})
    EXPECT_TRUE(json[field].is_string()) << field;
}

TEST_F(CommandsTest, tokenize_prints_ids_or_counts_them) {
  EXPECT_EQ(run({"tokenize", "--tokenizer", "bytes", "--text", "ab"}).out, "97 98\n");
  EXPECT_EQ(run({"tokenize", "--tokenizer", "bytes", "--text", "ab", "--json"}).out, "{\"ids\":[97,98],\"pieces\":[\"a\",\"b\"]}\n");
  std::string text = file("a.txt", "aba");
  EXPECT_EQ(run({"tokenize", "--tokenizer", "chars", "--data", text}).out, "0 1 0\n");
  Outcome count = run({"tokenize", "--tokenizer", "bytes", "--data", text, "--count", "--json"});
  EXPECT_THAT(count.out, HasSubstr("{\"tokens\":3,\"bytes\":3,\"bytes_per_s\":"));
  EXPECT_THAT(run({"tokenize", "--tokenizer", "bytes", "--data", text, "--count"}).out, HasSubstr("3 tokens of 3 bytes"));
  EXPECT_EQ(run({"tokenize", "--text", "a", "--data", text}).status, 2);
}

TEST_F(CommandsTest, grad_of_a_batch_worked_out_by_hand) {
  Outcome outcome =
      run(regressionProgram(), {"grad", "--input", batch(), "--set", "weight=0.5", "--set", "bias=0", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  nlohmann::json json = nlohmann::json::parse(outcome.out);
  // errors 0.5, 1.5, -2, -4: loss = (0.25 + 2.25 + 4 + 16) / 4, gradient = 2/4 * errors . inputs
  EXPECT_EQ(json["loss"], 5.625);
  EXPECT_EQ(json["gradients"]["weight"]["values"], (std::vector<double>{1.5, 2.5}));
  EXPECT_EQ(json["gradients"]["bias"]["values"], std::vector<double>{-2});
}

TEST_F(CommandsTest, forward_takes_any_number_of_rows) {
  std::string rows = file("rows.json", R"({"x": [[1,0],[0,1],[1,1],[2,0],[0,2],[3,3]]})");
  Outcome outcome = run(regressionProgram(), {"forward", "--input", rows, "--rename", "features=x", "--set", "weight=2",
                                              "--set", "bias=1", "--out", path("out.safetensors")});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  std::string written = contentOf(path("out.safetensors"));
  EXPECT_THAT(written, HasSubstr("\"shape\":[6,1]"));
  const float expected[] = {3, 3, 5, 5, 5, 13};
  EXPECT_TRUE(written.ends_with(std::string(reinterpret_cast<const char *>(expected), sizeof(expected))));
}

TEST_F(CommandsTest, eval_weighs_every_row_once) {
  // prediction = a + 1; the label of row i is i more, in seven rows for batches of four: mean of 1, 4, 9, ... 49.
  const float weights[] = {1, 0, 1};
  std::string header = R"({"weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
                       R"("bias":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})";
  std::string_view data(reinterpret_cast<const char *>(weights), sizeof(weights));
  std::string model = file("model.safetensors", safetensors(header, data));
  std::string rows = file("rows.csv", "a,b,y\n1,0,3\n2,0,5\n3,0,7\n4,0,9\n5,0,11\n6,0,13\n7,0,15\n");
  Outcome outcome = run(regressionProgram(), {"eval", "--weights", model, "--data", rows, "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  nlohmann::json json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["rows"], 7);
  EXPECT_EQ(json["loss"], 20.0);
}

TEST_F(CommandsTest, eval_masks_the_padded_targets_exactly) {
  // Only 'z' has a logit, 2: with S = ln(255 + e^2) a target costs S, or S - 2 if it is a 'z'. The three 'z' are among
  // the last of 19 targets, in the padded batch: a wrong weight of that batch changes the mean.
  std::vector<float> values(256 * 256 + 2 * 256, 0.0f);
  values[256 * 256 + 'z'] = 2;
  std::string data(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float));
  std::string header = R"({"wte.weight":{"dtype":"F32","shape":[256,256],"data_offsets":[0,262144]},)"
                       R"("h.0.bias":{"dtype":"F32","shape":[256],"data_offsets":[262144,263168]},)"
                       R"("h.1.bias":{"dtype":"F32","shape":[256],"data_offsets":[263168,264192]}})";
  std::string model = file("model.safetensors", safetensors(header, data));
  Outcome outcome = run({"eval", "--weights", model, "--data", file("text.txt", "abcdefghijklmnopqzzz"), "--tokenizer",
                         "bytes", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  nlohmann::json json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["tokens"], 19);
  EXPECT_NEAR(json["loss"], std::log(255 + std::exp(2.0)) - 2 * 3 / 19.0, 1e-5); // f32 sums
}

TEST_F(CommandsTest, generate_is_deterministic_by_seed) {
  ASSERT_EQ(run({"train", "--steps", "2", "--out", path("run")}).status, 0);
  auto text = [&](const std::string &seed, const std::string &threads) {
    Outcome outcome = run({"generate", "--weights", path("run"), "--prompt", "ab", "--max-tokens", "40",
                           "--temperature", "1", "--seed", seed, "--threads", threads});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.out, testing::StartsWith("ab"));
    return outcome.out;
  };
  EXPECT_EQ(text("1", "1"), text("1", "3"));
  EXPECT_NE(text("1", "1"), text("2", "1"));
}

TEST_F(CommandsTest, bench_measures_ceilings_and_entries) {
  Outcome outcome = run({"bench", "--json", "--repeats", "1", "--seconds", "0", "--threads", "1"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  for (const char *name : {"ceiling.fma.f32", "ceiling.fma.f64", "ceiling.read", "ceiling.copy", "ceiling.update", "init",
                           "forward", "loss", "grad", "update", "train_step"})
    EXPECT_THAT(outcome.out, HasSubstr("{\"name\":\"" + std::string(name) + "\""));
}

TEST_F(CommandsTest, bench_of_chosen_entries) {
  Outcome outcome = run({"bench", "--json", "--repeats", "1", "--seconds", "0", "--threads", "1", "--entry", "grad"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("{\"name\":\"grad\""));
  EXPECT_THAT(outcome.out, testing::Not(HasSubstr("{\"name\":\"update\"")));
  Outcome unknown = run({"bench", "--entry", "backward"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.err, HasSubstr("nothing to time by the name of 'backward'"));
}

TEST_F(CommandsTest, bench_profile_of_entries_without_regions_is_all_rest) {
  Outcome outcome =
      run({"bench", "--json", "--profile", "--repeats", "1", "--seconds", "0", "--threads", "1", "--entry", "loss"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  nlohmann::json last = nlohmann::json::parse(outcome.out.substr(outcome.out.rfind("{\"name\"")));
  EXPECT_EQ(last["class"], "rest");
  EXPECT_EQ(last["share"], 1.0);
}

TEST_F(CommandsTest, bench_profile_names_regions) {
  Outcome outcome =
      run({"bench", "--profile", "-v", "--repeats", "1", "--seconds", "0", "--threads", "2", "--entry", "update"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, testing::ContainsRegex("adamw 66048 +1 .* of (update|fma) .* busy  bigram.mlir:3:1"));
  EXPECT_EQ(run({"bench", "-v"}).status, 2) << "-v without --profile";
}

} // namespace tern::rt::test
