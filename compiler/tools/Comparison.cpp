// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Agreement of elements, and how a disagreement reads.

#include "compiler/tools/Comparison.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace tern;

static bool isFloat(uint32_t dtype) { return dtype == TERN_F32 || dtype == TERN_F64; }

static bool isWithin(double actual, double expected, const Agreement &agreement) {
  double tolerance = agreement.atol + agreement.rtol * std::abs(expected);
  return actual == expected || (std::abs(actual - expected) <= tolerance && std::isfinite(expected));
}

std::string tern::positionOf(const tern_tensor &type, uint64_t index) {
  std::string text;
  for (uint32_t dim = type.rank; dim-- > 0; index /= type.shape[dim])
    text = std::to_string(index % type.shape[dim]) + (text.empty() ? "" : ", ") + text;
  return "[" + text + "]";
}

std::string tern::valueOf(const uint8_t *data, uint32_t dtype, uint64_t index) {
  if (dtype == TERN_I64)
    return std::to_string(static_cast<int64_t>(bitsAt(data, dtype, index)));
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.17g", elementAt(data, dtype, index));
  return text;
}

static std::string describe(const Agreement &agreement) {
  if (agreement.exact)
    return "exactly";
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("rtol %g, atol %g", agreement.rtol, agreement.atol);
  return text;
}

bool tern::compare(const uint8_t *actual, const uint8_t *expected, const tern_tensor &type, const Agreement &agreement,
                   std::string &message) {
  uint64_t differing = 0, worst = 0, count = elementCount(type);
  double worstDifference = -1;
  for (uint64_t index = 0; index < count; ++index) {
    if (bitsAt(actual, type.dtype, index) == bitsAt(expected, type.dtype, index))
      continue;
    double found = elementAt(actual, type.dtype, index), wanted = elementAt(expected, type.dtype, index);
    bool bothNaN = std::isnan(found) && std::isnan(wanted);
    if (bothNaN || (isFloat(type.dtype) && !agreement.exact && isWithin(found, wanted, agreement)))
      continue;
    ++differing;
    double difference = agreement.exact ? 0 : std::abs(found - wanted);
    if (std::isnan(difference))
      difference = HUGE_VAL;
    if (difference > worstDifference) {
      worstDifference = difference;
      worst = index;
    }
  }
  if (differing == 0)
    return true;
  message = llvm::formatv("{0} of {1} elements differ; {2} at {3}: actual {4}, expected {5} ({6})", differing, count,
                          agreement.exact ? "first" : "worst", positionOf(type, worst),
                          valueOf(actual, type.dtype, worst), valueOf(expected, type.dtype, worst),
                          describe(agreement));
  return false;
}
