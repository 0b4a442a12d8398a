// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whole runs: the same bits however a run is threaded, interrupted, killed and resumed.

#include "ProgramTest.h"
#include "runtime/cli/Setup.h"
#include "runtime/core/Files.h"

#include <csignal>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace tern::rt::test {

using testing::HasSubstr;

class TrainTest : public ProgramTest {
protected:
  static Arguments with(Arguments arguments, const Arguments &more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  Arguments trainArguments(const std::string &out, const std::string &steps = "60",
                           const std::string &threads = "1") const {
    return {"train", "--steps", steps,         "--lr", "0.02",      "--accumulate", "2",
            "--out", path(out), "--val-every", "20",   "--threads", threads};
  }

  std::string bits(const std::string &out) const {
    return contentOf(path(out + "/latest/model.safetensors")) + contentOf(path(out + "/latest/optimizer.safetensors"));
  }

  std::vector<double> losses(const std::string &lines) const {
    std::vector<double> values;
    std::istringstream stream(lines);
    for (std::string line; std::getline(stream, line);)
      if (nlohmann::json json = nlohmann::json::parse(line); json.contains("loss"))
        values.push_back(json["loss"]);
    return values;
  }

  // Waits until the started process has printed `text`.
  void waitFor(const std::string &text) const {
    for (int i = 0; i < 2000 && output().find(text) == std::string::npos; ++i)
      usleep(5000);
    ASSERT_THAT(output(), HasSubstr(text));
  }
};

TEST_F(TrainTest, threads_do_not_change_a_bit) {
  Outcome one = run(with(trainArguments("one"), {"--json"}));
  Outcome three = run(with(trainArguments("three", "60", "3"), {"--json"}));
  ASSERT_EQ(one.status, 0) << one.err;
  EXPECT_EQ(losses(one.out).size(), 60u);
  EXPECT_EQ(losses(one.out), losses(three.out));
  EXPECT_EQ(bits("one"), bits("three"));
}

TEST_F(TrainTest, json_lines_have_the_promised_fields) {
  Outcome outcome = run({"train", "--steps", "2", "--json"});
  nlohmann::json first = nlohmann::json::parse(outcome.out.substr(0, outcome.out.find('\n')));
  for (const char *field : {"step", "loss", "lr", "grad_norm", "tokens", "tokens_per_s", "peak_rss_bytes"})
    EXPECT_TRUE(first[field].is_number()) << field;
  EXPECT_THAT(outcome.out, HasSubstr("{\"step\":2,\"val_loss\":"));
}

TEST_F(TrainTest, an_interrupted_run_saves_and_continues_with_the_same_bits) {
  ASSERT_EQ(run(trainArguments("whole", "800")).status, 0);
  pid_t process = start(bigramProgram(), with(trainArguments("parts", "800"), {"--json"}));
  waitFor("\"step\":5,");
  kill(process, SIGINT);
  Outcome outcome = wait(process);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("\"checkpoint\""));
  ASSERT_EQ(run({"train", "--resume", "--out", path("parts")}).status, 0);
  EXPECT_EQ(bits("parts"), bits("whole"));
}

TEST_F(TrainTest, a_killed_run_continues_with_the_same_bits) {
  ASSERT_EQ(run(trainArguments("whole", "40")).status, 0);
  Arguments arguments = with(trainArguments("parts", "40"), {"--save-every", "1", "--json"});
  Arguments resume{"train", "--resume", "--save-every", "1", "--json", "--out", path("parts")};
  int status = -SIGKILL;
  for (int round = 0; round < 4 && status == -SIGKILL; ++round) {
    pid_t process = start(bigramProgram(), round == 0 ? arguments : resume);
    waitFor("\"checkpoint\"");
    usleep(static_cast<useconds_t>(3000 + 1700 * round)); // somewhere in a later save
    kill(process, SIGKILL);
    status = wait(process).status; // 0 where a busy machine let the run end first
  }
  Outcome outcome = run(resume);
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(bits("parts"), bits("whole"));
}

TEST_F(TrainTest, the_second_interrupt_ends_the_process) {
  auto twice = [] {
    watchInterrupts();
    std::raise(SIGINT);
    if (!interrupted())
      _exit(1);
    std::raise(SIGINT);
  };
  EXPECT_EXIT(twice(), testing::KilledBySignal(SIGINT), "");
}

