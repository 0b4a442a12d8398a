// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated half of the Averaging interface.

#include "dialects/interfaces/Averaging.h"

#include "dialects/interfaces/Averaging.cpp.inc"
