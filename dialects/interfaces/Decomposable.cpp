// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated half of the Decomposable interface.

#include "dialects/interfaces/Decomposable.h"

#include "dialects/interfaces/Decomposable.cpp.inc"
