// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated half of the Costed interface.

#include "dialects/interfaces/Costed.h"

#include "dialects/interfaces/Costed.cpp.inc"
