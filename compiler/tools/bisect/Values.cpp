// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Seeded numbers and their comparison.

#include "compiler/tools/bisect/Values.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

#include <cmath>
#include <cstring>

using namespace tern;
using namespace tern::bisect;
using llvm::StringRef;

//===-- storage ---------------------------------------------------------------------------------------------===//

static Storage tensorStorage(StringRef kind, const tern_tensor &tensor) {
  return {
      kind.str(), tensor.name, tensor.dtype, {tensor.shape, tensor.shape + tensor.rank}, tensor.offset, tensor.bytes, 0,
      0};
}

static void addParameter(const tern_param &param, const tern_manifest &manifest, std::vector<Storage> &all) {
  Storage storage = {"parameter",  param.name,  param.dtype,  {},
                     param.offset, param.bytes, param.layers, param.layer_stride};
  if (param.layers)
    storage.shape.push_back(param.layers);
  storage.shape.insert(storage.shape.end(), param.shape, param.shape + param.rank);
  auto add = [&](StringRef kind, uint64_t offset) {
    if (offset == TERN_NONE)
      return;
    all.push_back(storage);
    all.back().kind = kind.str();
    all.back().offset = offset;
  };
  add("parameter", param.offset);
  add("gradient", param.gradient);
  for (uint32_t state = 0; state < manifest.state_count; ++state) {
    if (param.state[state] == TERN_NONE)
      continue;
    add("state" + std::to_string(state), param.state[state]);
    all.back().stride = param.state_stride[state];
    if (uint32_t missing = manifest.state_shapes ? manifest.state_shapes[state] : 0)
      all.back().shape.erase(all.back().shape.end() - missing);
  }
}

std::vector<Storage> bisect::storageOf(const tern_manifest &manifest, const tern_entry &entry) {
  std::vector<Storage> all;
  for (uint32_t index = 0; index < entry.input_count; ++index)
    all.push_back(tensorStorage("input", entry.inputs[index]));
  for (uint32_t index = 0; index < entry.output_count; ++index)
    all.push_back(tensorStorage("output", entry.outputs[index]));
  for (uint32_t index = 0; index < manifest.param_count; ++index)
    addParameter(manifest.params[index], manifest, all);
  return all;
}

/// Calls with every element's number and place.
static void forEachElement(Jit &jit, const Storage &storage,
                           llvm::function_ref<void(uint64_t, uint8_t *, uint64_t)> visit) {
  uint64_t parts = std::max<uint64_t>(storage.layers, 1), count = 1, number = 0;
  for (int64_t extent : llvm::ArrayRef(storage.shape).drop_front(storage.layers ? 1 : 0))
    count *= extent;
  for (uint64_t part = 0; part < parts; ++part)
    for (uint64_t index = 0; index < count; ++index)
      visit(number++, jit.at(storage.offset + part * storage.stride), index);
}

std::vector<double> bisect::read(Jit &jit, const Storage &storage) {
  std::vector<double> values;
  forEachElement(jit, storage, [&](uint64_t, uint8_t *data, uint64_t index) {
    values.push_back(elementAt(data, storage.dtype, index));
  });
  return values;
}

//===-- numbers in ------------------------------------------------------------------------------------------===//

template <typename T>
static void store(uint8_t *data, uint64_t index, double value) {
  T element = static_cast<T>(value);
  std::memcpy(data + index * sizeof(T), &element, sizeof(T));
}

static void storeElement(uint8_t *data, uint32_t dtype, uint64_t index, double value) {
  switch (dtype) {
  case TERN_F32:
    return store<float>(data, index, value);
  case TERN_F64:
    return store<double>(data, index, value);
  case TERN_I32:
    return store<int32_t>(data, index, value);
  case TERN_I64:
    return store<int64_t>(data, index, value);
  default:
    return store<int8_t>(data, index, value);
  }
}

// In [0, 1), from the seed, the name and the number of the element alone (the mixing function is splitmix64's).
static double uniform(uint64_t key, uint64_t index) {
  uint64_t bits = key + (index + 1) * 0x9e3779b97f4a7c15u;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
  return static_cast<double>((bits ^ (bits >> 31)) >> 11) * 0x1p-53;
}

// Half the width of the range: values of a product with a matrix should not be smaller than what it is multiplied with.
static double rangeOf(const Storage &storage, bool isLayered) {
  auto shape = llvm::ArrayRef(storage.shape).drop_front(isLayered ? 1 : 0);
  return shape.size() < 2 ? 1.0 : std::sqrt(3.0 / std::min(shape.back(), shape[shape.size() - 2]));
}

std::vector<double> Feed::given(StringRef name, int64_t layers) const {
  std::vector<double> values;
  size_t place = name.find("{i}");
  for (int64_t layer = 0; layer < (place == StringRef::npos ? 1 : layers); ++layer) {
    std::string full = name.str();
    if (place != StringRef::npos)
      full.replace(place, 3, std::to_string(layer));
    if (auto file = files.find(full); file != files.end())
      values.insert(values.end(), file->second.values.begin(), file->second.values.end());
  }
  return values;
}

