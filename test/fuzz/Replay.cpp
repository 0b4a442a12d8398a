// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs every target on its corpus and on fixed mutations of it, without a fuzzer: the part of fuzzing that a test suite
// can repeat exactly. Usage: tern-fuzz-replay [CORPUS_DIRECTORY]

#include "Targets.h"
#include "runtime/core/Files.h"
#include "runtime/core/Random.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

using namespace tern::rt;

namespace {

struct Target {
  const char *name;
  int (*run)(const uint8_t *, size_t);
};

constexpr Target targets[] = {
    {"csv", fuzzCsv},
    {"llama2c", fuzzLlama2c},
    {"safetensors", fuzzSafeTensors},
    {"sentencepieces", fuzzSentencePieces},
    {"tokenizer", fuzzTokenizer},
    {"utf8", fuzzUtf8}};

constexpr uint64_t mutationsPerFile = 2000;

// One to four edits: a flipped bit, a cut, a repeated piece, a digit or a byte of meaning to a parser.
std::string mutate(std::string bytes, uint64_t key) {
  static constexpr char marks[] = "\0\xff\x80{}[]\",:\n\r-9e0";
  uint64_t edits = 1 + randomBelow(key, 0, 4);
  for (uint64_t edit = 0; edit < edits && !bytes.empty(); ++edit) {
    auto draw = [&](uint64_t site, uint64_t bound) { return randomBelow(key, 10 * edit + site, bound); };
    size_t place = draw(1, bytes.size());
    switch (draw(2, 5)) {
    case 0:
      bytes[place] = static_cast<char>(bytes[place] ^ (1 << draw(3, 8)));
      break;
    case 1:
      bytes.resize(place);
      break;
    case 2:
      bytes.insert(place, bytes.substr(draw(3, bytes.size()), draw(4, 32)));
      break;
    case 3:
      bytes[place] = marks[draw(3, sizeof(marks) - 1)];
      break;
    case 4:
      bytes.erase(place, draw(3, 16));
      break;
    }
  }
  return bytes;
}

// Runs from memory of exactly the right size, so that a sanitizer sees every byte read beyond it.
void runExact(const Target &target, const std::string &bytes) {
  std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  copy.shrink_to_fit();
  target.run(copy.data(), copy.size());
}

// The number of runs, or -1 after an error on standard error.
int64_t replay(const Target &target, const std::string &directory) {
  std::vector<std::string> paths;
  std::error_code ignored;
  for (const auto &entry : std::filesystem::directory_iterator(directory, ignored))
    paths.push_back(entry.path().string());
  std::ranges::sort(paths);
  runExact(target, "");
  int64_t runs = 1;
  for (const std::string &path : paths) {
    Result<std::string> seed = readFile(path);
    if (!seed.ok()) {
      std::fprintf(stderr, "tern-fuzz-replay: %s\n", seed.message().c_str());
      return -1;
    }
    runExact(target, *seed);
    for (uint64_t index = 0; index < mutationsPerFile; ++index)
      runExact(target, mutate(*seed, randomKey({index, seed->size()})));
    runs += 1 + static_cast<int64_t>(mutationsPerFile);
  }
  if (paths.empty())
    std::fprintf(stderr, "tern-fuzz-replay: no corpus in '%s'\n", directory.c_str());
  return paths.empty() ? -1 : runs;
}

} // namespace

int main(int argc, char **argv) {
  std::string corpus = argc > 1 ? argv[1] : TERN_FUZZ_CORPUS;
  for (const Target &target : targets) {
    int64_t runs = replay(target, corpus + "/" + target.name);
    if (runs < 0)
      return 1;
    std::printf("%s: %lld inputs replayed\n", target.name, static_cast<long long>(runs));
  }
  return 0;
}
