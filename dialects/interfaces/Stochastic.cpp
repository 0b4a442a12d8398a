// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated half of the Stochastic interface.

#include "dialects/interfaces/Stochastic.h"

#include "dialects/interfaces/Stochastic.cpp.inc"
