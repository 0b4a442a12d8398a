// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text that every program carries, so that training works before any file is at hand: examples/text/default.txt.

#ifndef TERN_RUNTIME_DATA_DEFAULTTEXT_H
#define TERN_RUNTIME_DATA_DEFAULTTEXT_H

#include <string_view>

namespace tern::rt {

std::string_view defaultText();

} // namespace tern::rt

#endif // TERN_RUNTIME_DATA_DEFAULTTEXT_H
