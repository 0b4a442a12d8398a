// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The whole dialect: every family, for the generators.

#ifndef TERN_TERN_TD
#define TERN_TERN_TD

include "dialects/tern/Base.td"
include "dialects/tern/Attrs.td"
include "dialects/tern/Structure.td"
include "dialects/tern/Elementwise.td"
include "dialects/tern/Compare.td"
include "dialects/tern/Gated.td"
include "dialects/tern/Linear.td"
include "dialects/tern/Norm.td"
include "dialects/tern/Attention.td"
include "dialects/tern/Position.td"
include "dialects/tern/Cache.td"
include "dialects/tern/Recurrent.td"
include "dialects/tern/Shape.td"
include "dialects/tern/Reduce.td"
include "dialects/tern/Gather.td"
include "dialects/tern/Loss.td"
include "dialects/tern/Random.td"
include "dialects/tern/Optim.td"

#endif // TERN_TERN_TD
