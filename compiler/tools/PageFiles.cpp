// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The files are embedded by the compiler; CMake passes their folder.

#include "compiler/tools/Page.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
static constexpr char frame[] = {
#embed "html/page.html"
};
static constexpr char style[] = {
#embed "html/page.css"
};
static constexpr char script[] = {
#embed "html/data.js"
    ,
#embed "html/graph.js"
    ,
#embed "html/trace.js"
    ,
#embed "html/memory.js"
    ,
#embed "html/cost.js"
    ,
#embed "html/remarks.js"
    ,
#embed "html/start.js"
};
#pragma clang diagnostic pop

tern::PageFiles tern::pageFiles() {
  return {llvm::StringRef(frame, sizeof(frame)), llvm::StringRef(style, sizeof(style)),
          llvm::StringRef(script, sizeof(script))};
}
