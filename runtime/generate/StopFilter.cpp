// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Nothing after a stop text is ever shown; of several in one piece the earliest counts.

#include "runtime/generate/StopFilter.h"

#include <algorithm>
#include <utility>

namespace tern::rt {

StopFilter::StopFilter(std::vector<std::string> texts) : stops(std::move(texts)) {
  std::erase_if(stops, [](const std::string &stop) { return stop.empty(); });
}

size_t StopFilter::undecided() const {
  size_t longest = 0;
  for (const std::string &stop : stops)
    for (size_t length = std::min(stop.size() - 1, pending.size()); length > longest; --length)
      if (std::string_view(pending).ends_with(std::string_view(stop).substr(0, length)))
        longest = length;
  return longest;
}

std::string StopFilter::push(std::string_view text) {
  if (hasStopped)
    return "";
  pending += text;
  size_t first = std::string::npos;
  for (const std::string &stop : stops)
    first = std::min(first, pending.find(stop));
  hasStopped = first != std::string::npos;
  size_t shown = hasStopped ? first : pending.size() - undecided();
  std::string result = pending.substr(0, shown);
  pending.erase(0, hasStopped ? pending.size() : shown);
  return result;
}

std::string StopFilter::finish() { return std::exchange(pending, ""); }

} // namespace tern::rt
