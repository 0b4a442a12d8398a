// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parameters that a program keeps in a form of its own: written through the entry that packs a layer, parts together.

#include "../FakeParts.h"
#include "../Support.h"
#include "runtime/io/Weights.h"

#include <numeric>

namespace tern::rt::test {

namespace {

// Two layers of "h.{i}.q" (2, 3) and "h.{i}.k" (1, 3), packed together: backwards and negated. Beside them a plain "bias" (2).
constexpr int64_t layers = 2, layerElements = 9;
constexpr uint64_t valueAt = 0, layerAt = 64, packedAt = 128, biasAt = 256, arenaBytes = 320;

int32_t packLayer(tern_ctx *context, uint32_t thread, uint32_t threads) {
  Worker worker{context, thread, threads};
  int64_t layer = *worker.at<int64_t>(layerAt);
  worker.forall(layerElements, [&](int64_t index) {
    worker.at<float>(packedAt)[(layer + 1) * layerElements - 1 - index] = -worker.at<float>(valueAt)[index];
  });
  return 0;
}

constexpr tern_tensor loadInputs[] = {tensor("layer", TERN_I64, layerAt, {}), tensor("value", TERN_F32, valueAt, {layerElements})};
constexpr tern_entry entries[] = {{"load.h.{i}.q|h.{i}.k", packLayer, loadInputs, nullptr, 2, 0, 0, 0, nullptr, 0, 0}};

constexpr tern_param packed(const char *name, int64_t rows, uint64_t offset) {
  tern_param result = param(name, {rows, 3}, layers, offset, TERN_NONE, TERN_NONE, TERN_NONE);
  result.layer_stride = 0;
  result.load = 1;
  return result;
}
constexpr tern_param params[] = {packed("h.{i}.q", 2, valueAt), packed("h.{i}.k", 1, valueAt + 24),
                                 param("bias", {2}, 0, biasAt, TERN_NONE, TERN_NONE, TERN_NONE)};

tern_manifest packedProgram() {
  tern_manifest result = manifestHead("packed", "none");
  result.optimizer = "";
  result.params = params;
  result.param_count = 3;
  result.entries = entries;
  result.entry_count = 1;
  result.memory.parameters = 192;
  result.memory.io = 128;
  result.memory.arena = arenaBytes;
  return result;
}

class PackedParameters : public FileTest {
protected:
  PackedParameters() : manifest(packedProgram()), session(Session::create(manifest, 2).take()) {}

  std::vector<float> inMemory() {
    std::span<uint8_t> bytes = session->bytes(packedAt, layers * layerElements * sizeof(float));
    auto *first = reinterpret_cast<const float *>(bytes.data());
    return {first, first + layers * layerElements};
  }

  std::vector<const Parameter *> named(std::initializer_list<const char *> names) {
    std::vector<const Parameter *> found;
    for (const char *name : names)
      found.push_back(session->program().findParameter(name));
    return found;
  }

  tern_manifest manifest;
  std::unique_ptr<Session> session;
};

} // namespace

TEST_F(PackedParameters, a_file_is_packed_layer_by_layer) {
  SafeTensorsWriter writer;
  std::vector<float> numbers(20);
  std::iota(numbers.begin(), numbers.end(), 1.0f);
  auto *bytes = reinterpret_cast<const uint8_t *>(numbers.data());
  auto add = [&](const char *name, std::vector<int64_t> shape, size_t first, size_t count) {
    ASSERT_SUCCESS(writer.add(name, TERN_F32, shape, {bytes + 4 * first, 4 * count}));
  };
  add("h.0.q", {2, 3}, 0, 6);
  add("h.0.k", {1, 3}, 6, 3);
  add("h.1.q", {2, 3}, 9, 6);
  add("h.1.k", {1, 3}, 15, 3);
  add("bias", {2}, 18, 2);
  ASSERT_SUCCESS(writer.write(path("w.safetensors")));
  ASSERT_SUCCESS(loadTensors(path("w.safetensors"), Section::Values, *session));
  std::vector<float> expected;
  for (int64_t layer = 0; layer < layers; ++layer)
    for (int64_t index = layerElements; index > 0; --index)
      expected.push_back(-static_cast<float>(layer * layerElements + index));
  EXPECT_EQ(inMemory(), expected);
  EXPECT_EQ(reinterpret_cast<const float *>(session->value(*named({"bias"})[0]).data())[1], 20.0f);
}

TEST_F(PackedParameters, parts_are_set_together) {
  auto fill = [](const Parameter &, std::span<uint8_t> value) { std::ranges::fill(value, uint8_t(0)); };
  EXPECT_FAILURE(session->writeValues(named({"h.1.k"}), fill), "'h.1.k' is packed together with 'h.1.q'", "--layouts=none");
  ASSERT_SUCCESS(session->writeValues(named({"h.1.k", "h.1.q"}), fill));
}

TEST_F(PackedParameters, are_not_saved) {
  EXPECT_FAILURE(saveTensors(path("s.safetensors"), Section::Values, *session), "has packed 'h.0.q'", "--layouts=none");
}

TEST_F(PackedParameters, must_fit_the_entry_that_packs_them) {
  tern_param damaged[] = {params[0], params[1], params[2]};
  manifest.params = damaged;
  damaged[1].load = 2;
  EXPECT_FAILURE(Program::create(manifest), "'h.{i}.k' has no entry that loads it");
  damaged[1] = params[1];
  damaged[1].offset = valueAt + 28;
  EXPECT_FAILURE(Program::create(manifest), "'h.{i}.k' does not fit the entry that loads it");
  damaged[1] = params[1];
  damaged[1].layer_stride = 12;
  EXPECT_FAILURE(Program::create(manifest), "'h.{i}.k' does not fit the entry that loads it");
}

} // namespace tern::rt::test
