// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated half of the Narrowable interface.

#include "dialects/interfaces/Narrowable.h"

#include "dialects/interfaces/Narrowable.cpp.inc"
