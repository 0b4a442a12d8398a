// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conversion between element types (F32, F64, BF16, F16 and the integers) on raw, possibly misaligned, bytes.

#ifndef TERN_RUNTIME_CORE_CONVERT_H
#define TERN_RUNTIME_CORE_CONVERT_H

#include "runtime/core/Result.h"

#include <cstdint>
#include <span>

namespace tern::rt {

// True when every element of `from` has a meaning in `to`: float to float of any width, or the same type.
bool isConvertible(uint32_t from, uint32_t to);

// Element by element, round to nearest even. The caller guarantees isConvertible and equal element counts.
void convertElements(std::span<const uint8_t> source, uint32_t from, std::span<uint8_t> target, uint32_t to);

// One element, read as double.
double readElement(const uint8_t *source, uint32_t dtype);

} // namespace tern::rt

#endif // TERN_RUNTIME_CORE_CONVERT_H