TEST_F(TrainTest, resume_refuses_what_would_change_the_numbers) {
  ASSERT_EQ(run(trainArguments("run", "4")).status, 0);
  Arguments resume{"train", "--resume", "--out", path("run")};
  Outcome outcome = run(with(resume, {"--lr", "0.5", "--data", file("other.txt", std::string(4000, 'a'))}));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("--lr is 0.5, the checkpoint has 0.02"));
  EXPECT_THAT(outcome.err, HasSubstr("the data's fingerprint"));
  EXPECT_EQ(run(with(resume, {"--steps", "8", "--allow-inexact-resume"})).status, 0);
  EXPECT_EQ(contentOf(path("run/latest/state.json")).substr(0, 24), "{\"version\":3,\"step\":8,\"m");
}

TEST_F(TrainTest, packed_data_are_resumed_with_the_same_bits) {
  std::string lines;
  for (int number = 0; number < 300; ++number)
    lines += "{\"text\": \"" + std::to_string(number) + "\"}\n";
  std::string data =
      file("numbers.jsonl", lines); // with few characters, the end token lies within the 256 of the program
  std::string tokenizer = file("tokenizer.json", R"({"format":"tern-tokenizer","version":1,"kind":"chars",)"
                                                 R"("characters":["0","1","2","3","4","5","6","7","8","9"]})");
  Arguments more{"--data", data, "--tokenizer", tokenizer, "--pack"};
  Outcome whole = run(with(trainArguments("whole", "40"), more));
  ASSERT_EQ(whole.status, 0) << whole.err;
  EXPECT_THAT(whole.out, HasSubstr("packed: "));
  ASSERT_EQ(run(with(trainArguments("parts", "40", "3"), with(more, {"--seconds", "1e-6"}))).status, 0); // one step
  Arguments resume{"train", "--resume", "--out", path("parts"), "--data", data, "--tokenizer", tokenizer};
  Outcome unpacked = run(resume);
  EXPECT_EQ(unpacked.status, 1);
  EXPECT_THAT(unpacked.err, HasSubstr(", packed'"));
  ASSERT_EQ(run(with(resume, {"--pack"})).status, 0);
  EXPECT_EQ(bits("parts"), bits("whole"));
}

TEST_F(TrainTest, resume_of_a_complete_run_does_nothing) {
  ASSERT_EQ(run(trainArguments("run", "4")).status, 0);
  std::string before = bits("run");
  Outcome outcome = run({"train", "--resume", "--out", path("run")});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("the run is complete"));
  EXPECT_EQ(bits("run"), before);
}

TEST_F(TrainTest, a_new_run_never_deletes_an_old_one) {
  ASSERT_EQ(run(trainArguments("run", "4")).status, 0);
  Outcome outcome = run(trainArguments("run", "4"));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("holds the checkpoint of a run"));
}

TEST_F(TrainTest, a_diverging_run_names_the_step_and_keeps_its_checkpoint) {
  ASSERT_EQ(run(trainArguments("run", "4")).status, 0);
  Outcome outcome = run({"train", "--weights", path("run"), "--steps", "9", "--lr", "1e30", "--clip", "0"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("the loss of step 2 is"));
}

TEST_F(TrainTest, a_fixed_batch_is_repeated) {
  std::string batch = file("batch.json", R"({"features": [[1,2],[3,4],[1,1],[0,0]], "labels": [[1],[2],[3],[4]]})");
  Outcome outcome = run(regressionProgram(), {"train", "--input", batch, "--steps", "50", "--lr", "0.05", "--json",
                                              "--schedule", "constant"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  std::vector<double> values = losses(outcome.out);
  ASSERT_EQ(values.size(), 50u);
  for (size_t i = 1; i < values.size(); ++i)
    EXPECT_LE(values[i], values[i - 1]);
}

TEST_F(TrainTest, draws_its_curve) {
  ASSERT_EQ(run(with(trainArguments("run"), {"--plot", path("curve.svg")})).status, 0);
  EXPECT_THAT(contentOf(path("curve.svg")), HasSubstr("validation"));
}

TEST_F(TrainTest, a_time_limit_without_steps_chooses_the_steps) {
  Outcome outcome = run({"train", "--seconds", "0.3", "--out", path("run")});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("saved to"));
}

} // namespace tern::rt::test
