// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A family of published models: what its config.json says, as the text of a model file.

#ifndef TERN_COMPILER_TOOLS_IMPORT_FAMILY_H
#define TERN_COMPILER_TOOLS_IMPORT_FAMILY_H

#include "compiler/tools/import/Checkpoint.h"
#include "compiler/tools/import/Config.h"

namespace tern {

/// What a family is told beside the configuration.
struct Origin {
  std::string name;                  // of the directory or the file, for the first line of the model
  std::string tokenizer;             // the file that is published with the weights
  std::optional<std::string> prefix; // "model." or none, as the names of the checkpoint have it; unknown without weights
  std::string folder;                // where else to look, empty where there is none
  const Checkpoint *checkpoint;      // null without weights
};

/// A tensor of checkpoints that is no parameter, by the end of its name.
struct LeftOutTensor {
  llvm::StringRef suffix, reason;
};

struct Family {
  llvm::StringRef name;
  llvm::ArrayRef<llvm::StringRef> types;         // what `model_type` says
  llvm::ArrayRef<llvm::StringRef> architectures; // what `architectures` may name
  std::string (*write)(Config &config, const Origin &origin);
  llvm::ArrayRef<LeftOutTensor> leftOut;
};

/// The family of a configuration, by `model_type`, or by `architectures` where that is missing.
llvm::Expected<const Family *> familyOf(Config &config);

/// The first of `architectures`, or nothing.
std::string architectureOf(Config &config);

std::string writeBert(Config &config, const Origin &origin);
std::string writeGpt2(Config &config, const Origin &origin);
std::string writeLlama(Config &config, const Origin &origin);
std::string writeT5(Config &config, const Origin &origin);

/// For families that read one text.
void refuseEncoderDecoder(Config &config);

/// The text with every $name replaced by its value.
std::string fillTemplate(llvm::StringRef text, llvm::ArrayRef<std::pair<llvm::StringRef, std::string>> values);

/// A number as model files write reals: with a point, in as few digits as read back to the same bits.
std::string realText(double value);
/// "  tern.hyper @name = value", a line.
std::string hyperLine(llvm::StringRef name, const llvm::Twine &value);

/// The op that an activation of a configuration is, "gelu %x tanh" for "gelu_new"; refuses others.
std::string activationText(Config &config, llvm::StringRef key, llvm::StringRef otherwise, llvm::StringRef operand);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_IMPORT_FAMILY_H
