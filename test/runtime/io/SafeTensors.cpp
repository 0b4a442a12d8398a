// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SafeTensors: what it reads, and every way a file can lie.

#include "runtime/io/SafeTensors.h"

#include "../Support.h"

#include <cstring>

namespace tern::rt::test {

namespace {

class SafeTensorsFile : public FileTest {};

// The failure of parsing a file of this header and data.
Result<SafeTensors> parsed(std::string_view header, std::string_view data) {
  static std::string file; // outlives the result
  file = safetensors(header, data);
  return SafeTensors::parse(asBytes(file), "f.safetensors");
}

TEST_F(SafeTensorsFile, reads_tensors_in_file_order) {
  std::string target = file("a", safetensors(R"({"__metadata__":{"format":"pt"},)"
                                             R"("b":{"dtype":"F32","shape":[2],"data_offsets":[3,11]},)"
                                             R"("a":{"dtype":"U8","shape":[3,1],"data_offsets":[0,3]}})",
                                             "abc12345678"));
  auto read = SafeTensors::open(target);
  ASSERT_SUCCESS(read);
  ASSERT_EQ(read->tensors().size(), 2u);
  EXPECT_EQ(read->tensors()[0].name, "a");
  EXPECT_EQ(read->tensors()[0].dtype, std::nullopt);
  const StoredTensor *b = read->find("b");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(b->dtype, uint32_t(TERN_F32));
  EXPECT_EQ(b->shape, std::vector<int64_t>{2});
  EXPECT_EQ(std::string(reinterpret_cast<const char *>(read->bytes(*b).data()), 8), "12345678");
  EXPECT_EQ(read->metadata().at("format"), "pt");
  EXPECT_EQ(read->find("c"), nullptr);
  SafeTensors moved = std::move(*read);
  EXPECT_EQ(moved.bytes(moved.tensors()[0])[0], 'a');
}

TEST_F(SafeTensorsFile, empty_and_scalar_tensors) {
  auto read = parsed(
      R"({"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"e":{"dtype":"F32","shape":[0,7],"data_offsets":[4,4]}})",
      "1234");
  ASSERT_SUCCESS(read);
  EXPECT_EQ(read->bytes(*read->find("e")).size(), 0u);
  EXPECT_EQ(read->bytes(*read->find("s")).size(), 4u);
  ASSERT_SUCCESS(parsed("{}", ""));
}

TEST_F(SafeTensorsFile, refuses_a_lying_header_length) {
  EXPECT_FAILURE(SafeTensors::parse(asBytes("1234567"), "f"), "7 bytes, too few");
  std::string huge = safetensors("{}", "");
  std::memset(huge.data(), 0xff, 8);
  EXPECT_FAILURE(SafeTensors::parse(asBytes(huge), "f"), "claims a header of 18446744073709551615 bytes, but has 2");
  std::string cut = safetensors("{}", "").substr(0, 9);
  EXPECT_FAILURE(SafeTensors::parse(asBytes(cut), "f"), "claims a header of 2 bytes, but has 1", "truncated");
}

TEST_F(SafeTensorsFile, refuses_a_header_that_is_no_object) {
  EXPECT_FAILURE(parsed("{", ""), "f.safetensors", "not valid JSON");
  EXPECT_FAILURE(parsed("[]", ""), "not a JSON object");
  EXPECT_FAILURE(parsed("{\"\xff\":1}", ""), "not valid JSON");
  EXPECT_FAILURE(parsed(R"({"a":1e999})", ""), "not valid JSON");
  EXPECT_FAILURE(parsed(R"({"a":3})", ""), "tensor 'a' has no 'dtype'");
  EXPECT_FAILURE(parsed(R"({"__metadata__":3})", ""), "'__metadata__' is not an object");
  EXPECT_FAILURE(parsed(R"({"__metadata__":{"k":3}})", ""), "entry 'k' is not a text");
  EXPECT_FAILURE(parsed(std::string(100000, '['), ""), "nested too deep");
  std::string deep = std::string(200000, '[') + std::string(200000, ']');
  EXPECT_FAILURE(parsed(R"({"a":{"dtype":"F32","shape":)" + deep + "}}", ""), "nested too deep");
}

