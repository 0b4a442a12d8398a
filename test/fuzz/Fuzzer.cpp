// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The entry point of one libFuzzer program; CMake names the target.

#include "Targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return TERN_FUZZ_TARGET(data, size); }
