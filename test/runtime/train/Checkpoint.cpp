// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A process that dies at any point of saving leaves a complete checkpoint, the previous or the new one.

#include "runtime/train/Checkpoint.h"

#include "../FakeProgram.h"
#include "../Support.h"
#include "runtime/core/Files.h"

#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

namespace tern::rt::test {

class CheckpointTest : public FileTest {
protected:
  CheckpointTest() : session(Session::create(bigramProgram(), 1).take()) {}

  // All parameters and states hold `value`; so do the fields of the state.
  CheckpointState stateOf(int64_t value) {
    for (const Parameter &parameter : session->program().parameters()) {
      std::ranges::fill(as<float>(session->value(parameter)), static_cast<float>(value));
      std::ranges::fill(as<float>(session->state(parameter, 0)), static_cast<float>(-value));
      std::ranges::fill(as<float>(session->state(parameter, 1)), static_cast<float>(2 * value));
    }
    CheckpointState state;
    state.step = value;
    state.settings.learningRate = 0.1 * static_cast<double>(value);
    state.settings.schedule = "constant";
    state.model = "bigram";
    state.data = "fingerprint";
    state.tokenizer = "{\"kind\":\"bytes\"}";
    state.classes = {"no", "it \"is\", \xc3\xa4"};
    state.losses = {{1, 1.0 / 3}, {2, 0.1}};
    state.validationLosses = {{2, 1e-300}};
    return state;
  }

  void save(int64_t value) { ASSERT_SUCCESS(saveCheckpoint(directory, stateOf(value), *session)); }

  // The latest checkpoint is complete and is that of `value`.
  void expectLatest(int64_t value) {
    Result<std::string> latest = latestCheckpoint(directory);
    ASSERT_SUCCESS(latest);
    Result<CheckpointState> state = readCheckpoint(*latest);
    ASSERT_SUCCESS(state);
    EXPECT_EQ(state->step, value);
    auto other = Session::create(bigramProgram(), 1).take();
    ASSERT_SUCCESS(loadCheckpoint(*latest, *other));
    for (const Parameter &parameter : other->program().parameters()) {
      EXPECT_THAT(as<float>(other->value(parameter)), testing::Each(static_cast<float>(value)));
      EXPECT_THAT(as<float>(other->state(parameter, 0)), testing::Each(static_cast<float>(-value)));
      EXPECT_THAT(as<float>(other->state(parameter, 1)), testing::Each(static_cast<float>(2 * value)));
    }
  }

