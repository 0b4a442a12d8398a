// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Json, Convert and Random: numbers keep their bits.

#include "../Support.h"
#include "runtime/abi/tern.h"
#include "runtime/core/Convert.h"
#include "runtime/core/Json.h"
#include "runtime/core/Random.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

namespace tern::rt::test {

namespace {

TEST(Json, floats_read_back_to_the_same_bits) {
  for (uint64_t index = 0; index < 20000; ++index) {
    auto value = std::bit_cast<float>(static_cast<uint32_t>(randomBits(1, index)));
    if (std::isfinite(value))
      EXPECT_EQ(std::bit_cast<uint32_t>(std::strtof(jsonNumber(value).c_str(), nullptr)),
                std::bit_cast<uint32_t>(value));
  }
}

TEST(Json, doubles_read_back_to_the_same_bits) {
  for (uint64_t index = 0; index < 20000; ++index) {
    auto value = std::bit_cast<double>(randomBits(2, index));
    if (!std::isfinite(value))
      continue;
    double read = nlohmann::json::parse(jsonNumber(value)).get<double>();
    EXPECT_EQ(std::bit_cast<uint64_t>(read), std::bit_cast<uint64_t>(value)) << jsonNumber(value);
  }
}

TEST(Json, numbers_are_short_and_valid) {
  EXPECT_EQ(jsonNumber(0.1f), "0.1");
  EXPECT_EQ(jsonNumber(-0.0), "-0.0");
  EXPECT_EQ(jsonNumber(3.0f), "3.0");
  EXPECT_EQ(jsonNumber(1e300), "1e+300");
  EXPECT_EQ(jsonNumber(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(jsonNumber(-std::numeric_limits<float>::infinity()), "null");
  EXPECT_EQ(jsonNumber(INT64_MIN), "-9223372036854775808");
}

TEST(Json, objects_keep_their_order_and_escape) {
  JsonObject inner;
  inner.add("x", true);
  std::string text = JsonObject().add("step", 1).add("b", 2.5f).add("text", "a\"\n\xff").add("in", inner).text();
  EXPECT_EQ(text, "{\"step\":1,\"b\":2.5,\"text\":\"a\\\"\\n\xef\xbf\xbd\",\"in\":{\"x\":true}}");
  EXPECT_EQ(JsonObject().text(), "{}");
}

uint16_t convertTo(uint32_t dtype, double value) {
  uint16_t result;
  std::span<const uint8_t> source(reinterpret_cast<const uint8_t *>(&value), 8);
  convertElements(source, TERN_F64, {reinterpret_cast<uint8_t *>(&result), 2}, dtype);
  return result;
}

double readBack(uint32_t dtype, uint16_t bits) { return readElement(reinterpret_cast<const uint8_t *>(&bits), dtype); }

TEST(Convert, sixteen_bit_values_survive_a_round_trip) {
  for (uint32_t dtype : {TERN_BF16, TERN_F16})
    for (uint32_t bits = 0; bits < 65536; ++bits) {
      double value = readBack(dtype, static_cast<uint16_t>(bits));
      if (!std::isnan(value))
        ASSERT_EQ(convertTo(dtype, value), bits) << dtype;
    }
}

TEST(Convert, known_sixteen_bit_values) {
  EXPECT_EQ(convertTo(TERN_F16, 1.0), 0x3c00);
  EXPECT_EQ(convertTo(TERN_F16, 65504.0), 0x7bff);
  EXPECT_EQ(convertTo(TERN_F16, 65520.0), 0x7c00); // rounds up to infinity
  EXPECT_EQ(convertTo(TERN_F16, 65519.9), 0x7bff);
  EXPECT_EQ(convertTo(TERN_F16, 0x1p-24), 0x0001);
  EXPECT_EQ(convertTo(TERN_F16, 0x1p-25), 0x0000); // half way: to even
  EXPECT_EQ(convertTo(TERN_F16, 0x1.8p-24), 0x0002);
  EXPECT_EQ(convertTo(TERN_BF16, 1.0), 0x3f80);
  EXPECT_EQ(convertTo(TERN_BF16, -2.0), 0xc000);
  EXPECT_EQ(convertTo(TERN_BF16, 1.0 + 0x1p-8), 0x3f80);
  EXPECT_EQ(convertTo(TERN_BF16, 1.0 + 0x1p-8 + 0x1p-40), 0x3f81); // one rounding, not two
  EXPECT_EQ(convertTo(TERN_BF16, 1e300), 0x7f80);
  EXPECT_TRUE(std::isnan(readBack(TERN_F16, convertTo(TERN_F16, NAN))));
}

TEST(Convert, misaligned_sources) {
  uint8_t source[9];
  uint16_t half[4] = {0x3f80, 0x4000, 0xbf80, 0x0000};
  std::memcpy(source + 1, half, 8);
  float target[4];
  convertElements({source + 1, 8}, TERN_BF16, {reinterpret_cast<uint8_t *>(target), 16}, TERN_F32);
  EXPECT_THAT(target, testing::ElementsAre(1.0f, 2.0f, -1.0f, 0.0f));
  convertElements({}, TERN_F32, {}, TERN_F64);
}

TEST(Convert, only_floats_become_floats) {
  EXPECT_TRUE(isConvertible(TERN_F16, TERN_F32));
  EXPECT_TRUE(isConvertible(TERN_I32, TERN_I32));
  EXPECT_FALSE(isConvertible(TERN_I32, TERN_F32));
  EXPECT_FALSE(isConvertible(TERN_F32, TERN_I1));
}

TEST(Random, is_a_function_of_key_and_counter) {
  EXPECT_EQ(randomBits(7, 9), randomBits(7, 9));
  EXPECT_NE(randomKey({1, 2}), randomKey({2, 1}));
  EXPECT_NE(randomKey({0}), randomKey({0, 0}));
  std::set<uint64_t> seen;
  for (uint64_t counter = 0; counter < 10000; ++counter)
    seen.insert(randomBits(randomKey({5}), counter));
  EXPECT_EQ(seen.size(), 10000u);
}

TEST(Random, is_uniform) {
  constexpr int bins = 10, draws = 100000;
  int count[bins] = {};
  double sum = 0;
  for (uint64_t counter = 0; counter < draws; ++counter) {
    ++count[randomBelow(3, counter, bins)];
    sum += randomUnit(4, counter);
  }
  for (int bin : count)
    EXPECT_NEAR(bin, draws / bins, 400);
  EXPECT_NEAR(sum / draws, 0.5, 0.005);
  EXPECT_EQ(randomBelow(1, 1, 1), 0u);
}

} // namespace

} // namespace tern::rt::test
