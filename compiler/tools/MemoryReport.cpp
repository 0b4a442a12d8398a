// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The memory plan as a table and as JSON.

#include "compiler/tools/MemoryReport.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace mlir;

namespace {
struct Row {
  const char *key, *meaning;
};
} // namespace

static constexpr Row rows[] = {
    {"parameters", "weights"},
    {"gradients", "one buffer per trained parameter"},
    {"optimizer", "optimizer state"},
    {"activations", "kept from forward to backward"},
    {"workspace", "the rest of the largest entry's temporaries"},
    {"cache", "key-value cache"},
    {"io", "inputs and outputs of entries"},
    {"arena", "all of the above, alignment included"},
    {"scratch_per_thread", "beside the arena, once per thread"},
};

static std::string readable(uint64_t bytes) {
  static constexpr const char *units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = bytes;
  unsigned unit = 0;
  for (; value >= 1024 && unit + 1 < std::size(units); ++unit)
    value /= 1024;
  return llvm::formatv(unit == 0 ? "{0:f0} {1}" : "{0:f1} {1}", value, units[unit]).str();
}

void tern::printMemoryReport(ModuleOp module, bool json, llvm::raw_ostream &out) {
  auto memory = module->getAttrOfType<DictionaryAttr>("tern.memory");
  auto bytesOf = [&](StringRef key) -> int64_t { return memory ? memory.getAs<IntegerAttr>(key).getInt() : 0; };
  if (json) {
    llvm::json::OStream stream(out);
    stream.object([&] {
      for (const Row &row : rows)
        stream.attribute(row.key, bytesOf(row.key));
    });
    out << "\n";
    return;
  }
  for (const Row &row : rows)
    out << llvm::formatv("{0,-20}{1,16}{2,12}  {3}\n", row.key, bytesOf(row.key), readable(bytesOf(row.key)),
                         row.meaning);
}
