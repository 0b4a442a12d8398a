// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// example-ngram TRAIN HELD-OUT [ORDER]: the mean loss, in nats per byte, of an interpolated Kneser-Ney model of bytes (Kneser and
// Ney 1995, Chen and Goodman 1999). What a language model of the same text has to beat.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

// What is known of a context: how often it was seen, how often with each next byte.
struct Context {
  std::unordered_map<unsigned char, long> next;
  long total = 0;
};

class KneserNey {
public:
  KneserNey(const std::string &text, int order) : order(order), contexts(order), discounts(order) {
    // The longest contexts count occurrences, shorter ones the number of different bytes before.
    std::set<std::string> seen;
    for (int length = order - 1; length >= 0; --length) {
      seen.clear();
      for (size_t end = length; end < text.size(); ++end) {
        if (length < order - 1 && (end < static_cast<size_t>(length) + 1 || !seen.insert(text.substr(end - length - 1, length + 2)).second))
          continue;
        Context &context = contexts[length][text.substr(end - length, length)];
        ++context.next[static_cast<unsigned char>(text[end])];
        ++context.total;
      }
      discounts[length] = discountOf(length);
    }
  }

  // P(byte | the last `length` bytes of history), interpolated with shorter contexts down to the uniform distribution.
  double probability(const std::string &history, unsigned char byte, int length) const {
    if (length < 0)
      return 1.0 / 256;
    double shorter = probability(history, byte, length - 1);
    if (history.size() < static_cast<size_t>(length))
      return shorter;
    auto found = contexts[length].find(history.substr(history.size() - length));
    if (found == contexts[length].end())
      return shorter;
    const Context &context = found->second;
    auto next = context.next.find(byte);
    double discount = discounts[length], count = next == context.next.end() ? 0 : static_cast<double>(next->second);
    double spread = discount * static_cast<double>(context.next.size());
    return (std::fmax(count - discount, 0) + spread * shorter) / static_cast<double>(context.total);
  }

  double loss(const std::string &text) const {
    double sum = 0;
    for (size_t at = 0; at < text.size(); ++at) {
      size_t from = at < static_cast<size_t>(order - 1) ? 0 : at - (order - 1);
      sum -= std::log(probability(text.substr(from, at - from), static_cast<unsigned char>(text[at]), order - 1));
    }
    return sum / static_cast<double>(text.size());
  }

private:
  // n1 / (n1 + 2 n2) of the numbers of counts that are 1 and 2.
  double discountOf(int length) const {
    double once = 0, twice = 0;
    for (const auto &[text, context] : contexts[length])
      for (auto [byte, count] : context.next) {
        once += count == 1;
        twice += count == 2;
      }
    return once > 0 ? once / (once + 2 * twice) : 0.5;
  }

  int order;
  std::vector<std::unordered_map<std::string, Context>> contexts; // by length
  std::vector<double> discounts;
};

} // namespace

static bool readFile(const char *path, std::string &text) {
  std::ifstream file(path, std::ios::binary);
  text.assign(std::istreambuf_iterator<char>(file), {});
  if (file && !text.empty())
    return true;
  std::fprintf(stderr, "example-ngram: cannot read '%s', or it is empty\n", path);
  return false;
}

int main(int argc, char **argv) {
  int order = argc == 4 ? std::atoi(argv[3]) : 3;
  if (argc < 3 || argc > 4 || order < 1 || order > 16) {
    std::fputs("usage: example-ngram TRAIN HELD-OUT [ORDER, 1 to 16]\n", stderr);
    return 2;
  }
  std::string train, heldOut;
  if (!readFile(argv[1], train) || !readFile(argv[2], heldOut))
    return 1;
  std::printf("Kneser-Ney of order %d: %.4f nats per byte\n", order, KneserNey(train, order).loss(heldOut));
  return 0;
}
