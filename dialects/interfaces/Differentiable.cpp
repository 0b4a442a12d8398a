// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated half of the Differentiable interface.

#include "dialects/interfaces/Differentiable.h"

#include "dialects/interfaces/Differentiable.cpp.inc"
