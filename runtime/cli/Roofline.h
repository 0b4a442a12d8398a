// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which ceiling of the machine binds a piece of work, and what fraction of it the work reaches: the one that would take
// longer, arithmetic in the precision of the work or memory in the way that it moves.

#ifndef TERN_RUNTIME_CLI_ROOFLINE_H
#define TERN_RUNTIME_CLI_ROOFLINE_H

#include "runtime/cli/Ceilings.h"
#include "runtime/core/Result.h"

#include <cstdint>

namespace tern::rt {

/// One measured ceiling under the name that `bound` gives it.
struct NamedCeiling {
  const char *name;  // "ceiling.fma.f32"
  const char *bound; // "fma"
  bool isMemory;
  Ceiling value;
};

struct Ceilings {
  NamedCeiling fma32{"ceiling.fma.f32", "fma", false, {}};
  NamedCeiling fma64{"ceiling.fma.f64", "fma", false, {}};
  NamedCeiling dotBf16{"ceiling.dot.bf16", "dot", false, {}};
  NamedCeiling dotInt8{"ceiling.dot.i8", "dot", false, {}};
  NamedCeiling tileBf16{"ceiling.amx.bf16", "amx", false, {}};
  NamedCeiling tileInt8{"ceiling.amx.i8", "amx", false, {}};
  NamedCeiling read{"ceiling.read", "read", true, {}};
  NamedCeiling copy{"ceiling.copy", "copy", true, {}};
  NamedCeiling update{"ceiling.update", "update", true, {}};
};

/// Costs of something that was timed.
struct Work {
  double flops = 0;
  double read = 0, written = 0; // bytes
  uint32_t dtype = 0;           // what its products multiply in (tern_dtype)
  bool updates = false;         // writes where it reads

  double bytes() const { return read + written; }
};

struct Bound {
  const char *name = "read";
  double ceiling = 0;  // per second
  double fraction = 0; // of it; 0 where nothing is counted
};

/// Measures each ceiling that this machine has, and tells `report` of it.
Result<Ceilings> measureCeilings(unsigned threads, const std::function<void(const NamedCeiling &)> &report);

Bound boundOf(const Ceilings &ceilings, const Work &work, double seconds);

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_ROOFLINE_H
