// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of saving is what makes it safe: a complete, synced folder under its final name first, then the link, then
// the removal of what nothing points to any more.

#include "runtime/train/Checkpoint.h"

#include "runtime/core/Files.h"
#include "runtime/io/Weights.h"
#include "runtime/train/CheckpointState.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace tern::rt {

namespace fs = std::filesystem;

static constexpr const char *kLatest = "latest";
static constexpr const char *kPrefix = "checkpoint-";

/// A name no folder has: a resumed run may save the step that it started from again.
static std::string freshName(const std::string &directory, int64_t step) {
  char digits[32];
  std::snprintf(digits, sizeof(digits), "%s%06lld", kPrefix, static_cast<long long>(step));
  std::string name = digits;
  for (int copy = 1; fileExists(directory + "/" + name); ++copy)
    name = std::string(digits) + "-" + std::to_string(copy);
  return name;
}

static void syncDirectory(const std::string &directory) {
  int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return;
  (void)fsync(descriptor); // the checkpoint itself is durable; an unsynced link can only point to the previous one
  close(descriptor);
}

/// DIR/model.safetensors is the latest model for whoever expects it there. A folder works without it.
static void linkModel(const std::string &directory) {
  (void)!symlink((std::string(kLatest) + "/model.safetensors").c_str(), (directory + "/model.safetensors").c_str());
}

/// Replaces DIR/latest in one step: a new link under another name, renamed over the old one.
static Status pointLatestTo(const std::string &directory, const std::string &name) {
  std::string link = directory + "/" + kLatest, fresh = link + ".new";
  (void)unlink(fresh.c_str()); // left behind by a killed process
  if (symlink(name.c_str(), fresh.c_str()) != 0 || rename(fresh.c_str(), link.c_str()) != 0)
    return error("cannot write '", link, "': ", std::strerror(errno));
  syncDirectory(directory);
  return success();
}

/// Removes complete and unfinished checkpoints that are not `kept`.
static Status removeOthers(const std::string &directory, const std::string &kept) {
  std::error_code code;
  std::vector<fs::path> others;
  for (fs::directory_iterator it(directory, code), end; !code && it != end; it.increment(code)) {
    std::string name = it->path().filename().string();
    if (name.starts_with(kPrefix) && name != kept)
      others.push_back(it->path());
  }
  for (const fs::path &path : others)
    if (!code)
      fs::remove_all(path, code);
  if (code)
    return error("cannot remove old checkpoints in '", directory, "': ", code.message());
  return success();
}

static Status writeCheckpoint(const std::string &folder, const CheckpointState &state, Session &session,
                              const CheckpointObserver &observe) {
  TERN_TRY(observe("begin"));
  TERN_TRY(saveTensors(folder + "/model.safetensors", Section::Values, session));
  TERN_TRY(observe("model"));
  if (session.manifest().state_count > 0)
    TERN_TRY(saveTensors(folder + "/optimizer.safetensors", Section::States, session));
  if (averageState(session.manifest()))
    TERN_TRY(saveTensors(folder + "/ema.safetensors", Section::Averages, session));
  TERN_TRY(observe("optimizer"));
  if (!state.tokenizer.empty())
    TERN_TRY(writeFile(folder + "/tokenizer.json", state.tokenizer));
  TERN_TRY(writeFile(folder + "/history.csv", historyCsv(state)));
  TERN_TRY(writeFile(folder + "/state.json", stateJson(state)));
  return observe("state");
}

Result<std::string> saveCheckpoint(const std::string &directory, const CheckpointState &state, Session &session,
                                   const CheckpointObserver &observer) {
  auto observe = [&](std::string_view step) { return observer ? observer(step) : success(); };
  TERN_TRY(makeDirectories(directory));
  std::string name = freshName(directory, state.step), path = directory + "/" + name;
  TERN_TRY(replaceDirectory(
      path, [&](const std::string &temporary) { return writeCheckpoint(temporary, state, session, observe); }));
  TERN_TRY(observe("renamed"));
  TERN_TRY(pointLatestTo(directory, name));
  TERN_TRY(observe("linked"));
  linkModel(directory);
  TERN_TRY(removeOthers(directory, name));
  TERN_TRY(observe("removed"));
  return path;
}

Result<std::string> latestCheckpoint(const std::string &directory) {
  std::error_code code;
  fs::path target = fs::read_symlink(fs::path(directory) / kLatest, code);
  if (code || !fileExists(directory + "/" + kLatest + "/state.json"))
    return error("no checkpoint in '", directory,
                 "'; start without --resume, or name the folder of a saved run with --out");
  return directory + "/" + target.filename().string();
}

Result<CheckpointState> readCheckpoint(const std::string &checkpoint) {
  CheckpointState state;
  std::string statePath = checkpoint + "/state.json", historyPath = checkpoint + "/history.csv";
  TERN_ASSIGN(std::string stateText, readFile(statePath));
  TERN_TRY(parseStateJson(stateText, statePath, state));
  TERN_ASSIGN(std::string historyText, readFile(historyPath));
  TERN_TRY(parseHistoryCsv(historyText, historyPath, state));
  if (fileExists(checkpoint + "/tokenizer.json")) {
    TERN_ASSIGN(state.tokenizer, readFile(checkpoint + "/tokenizer.json"));
  }
  return state;
}

Status loadCheckpoint(const std::string &checkpoint, Session &session) {
  TERN_TRY(loadTensors(checkpoint + "/model.safetensors", Section::Values, session));
  if (session.manifest().state_count == 0)
    return success();
  return loadTensors(checkpoint + "/optimizer.safetensors", Section::States, session);
}

std::vector<std::string> checkpointDifferences(const CheckpointState &current, const CheckpointState &stored) {
  std::vector<std::string> differences;
  auto compare = [&](const char *what, const std::string &now, const std::string &then) {
    if (now != then)
      differences.push_back(std::string(what) + " is '" + now + "', the checkpoint has '" + then + "'");
  };
  compare("the program's hash", current.sourceHash, stored.sourceHash);
  compare("the instruction set", current.isa, stored.isa);
  compare("the compiler", current.compiler, stored.compiler);
  compare("the data's fingerprint", current.data, stored.data);
  if (current.tokenizer != stored.tokenizer)
    differences.push_back("the tokenizer differs from the checkpoint's");
  return differences;
}

std::string resolveWeights(const std::string &path) {
  Result<std::string> latest = latestCheckpoint(path);
  return latest.ok() ? *latest : path;
}

} // namespace tern::rt
