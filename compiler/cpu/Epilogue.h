// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The end of a product: a vector of sums becomes elements of the outs.

#ifndef TERN_COMPILER_CPU_EPILOGUE_H
#define TERN_COMPILER_CPU_EPILOGUE_H

#include "compiler/cpu/MicroKernel.h"
#include "dialects/kernel/Kernel.h"

namespace tern::cpu {

/// Finishes the sums of C(m, n .. n + lanes): adds what the out held where the op says so, runs the region on vectors and
/// stores the outs. `flag` is the loaded flag of an `init(flag)`; lanes that `mask` leaves out do not exist. Reads all that
/// an element needs before it writes: an extra may be an out.
void finishSums(Emitter &emit, kernel::ContractOp op, Value flag, Value sums, Value m, Value n, Value mask);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_EPILOGUE_H