void Feed::fill(Jit &jit, const Storage &storage, bool flag) const {
  StringRef name = storage.name, kind = storage.kind;
  if (kind == "input" && name.contains(':')) // a variable that was cut out of its program
    std::tie(kind, name) = name.split(':');
  std::vector<double> fromFile;
  if (kind == "input" || kind == "parameter")
    fromFile = given(name, storage.shape.empty() ? 1 : storage.shape.front());
  uint64_t key = llvm::xxh3_64bits((kind + ":" + name).str()) + seed;
  bool isScalar = storage.shape.empty(), isFloat = storage.dtype == TERN_F32 || storage.dtype == TERN_F64;
  double range = rangeOf(storage, name.contains("{i}"));
  forEachElement(jit, storage, [&](uint64_t number, uint8_t *data, uint64_t index) {
    double random = uniform(key, number), value;
    if (number < fromFile.size())
      value = fromFile[number];
    else if (storage.dtype == TERN_I1)
      value = isScalar ? flag : random < 0.5;
    else if (!isFloat)
      value = isScalar ? 1 : std::floor(random * static_cast<double>(classes));
    else if (isScalar)
      value = 0.1 + 0.8 * random; // rates and scales
    else
      value = kind.starts_with("state") ? random * range : (2 * random - 1) * range; // variances are not negative
    storeElement(data, storage.dtype, index, value);
  });
}

//===-- numbers out -----------------------------------------------------------------------------------------===//

static double largest(llvm::ArrayRef<double> values) {
  double result = 0;
  for (double value : values)
    if (std::isfinite(value))
      result = std::max(result, std::abs(value));
  return result;
}

static double relativeDifference(double reference, double actual, double scale) {
  if (reference == actual || (std::isnan(reference) && std::isnan(actual)))
    return 0;
  double difference = std::abs(reference - actual);
  return std::isfinite(difference) && scale > 0 ? difference / scale : HUGE_VAL;
}

namespace {
/// Compares slice by slice in the order in which they were computed.
struct Comparer {
  llvm::ArrayRef<Tensor> reference, actual;
  const Comparison &how;
  std::map<std::string, double> kinds = {}; // the largest magnitude of each kind
  Difference worst = {};

  /// Tensors that only one result has.
  std::string missing() const {
    for (auto [these, those] : {std::pair(reference, actual), std::pair(actual, reference)})
      for (const Tensor &tensor : these)
        if (!find(those, tensor))
          return tensor.kind + " " + tensor.name;
    return "";
  }
  static const Tensor *find(llvm::ArrayRef<Tensor> tensors, const Tensor &like) {
    for (const Tensor &tensor : tensors)
      if (tensor.kind == like.kind && tensor.name == like.name && tensor.values.size() == like.values.size())
        return &tensor;
    return nullptr;
  }

  void compareSlice(const Tensor &expected, const Tensor &found, int64_t slice) {
    uint64_t length = expected.values.size() / how.slices, begin = slice * length;
    // What should be zero is rounding: it is measured by the largest number of its kind.
    double scale = std::max(largest(llvm::ArrayRef(expected.values).slice(begin, length)), 1e-2 * kinds[expected.kind]);
    for (uint64_t index = begin; index < begin + length; ++index) {
      double relative = relativeDifference(expected.values[index], found.values[index], scale);
      if (relative <= worst.relative && !worst.tensor.empty())
        continue;
      worst = {relative, expected.values[index], found.values[index], expected.kind + " " + expected.name, {}, slice};
      uint64_t rest = index;
      for (int64_t extent : llvm::reverse(expected.shape)) {
        worst.position.insert(worst.position.begin(), rest % extent);
        rest /= extent;
      }
    }
  }
};
} // namespace

Verdict bisect::compare(llvm::ArrayRef<Tensor> reference, llvm::ArrayRef<Tensor> actual, const Comparison &how) {
  Comparer comparer{reference, actual, how};
  if (std::string name = comparer.missing(); !name.empty())
    return {true, {HUGE_VAL, 0, 0, name + " (which only one of the two programs has)", {}, 0}};
  for (const Tensor &tensor : reference)
    comparer.kinds[tensor.kind] = std::max(comparer.kinds[tensor.kind], largest(tensor.values));
  for (int64_t number = 0; number < how.slices; ++number) {
    int64_t slice = how.reversed ? how.slices - 1 - number : number;
    for (const Tensor &tensor : reference)
      comparer.compareSlice(tensor, *Comparer::find(actual, tensor), slice);
    if (comparer.worst.relative > how.tolerance)
      return {true, comparer.worst};
  }
  return {false, comparer.worst};
}

std::string bisect::describe(const Difference &difference) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << difference.tensor << "["
         << llvm::join(llvm::map_range(difference.position, [](int64_t at) { return std::to_string(at); }), ", ")
         << "]: " << llvm::format("%.9g instead of %.9g", difference.actual, difference.reference);
  return text;
}
