// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kinds of batch sources, for the registry in BatchSource.cpp.

#ifndef TERN_RUNTIME_DATA_KINDS_H
#define TERN_RUNTIME_DATA_KINDS_H

#include "runtime/data/BatchSource.h"

namespace tern::rt {

Result<std::unique_ptr<BatchSource>> openText(const DataOptions &options, const Program &program,
                                              const tern_entry &entry, const Tokenizer &tokenizer);
Result<std::unique_ptr<BatchSource>> openRandom(const Program &program, const tern_entry &entry);
Result<std::unique_ptr<BatchSource>> openCsv(const DataOptions &options, const tern_entry &entry);

// Examples; see Example.h.
using OpenExamples = Result<std::unique_ptr<BatchSource>>(const DataOptions &options, const Program &program,
                                                          const tern_entry &entry, const Tokenizer &tokenizer);
OpenExamples openTranslations, openSimilar, openLabelled, openMasked, openDialogues;

// The (batch, sequence) of an entry's "tokens"; an error when they are not of rank 2 and type i32, or when "targets"
// differ.
struct TokenShape {
  int64_t batch;
  int64_t seq;
};
Result<TokenShape> tokenShape(const tern_entry &entry);
// The "tokens" or "targets" of an entry, refused when they do not have that shape.
Result<std::span<int32_t>> tokenInput(Session &session, const tern_entry &entry, std::string_view role,
                                      TokenShape shape);

} // namespace tern::rt

#endif // TERN_RUNTIME_DATA_KINDS_H
