// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// example-data KIND COUNT [SEED]: that many examples on standard output, always the same ones, none of them twice in the
// kinds that are pairs.

#include "Draw.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>

using namespace tern::examples;

static int usage() {
  std::fputs("usage: example-data dates|reversals|stories|sentiment COUNT [SEED]\n"
             "prints COUNT examples: lines with a tab for dates, reversals and sentiment, paragraphs for stories\n",
             stderr);
  return 2;
}

int main(int argc, char **argv) {
  struct Kind {
    const char *name;
    std::string (*make)(Draw &);
    bool isUnique;
    const char *ending;
  };
  static constexpr Kind kinds[] = {{"dates", datePair, true, "\n"},
                                   {"reversals", reversalPair, true, "\n"},
                                   {"stories", story, false, "\n"},
                                   {"sentiment", labelledLine, false, "\n"}};
  long count = argc == 3 || argc == 4 ? std::strtol(argv[2], nullptr, 10) : 0;
  if (count < 1)
    return usage();
  Draw draw(argc == 4 ? std::strtoull(argv[3], nullptr, 10) : 1);
  for (const Kind &kind : kinds) {
    if (std::strcmp(kind.name, argv[1]) != 0)
      continue;
    std::set<std::string> seen;
    for (long made = 0; made < count;) {
      std::string example = kind.make(draw);
      if (kind.isUnique && !seen.insert(example).second)
        continue;
      std::fputs((example + kind.ending).c_str(), stdout);
      ++made;
    }
    return std::fflush(stdout) == 0 ? 0 : 1;
  }
  return usage();
}
