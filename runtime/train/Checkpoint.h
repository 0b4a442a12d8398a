// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checkpoints of a run. DIR/checkpoint-STEP/ holds model.safetensors, optimizer.safetensors, ema.safetensors (of a program
// that averages weights), tokenizer.json, history.csv and state.json; DIR/latest is a symbolic link to the newest complete
// one, DIR/model.safetensors to its model. A process killed at any moment leaves `latest` pointing to a complete checkpoint:
// the previous one or the new one.

#ifndef TERN_RUNTIME_TRAIN_CHECKPOINT_H
#define TERN_RUNTIME_TRAIN_CHECKPOINT_H

#include "runtime/core/Session.h"
#include "runtime/train/Plot.h"
#include "runtime/train/Settings.h"

#include <functional>
#include <string_view>

namespace tern::rt {

/// What a run needs beside its tensors to continue with the same bits.
struct CheckpointState {
  int64_t step = 0;
  TrainSettings settings;
  std::string model, sourceHash, isa, compiler;
  std::string data;      // fingerprint
  std::string tokenizer; // Tokenizer::description(), or empty
  std::vector<std::string> classes; // their names, in the order of their numbers; empty without classes
  std::vector<PlotPoint> losses, validationLosses;
};

/// Called after each step of saving with its name; a failure ends the save there. Tests stop the process in it.
using CheckpointObserver = std::function<Status(std::string_view step)>;

/// Writes a checkpoint, makes it the latest, and removes the older ones. Returns its folder.
Result<std::string> saveCheckpoint(const std::string &directory, const CheckpointState &state, Session &session,
                                   const CheckpointObserver &observer = {});

/// The folder that DIR/latest points to; an error when there is none.
Result<std::string> latestCheckpoint(const std::string &directory);

/// Reads everything but the tensors.
Result<CheckpointState> readCheckpoint(const std::string &checkpoint);

/// Reads parameters and optimizer state into the session, exactly.
Status loadCheckpoint(const std::string &checkpoint, Session &session);

/// Why `stored` cannot be continued exactly by this program, data and tokenizer; empty when it can. Settings are
/// compared by adoptSettings.
std::vector<std::string> checkpointDifferences(const CheckpointState &current, const CheckpointState &stored);

/// Where the weights of a --weights argument are: a file or a published folder as it is, a training folder by its
/// `latest`.
std::string resolveWeights(const std::string &path);

} // namespace tern::rt

#endif // TERN_RUNTIME_TRAIN_CHECKPOINT_H
