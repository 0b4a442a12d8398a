// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program that only has inputs, for tests of data made of examples: what lands where.

#ifndef TERN_TEST_RUNTIME_DATA_EXAMPLETEST_H
#define TERN_TEST_RUNTIME_DATA_EXAMPLETEST_H

#include "../FakeParts.h"
#include "../Support.h"
#include "runtime/data/BatchSource.h"

namespace tern::rt::test {

constexpr int32_t pad = 256, begin = 257, end = 258, mask = 259;

inline int32_t doNothing(tern_ctx *, uint32_t, uint32_t) { return 0; }

// A program with one entry, "loss", that reads inputs of batch 2.
class ExampleData : public FileTest {
protected:
  ExampleData() : tokenizer(makeTokenizer("bytes").take()) {}

  void setInputs(const std::vector<tern_tensor> &list, const char *objective = "seq2seq", int64_t vocabulary = 260) {
    tensors = list;
    uint64_t at = 0;
    for (tern_tensor &tensor : tensors) {
      tensor.offset = at;
      at += (tensor.bytes + 63) / 64 * 64;
    }
    entry = {"loss", doNothing, tensors.data(), nullptr, static_cast<uint32_t>(tensors.size()), 0, 0, 0, nullptr, 0, 0};
    manifest = manifestHead("examples", objective);
    manifest.optimizer = "";
    manifest.entries = &entry;
    manifest.entry_count = 1;
    manifest.vocab = vocabulary;
    manifest.batch = 2;
    manifest.memory = {.parameters = 0,
                       .gradients = 0,
                       .optimizer = 0,
                       .activations = 0,
                       .workspace = 0,
                       .cache = 0,
                       .io = at,
                       .scratch_per_thread = 0,
                       .arena = at};
    session = Session::create(manifest, 1).take();
  }

  Result<std::unique_ptr<BatchSource>> open(const DataOptions &options) {
    return openData(options, session->program(), entry, tokenizer.get());
  }

  std::vector<int32_t> ids(std::string_view role) {
    std::span<int32_t> values = *session->input<int32_t>(entry, role);
    return {values.begin(), values.end()};
  }

  std::vector<tern_tensor> tensors;
  tern_entry entry{};
  tern_manifest manifest{};
  std::unique_ptr<Session> session;
  std::unique_ptr<Tokenizer> tokenizer;
};

} // namespace tern::rt::test

#endif // TERN_TEST_RUNTIME_DATA_EXAMPLETEST_H
