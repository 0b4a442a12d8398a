// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated half of the Parametric interface.

#include "dialects/interfaces/Parametric.h"

#include "dialects/interfaces/Parametric.cpp.inc"
