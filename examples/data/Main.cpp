// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// example-data KIND COUNT [SEED]: that many examples on standard output, always the same ones. Of the kinds that are
// pairs no second half comes twice, so that what is held back was not seen in another writing either.

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
    long most; // pairs whose second halves differ; 0: examples may come twice
  };
  static constexpr Kind kinds[] = {{"dates", datePair, dateCount},
                                   {"reversals", reversalPair, reversalCount},
                                   {"stories", story, 0},
                                   {"sentiment", labelledLine, 0}};
  long count = argc == 3 || argc == 4 ? std::strtol(argv[2], nullptr, 10) : 0;
  if (count < 1)
    return usage();
  Draw draw(argc == 4 ? std::strtoull(argv[3], nullptr, 10) : 1);
  for (const Kind &kind : kinds) {
    if (std::strcmp(kind.name, argv[1]) != 0)
      continue;
    if (kind.most > 0 && count > kind.most) {
      std::fprintf(stderr, "example-data: there are no %ld different %s; ask for %ld at most\n", count, kind.name,
                   kind.most);
      return 1;
    }
    std::set<std::string> seen;
    for (long made = 0; made < count;) {
      std::string example = kind.make(draw);
      if (kind.most > 0 && !seen.insert(example.substr(example.find('\t'))).second)
        continue;
      std::fputs((example + "\n").c_str(), stdout);
      ++made;
    }
    return std::fflush(stdout) == 0 ? 0 : 1;
  }
  return usage();
}
