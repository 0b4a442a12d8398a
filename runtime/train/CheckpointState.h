// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text files of a checkpoint: state.json and history.csv. Only Checkpoint.cpp and its tests need this.

#ifndef TERN_RUNTIME_TRAIN_CHECKPOINTSTATE_H
#define TERN_RUNTIME_TRAIN_CHECKPOINTSTATE_H

#include "runtime/train/Checkpoint.h"

namespace tern::rt {

std::string stateJson(const CheckpointState &state);
std::string historyCsv(const CheckpointState &state);

/// Fill everything of `state` but the tokenizer; `path` is only for messages.
Status parseStateJson(const std::string &text, const std::string &path, CheckpointState &state);
Status parseHistoryCsv(const std::string &text, const std::string &path, CheckpointState &state);

} // namespace tern::rt

#endif // TERN_RUNTIME_TRAIN_CHECKPOINTSTATE_H
