// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes from shared objects, for every tool.

#ifndef TERN_COMPILER_TOOLS_PLUGINS_H
#define TERN_COMPILER_TOOLS_PLUGINS_H

#include <string>
#include <vector>

namespace tern {

/// Takes --load-pass-plugin=FILE (or two arguments; repeatable) out of argv, loads each file and registers its passes, so that
/// their flags exist when the options are parsed. Prints why not and returns false: a file that is no plugin, one built for
/// another version (none of its code has run), one that needs a symbol which is not here.
/// `paths`, if any, gets the files that were loaded.
bool loadPlugins(int &argc, char **argv, std::vector<std::string> *paths = nullptr);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_PLUGINS_H
