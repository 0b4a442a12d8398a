// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text file is embedded by the compiler; CMake passes its path.

#include "runtime/data/DefaultText.h"

namespace tern::rt {

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
static constexpr unsigned char bytes[] = {
#embed TERN_DEFAULT_TEXT
};
#pragma clang diagnostic pop

std::string_view defaultText() { return {reinterpret_cast<const char *>(bytes), sizeof(bytes)}; }

} // namespace tern::rt