  // Saves `value` in a process that ends, without any cleaning up, when saving comes to `point`.
  void saveAndDie(int64_t value, std::string_view point) {
    CheckpointState state = stateOf(value);
    pid_t child = fork();
    if (child == 0) {
      auto die = [&](std::string_view reached) -> Status {
        if (reached == point)
          _exit(9);
        return success();
      };
      (void)saveCheckpoint(directory, state, *session, die);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_EQ(WEXITSTATUS(status), 9) << "saving never came to " << point;
  }

  std::vector<std::string> folders() const {
    std::vector<std::string> names;
    for (const auto &entry : std::filesystem::directory_iterator(directory))
      if (entry.path().filename().string().starts_with("checkpoint-"))
        names.push_back(entry.path().filename());
    return names;
  }

  std::unique_ptr<Session> session;
};

TEST_F(CheckpointTest, everything_is_read_back) {
  save(12);
  expectLatest(12);
  CheckpointState state = readCheckpoint(*latestCheckpoint(directory)).take(), written = stateOf(12);
  EXPECT_EQ(state.settings.learningRate, written.settings.learningRate);
  EXPECT_EQ(state.settings.schedule, "constant");
  EXPECT_EQ(state.tokenizer, written.tokenizer);
  EXPECT_EQ(state.data, "fingerprint");
  EXPECT_EQ(state.classes, written.classes);
  ASSERT_EQ(state.losses.size(), 2u);
  EXPECT_EQ(state.losses[0].value, 1.0 / 3);
  ASSERT_EQ(state.validationLosses.size(), 1u);
  EXPECT_EQ(state.validationLosses[0].value, 1e-300);
}

TEST_F(CheckpointTest, older_checkpoints_go) {
  save(1);
  save(2);
  EXPECT_THAT(folders(), testing::ElementsAre("checkpoint-000002"));
}

TEST_F(CheckpointTest, the_same_step_may_be_saved_again) {
  save(1);
  save(1);
  expectLatest(1);
  EXPECT_THAT(folders(), testing::ElementsAre("checkpoint-000001-1"));
}

TEST_F(CheckpointTest, a_first_save_that_dies_leaves_no_checkpoint) {
  for (const char *point : {"begin", "model", "optimizer", "state", "renamed"}) {
    saveAndDie(1, point);
    EXPECT_FAILURE(latestCheckpoint(directory), "no checkpoint");
  }
  save(2);
  expectLatest(2);
}

TEST_F(CheckpointTest, dying_before_the_link_keeps_the_previous) {
  for (const char *point : {"begin", "model", "optimizer", "state", "renamed"}) {
    SCOPED_TRACE(point);
    save(1);
    saveAndDie(2, point);
    expectLatest(1);
    save(3); // clears what was left behind
    expectLatest(3);
    EXPECT_THAT(folders(), testing::SizeIs(1));
  }
}

TEST_F(CheckpointTest, dying_after_the_link_keeps_the_new) {
  for (const char *point : {"linked", "removed"}) {
    SCOPED_TRACE(point);
    save(1);
    saveAndDie(2, point);
    expectLatest(2);
    save(3);
    expectLatest(3);
    EXPECT_THAT(folders(), testing::SizeIs(1));
  }
}

TEST_F(CheckpointTest, a_failed_save_keeps_the_previous) {
  save(1);
  CheckpointState state = stateOf(2);
  auto fail = [](std::string_view point) { return point == "optimizer" ? Status(error("disk full")) : success(); };
  EXPECT_FAILURE(saveCheckpoint(directory, state, *session, fail), "disk full");
  expectLatest(1);
  EXPECT_THAT(folders(), testing::SizeIs(1));
}

TEST_F(CheckpointTest, differences_are_named) {
  CheckpointState stored = stateOf(1), current = stored;
  EXPECT_THAT(checkpointDifferences(current, stored), testing::IsEmpty());
  current.sourceHash = "other";
  current.data = "new";
  EXPECT_THAT(checkpointDifferences(current, stored),
              testing::ElementsAre(testing::HasSubstr("program's hash is 'other'"), testing::HasSubstr("data's")));
}

TEST_F(CheckpointTest, damaged_state_is_refused) {
  const std::pair<const char *, const char *> cases[] = {
      {"", "not a JSON object"},
      {"[]", "not a JSON object"},
      {"{\"version\":1,\"step\":", "not a JSON object"},
      {"{\"version\":1}", "version 1"},
      {"{\"version\":3}", "\"step\" is missing"},
      {"{\"version\":3,\"step\":\"one\"}", "\"step\" is missing or of the wrong type"},
  };
  save(1);
  std::string checkpoint = *latestCheckpoint(directory);
  for (auto [text, message] : cases) {
    ASSERT_SUCCESS(writeFile(checkpoint + "/state.json", text));
    EXPECT_FAILURE(readCheckpoint(checkpoint), "state.json", message);
  }
}

TEST_F(CheckpointTest, classes_that_are_no_texts_are_refused) {
  save(1);
  std::string path = *latestCheckpoint(directory) + "/state.json", text = contentOf(path);
  size_t at = text.find("\"classes\":["), end = text.find(']', at);
  for (const char *classes : {"\"classes\":[1", "\"classes\":[[]", "\"claßes\":["}) {
    ASSERT_SUCCESS(writeFile(path, text.substr(0, at) + classes + text.substr(end)));
    EXPECT_FAILURE(readCheckpoint(*latestCheckpoint(directory)), "\"classes\" is missing or of the wrong type");
  }
}

TEST_F(CheckpointTest, damaged_history_is_refused) {
  save(1);
  std::string checkpoint = *latestCheckpoint(directory);
  for (const char *line : {"train,1", "train,x,2", "train,1,2x", "other,1,2", ","}) {
    ASSERT_SUCCESS(writeFile(checkpoint + "/history.csv", std::string("kind,step,loss\n") + line + "\n"));
    EXPECT_FAILURE(readCheckpoint(checkpoint), "history.csv", "line 2");
  }
}

TEST_F(CheckpointTest, weights_are_found_in_a_training_folder) {
  save(1);
  EXPECT_EQ(resolveWeights(directory), directory + "/checkpoint-000001");
  EXPECT_EQ(resolveWeights(path("model.safetensors")), path("model.safetensors"));
  EXPECT_EQ(contentOf(path("model.safetensors")), contentOf(path("checkpoint-000001/model.safetensors")));
}

} // namespace tern::rt::test
