// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TensorSource: checkpoints of several files, and every way an index can lie.

#include "runtime/io/TensorSource.h"

#include "../FakeProgram.h"
#include "../Support.h"
#include "runtime/io/Weights.h"

#include <cstring>

namespace tern::rt::test {

namespace {

class TensorSourceFolder : public FileTest {
protected:
  void shard(const char *name, std::initializer_list<std::pair<const char *, float>> scalars) const {
    SafeTensorsWriter writer;
    for (const auto &[tensor, value] : scalars)
      EXPECT_TRUE(writer.add(tensor, TERN_F32, std::vector<int64_t>{1}, {reinterpret_cast<const uint8_t *>(&value), 4}).ok());
    EXPECT_TRUE(writer.write(path(name)).ok());
  }
  Result<TensorSource> indexed(std::string_view map) const {
    file("model.safetensors.index.json", R"({"weight_map":)" + std::string(map) + "}");
    return TensorSource::open(directory);
  }
};

TEST_F(TensorSourceFolder, reads_all_files_of_an_index) {
  shard("a.safetensors", {{"one", 1.0f}, {"two", 2.0f}});
  shard("b.safetensors", {{"three", 3.0f}});
  auto source = indexed(R"({"one": "a.safetensors", "two": "a.safetensors", "three": "b.safetensors"})");
  ASSERT_SUCCESS(source);
  std::map<std::string, float> values;
  for (const SourceTensor &tensor : source->tensors())
    std::memcpy(&values[tensor.name], tensor.bytes.data(), 4);
  EXPECT_THAT(values, testing::ElementsAre(testing::Pair("one", 1.0f), testing::Pair("three", 3.0f), testing::Pair("two", 2.0f)));
  TensorSource moved = std::move(*source);
  EXPECT_EQ(moved.tensors().size(), 3u);
  EXPECT_EQ(moved.path(), path("model.safetensors.index.json"));
}

TEST_F(TensorSourceFolder, an_index_comes_before_a_single_file) {
  shard("model.safetensors", {{"single", 1.0f}});
  shard("a.safetensors", {{"one", 1.0f}});
  EXPECT_EQ(TensorSource::open(directory)->tensors()[0].name, "single");
  EXPECT_EQ(indexed(R"({"one": "a.safetensors"})")->tensors()[0].name, "one");
}

TEST_F(TensorSourceFolder, refuses_names_of_other_folders) {
  shard("a.safetensors", {{"one", 1.0f}});
  for (const char *place : {"../a.safetensors", "/a.safetensors", "b/../a.safetensors", ".a.safetensors", "..\\\\a.safetensors",
                            "a.bin", "", "a.safetensors/", "\\u0000.safetensors"})
    EXPECT_FAILURE(indexed(R"({"one": ")" + std::string(place) + R"("})"), "'one' is said to be in",
                   "a .safetensors file in the same folder is expected");
  for (const char *place : {"7", "null", "[\"a.safetensors\"]"})
    EXPECT_FAILURE(indexed(R"({"one": )" + std::string(place) + "}"), "'one' is said to be in");
}

TEST_F(TensorSourceFolder, refuses_what_is_no_index) {
  for (const char *text : {"", "{", "[]", "{}", R"({"weight_map": 3})", R"({"weight_map": {}})"}) {
    file("model.safetensors.index.json", text);
    EXPECT_FAILURE(TensorSource::open(directory), "has no 'weight_map'");
  }
  std::string deep = std::string(200000, '[') + std::string(200000, ']');
  for (const std::string &text : {std::string(100000, '['), R"({"weight_map": {"one": )" + deep + "}}"}) {
    file("model.safetensors.index.json", text);
    EXPECT_FAILURE(TensorSource::open(directory), "has no 'weight_map'");
  }
}

TEST_F(TensorSourceFolder, refuses_tensors_that_are_elsewhere) {
  shard("a.safetensors", {{"one", 1.0f}, {"two", 2.0f}});
  shard("b.safetensors", {{"two", 3.0f}});
  EXPECT_FAILURE(indexed(R"({"one": "a.safetensors"})"), "does not say that tensor 'two' is in 'a.safetensors'");
  EXPECT_FAILURE(indexed(R"({"one": "a.safetensors", "two": "b.safetensors"})"), "does not say that tensor 'two' is in 'a.safetensors'");
  EXPECT_FAILURE(indexed(R"({"two": "b.safetensors", "one": "b.safetensors"})"), "says that tensor 'one' is in 'b.safetensors'");
  EXPECT_FAILURE(indexed(R"({"one": "lost.safetensors"})"), "lost.safetensors", "No such file");
  file("c.safetensors", "1234");
  EXPECT_FAILURE(indexed(R"({"one": "c.safetensors"})"), "c.safetensors", "too few for a safetensors file");
}

TEST_F(TensorSourceFolder, refuses_a_folder_without_weights) {
  EXPECT_FAILURE(TensorSource::open(directory), "model.safetensors", "No such file");
  file("pytorch_model.bin", "PK\x03\x04 and what follows, which is more than a header");
  EXPECT_FAILURE(TensorSource::open(path("pytorch_model.bin")), "is a PyTorch file");
}

TEST_F(TensorSourceFolder, fills_a_program_from_several_files) {
  auto session = Session::create(regressionProgram(), 1).take();
  uint16_t halves[] = {0x3c00, 0xc000}; // f16 1, -2
  SafeTensorsWriter writer;
  ASSERT_SUCCESS(writer.add("model.weight", TERN_F16, std::vector<int64_t>{1, 2}, {reinterpret_cast<uint8_t *>(halves), 4}));
  ASSERT_SUCCESS(writer.write(path("a.safetensors")));
  shard("b.safetensors", {{"model.bias", 3.0f}});
  file("model.safetensors.index.json", R"({"weight_map": {"model.weight": "a.safetensors", "model.bias": "b.safetensors"}})");
  WeightNotes notes;
  ASSERT_SUCCESS(loadTensors(directory, Section::Values, *session, &notes));
  EXPECT_THAT(as<float>(session->value(*session->program().findParameter("weight"))), testing::ElementsAre(1, -2));
  EXPECT_THAT(as<float>(session->value(*session->program().findParameter("bias"))), testing::ElementsAre(3));
  EXPECT_THAT(notes.lines, testing::ElementsAre("1 tensor converted from F16 to f32"));
}

} // namespace

} // namespace tern::rt::test