TEST_F(SafeTensorsFile, refuses_lying_tensors) {
  EXPECT_FAILURE(parsed(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", "1234"), "tensor 'a'",
                 "bytes 0 to 8, but the file holds 4", "truncated");
  EXPECT_FAILURE(parsed(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[4,0]}})", "1234"), "claims bytes 4 to 0");
  EXPECT_FAILURE(parsed(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", "1234"),
                 "(2) and type F32 occupies 4");
  EXPECT_FAILURE(parsed(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", ""),
                 "does not match");
  EXPECT_FAILURE(parsed(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", "1234"), "impossible extent");
  EXPECT_FAILURE(parsed(R"({"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}})", "1234"), "impossible extent");
  EXPECT_FAILURE(parsed(R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]}})", "1234"),
                 "impossible extent");
  EXPECT_FAILURE(parsed(R"({"a":{"dtype":"F32","shape":2,"data_offsets":[0,4]}})", "1234"), "no 'shape' list");
  EXPECT_FAILURE(parsed(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}})", "1234"),
                 "no pair of 'data_offsets'");
  EXPECT_FAILURE(parsed(R"({"a":{"dtype":"F32","shape":[1]}})", "1234"), "no pair of 'data_offsets'");
  EXPECT_FAILURE(parsed(R"({"a":{"dtype":"Q4","shape":[1],"data_offsets":[0,4]}})", "1234"), "type 'Q4'");
}

TEST_F(SafeTensorsFile, refuses_gaps_overlaps_and_duplicates) {
  constexpr auto two =
      R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":)";
  EXPECT_FAILURE(parsed(std::string(two) + "[5,9]}}", "123456789"), "'b' starts at byte 5 of the data instead of 4");
  EXPECT_FAILURE(parsed(std::string(two) + "[2,6]}}", "123456"), "'b' starts at byte 2");
  EXPECT_FAILURE(parsed(std::string(two) + "[4,8]}}", "1234567890"), "2 bytes after the last tensor");
  EXPECT_FAILURE(
      parsed(
          R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
          "1"),
      "names 'a' twice");
}

TEST_F(SafeTensorsFile, refuses_a_missing_file) {
  EXPECT_FAILURE(SafeTensors::open(path("none")), path("none"), "No such file");
  EXPECT_FAILURE(SafeTensors::open(file("empty", "")), "0 bytes, too few");
}

TEST_F(SafeTensorsFile, writes_what_it_reads) {
  float values[] = {1.5f, -0.0f};
  uint8_t flag[] = {1};
  SafeTensorsWriter writer;
  std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t *>(values), 8);
  ASSERT_SUCCESS(writer.add("flag \"x\"", TERN_I1, {}, flag));
  ASSERT_SUCCESS(writer.add("v", TERN_F32, std::vector<int64_t>{1, 2}, bytes));
  EXPECT_FAILURE(writer.add("v", TERN_F32, std::vector<int64_t>{2}, bytes), "'v' twice");
  EXPECT_FAILURE(writer.add("w", TERN_F32, std::vector<int64_t>{3}, bytes), "(3) cannot be written from 8 bytes");
  EXPECT_FAILURE(writer.add("x", 99, std::vector<int64_t>{}, bytes), "cannot be written");
  writer.annotate("program", "bigram");
  ASSERT_SUCCESS(writer.write(path("w")));

  uint64_t headerBytes;
  std::memcpy(&headerBytes, contentOf(path("w")).data(), 8);
  EXPECT_EQ(headerBytes % 8, 0u);
  auto read = SafeTensors::open(path("w"));
  ASSERT_SUCCESS(read);
  EXPECT_EQ(read->metadata().at("program"), "bigram");
  EXPECT_EQ(read->find("flag \"x\"")->type, "BOOL");
  const StoredTensor *v = read->find("v");
  EXPECT_EQ(v->shape, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(std::memcmp(read->bytes(*v).data(), values, 8), 0);
}

} // namespace

} // namespace tern::rt::test
