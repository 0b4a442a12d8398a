// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exit status and message of command lines that are wrong, and of files that are.

#include "ProgramTest.h"

namespace tern::rt::test {

using testing::HasSubstr;

class UsageTest : public ProgramTest {
protected:
  void expectUsage(const Arguments &arguments, const std::string &message) {
    Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.status, 2) << message;
    EXPECT_THAT(outcome.err, HasSubstr(message));
    EXPECT_EQ(outcome.out, "");
  }

  void expectFailure(const Arguments &arguments, const std::string &message) {
    Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.status, 1) << message;
    EXPECT_THAT(outcome.err, HasSubstr("error: "));
    EXPECT_THAT(outcome.err, HasSubstr(message));
  }
};

TEST_F(UsageTest, wrong_command_lines) {
  expectUsage({}, "subcommand is required");
  expectUsage({"fly"}, "subcommand is required");
  expectUsage({"train", "--steps", "-1"}, "--steps: must be a number above 0, not '-1'");
  expectUsage({"train", "--steps", "many"}, "--steps: must be a number above 0, not 'many'");
  expectUsage({"train", "--lr", "nan"}, "--lr");
  expectUsage({"train", "--schedule", "square"}, "--schedule");
  expectUsage({"train", "--threads", "65"}, "--threads: must be a number from 1 to 64");
  expectUsage({"train", "--resume"}, "--resume requires --out");
  expectUsage({"train", "--resume", "--out", "x", "--weights", "y"}, "--weights excludes --resume");
  expectUsage({"train", "--frobnicate"}, "--frobnicate");
  expectUsage({"generate", "--prompt", "x"}, "--weights is required");
  expectUsage({"generate", "--weights", "x", "--prompt", "x", "--top-p", "1.5"}, "--top-p");
}

TEST_F(UsageTest, help_is_no_error) {
  Outcome outcome = run({"train", "--help"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("--weight-decay"));
}

TEST_F(UsageTest, files_that_are_not_there) {
  expectFailure({"generate", "--weights", path("none"), "--prompt", "x"}, "none");
  expectFailure({"train", "--data", path("none.txt"), "--steps", "1"}, "none.txt");
  expectFailure({"train", "--resume", "--out", path("none")}, "no checkpoint in");
  expectFailure({"grad", "--input", path("none.json")}, "none.json");
}

TEST_F(UsageTest, fixed_batches_that_do_not_fit) {
  std::string good = R"("targets": [[0,0,0,0,0,0,0,0],[0,0,0,0,0,0,0,0],[0,0,0,0,0,0,0,0],[0,0,0,0,0,0,0,0]])";
  auto input = [&](const std::string &tokens) {
    return file("batch.json", "{\"tokens\": " + tokens + ", " + good + "}");
  };
  std::string row = "[0,0,0,0,0,0,0,0]", rows = row + "," + row + "," + row;
  expectFailure({"grad", "--input", input("[" + row + "]")}, "\"tokens\" has shape (1, 8), the program takes (4, 8)");
  expectFailure({"grad", "--input", input("[[0,0,0,0,0,0,0,256]," + rows + "]")}, "256, which is no token id");
  expectFailure({"grad", "--input", input("[[0,0,0,0,0,0,0,-1]," + rows + "]")}, "-1, which is no token id");
  expectFailure({"grad", "--input", input("[[0,0,0,0,0,0,0,0.5]," + rows + "]")}, "whole numbers");
  expectFailure({"grad", "--input", input("[[0,0]," + rows + "]")}, "even nesting");
  expectFailure({"grad", "--input", input("\"text\"")}, "even nesting");
  expectFailure({"grad", "--input", file("list.json", "[1]")}, "not a JSON object");
  expectFailure({"grad", "--input", file("part.json", "{" + good + "}")}, "no tensor \"tokens\"; it has: targets");
  expectFailure({"grad"}, "input \"tokens\" is missing");
  expectFailure({"grad", "--set", "tokens"}, "not NAME=VALUE");
  expectFailure({"grad", "--set", "tokens=x"}, "'x' is not a number");
  expectFailure({"grad", "--set", "nothing=1"}, "no parameter and no input of this name");
}

} // namespace tern::rt::test
