// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The 16-bit formats are converted by their definition (sign, exponent, fraction), through double, which holds every
// value of every other type exactly: one rounding per conversion.

#include "runtime/core/Convert.h"

#include "runtime/core/Program.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace tern::rt {

namespace {

struct Half {
  int exponentBits;
  int fractionBits;
  int bias() const { return (1 << (exponentBits - 1)) - 1; }
  uint16_t infinity() const { return static_cast<uint16_t>(((1 << exponentBits) - 1) << fractionBits); }
};

constexpr Half halfBf16{8, 7}, halfF16{5, 10};

double widen(uint16_t bits, Half format) {
  int exponent = (bits & 0x7fff) >> format.fractionBits;
  int fraction = bits & ((1 << format.fractionBits) - 1);
  double magnitude;
  if (exponent == (1 << format.exponentBits) - 1)
    magnitude = fraction ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
  else if (exponent == 0)
    magnitude = std::ldexp(fraction, 1 - format.bias() - format.fractionBits);
  else
    magnitude = std::ldexp(fraction + (1 << format.fractionBits), exponent - format.bias() - format.fractionBits);
  return bits & 0x8000 ? -magnitude : magnitude;
}

// Counts in units of the last place of the value's binade: the integer carries into the exponent field by itself.
uint16_t narrow(double value, Half format) {
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  if (std::isnan(value))
    return sign | format.infinity() | (1 << (format.fractionBits - 1));
  double magnitude = std::abs(value);
  if (std::isinf(magnitude))
    return sign | format.infinity();
  int smallest = 1 - format.bias(); // the exponent of subnormal values and of zero
  int exponent = magnitude == 0 ? smallest : std::max(std::ilogb(magnitude), smallest);
  if (exponent > format.bias())
    return sign | format.infinity();
  // std::nearbyint rounds to nearest even in the default mode, the only one the runtime uses.
  double units = std::nearbyint(std::ldexp(magnitude, format.fractionBits - exponent));
  int field = (exponent + format.bias() - 1) << format.fractionBits;
  return sign | static_cast<uint16_t>(field + static_cast<int>(units));
}

template <typename T>
T load(const uint8_t *source) {
  T value;
  std::memcpy(&value, source, sizeof(T));
  return value;
}

void writeElement(double value, uint8_t *target, uint32_t dtype) {
  auto store = [&](auto typed) { std::memcpy(target, &typed, sizeof(typed)); };
  switch (dtype) {
  case TERN_F32:
    return store(static_cast<float>(value));
  case TERN_F64:
    return store(value);
  case TERN_BF16:
    return store(narrow(value, halfBf16));
  case TERN_F16:
    return store(narrow(value, halfF16));
  }
}

void widenBf16(std::span<const uint8_t> source, std::span<uint8_t> target) {
  for (size_t index = 0; index < source.size() / 2; ++index) {
    uint32_t bits = static_cast<uint32_t>(load<uint16_t>(&source[2 * index])) << 16;
    std::memcpy(&target[4 * index], &bits, 4);
  }
}

} // namespace

bool isConvertible(uint32_t from, uint32_t to) { return from == to || (from <= TERN_F16 && to <= TERN_F16); }

double readElement(const uint8_t *source, uint32_t dtype) {
  switch (dtype) {
  case TERN_F32:
    return load<float>(source);
  case TERN_F64:
    return load<double>(source);
  case TERN_BF16:
    return widen(load<uint16_t>(source), halfBf16);
  case TERN_F16:
    return widen(load<uint16_t>(source), halfF16);
  case TERN_I32:
    return load<int32_t>(source);
  case TERN_I64:
    return static_cast<double>(load<int64_t>(source));
  case TERN_I8:
    return load<int8_t>(source);
  case TERN_I1:
    return *source != 0;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

void convertElements(std::span<const uint8_t> source, uint32_t from, std::span<uint8_t> target, uint32_t to) {
  if (source.empty())
    return;
  if (from == to) {
    std::memcpy(target.data(), source.data(), source.size());
    return;
  }
  if (from == TERN_BF16 && to == TERN_F32)
    return widenBf16(source, target);
  uint64_t fromBytes = elementBytes(from), toBytes = elementBytes(to);
  for (size_t index = 0; index < source.size() / fromBytes; ++index)
    writeElement(readElement(&source[index * fromBytes], from), &target[index * toBytes], to);
}

} // namespace tern::rt
