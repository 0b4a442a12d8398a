// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ends a text stream at the first of several stop texts, which may arrive in pieces: what could be the beginning of one
// is held back until it is decided.

#ifndef TERN_RUNTIME_GENERATE_STOPFILTER_H
#define TERN_RUNTIME_GENERATE_STOPFILTER_H

#include <string>
#include <string_view>
#include <vector>

namespace tern::rt {

class StopFilter {
public:
  /// Empty stop texts are ignored.
  explicit StopFilter(std::vector<std::string> stops);

  /// What may be shown now.
  std::string push(std::string_view text);
  /// What was held back and turned out not to be a stop text.
  std::string finish();
  bool stopped() const { return hasStopped; }

private:
  size_t undecided() const; // length of the longest suffix of `pending` that begins a stop text

  std::vector<std::string> stops;
  std::string pending;
  bool hasStopped = false;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_GENERATE_STOPFILTER_H
