// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Labels: what a kernel is, where the model says it, and what one execution costs.

#include "compiler/cpu/Regions.h"

#include "compiler/support/Remarks.h"
#include "dialects/kernel/Kernel.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

bool tern::cpu::isKernel(Operation *op) {
  return isa<linalg::LinalgOp, memref::CopyOp>(op) || (isa<KernelDialect>(op->getDialect()) && !isa<YieldOp>(op));
}

//===-- what it is ---------------------------------------------------------------------------------------------------===//

static std::string kernelName(Operation *op) {
  if (isa<memref::CopyOp, linalg::CopyOp>(op))
    return "copy";
  if (isa<linalg::FillOp>(op))
    return "fill";
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return linalgOp.getNumReductionLoops() ? "reduction" : "elementwise";
  return op->getName().stripDialect().str();
}

static std::string textOf(ArrayRef<int64_t> sizes) {
  std::string text;
  for (int64_t size : sizes)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text.empty() ? "1" : text;
}

static int64_t elementsOf(Value value) {
  auto type = dyn_cast<MemRefType>(value.getType());
  return type && type.hasStaticShape() ? type.getNumElements() : 0;
}

// M x N x K, which operands are transposed and what is multiplied unless f32.
static std::string shapeOf(ContractOp contract) {
  std::string text = textOf({contract.getM(), contract.getN(), contract.getK()});
  llvm::raw_string_ostream stream(text);
  stream << (contract.getTransposeA() ? " t" : " n") << (contract.getTransposeB() ? "t" : "n");
  if (Type type = contract.getComputeType(); !type.isF32())
    stream << " " << type;
  return text;
}

// The loops of a linalg op; else the largest operand, and how many heads share it.
static std::string shapeOf(Operation *op) {
  if (auto contract = dyn_cast<ContractOp>(op))
    return shapeOf(contract);
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return textOf(linalgOp.getStaticLoopRanges());
  if (op->getNumOperands() == 0)
    return "";
  Value largest = op->getOperand(0);
  for (Value operand : op->getOperands())
    if (elementsOf(operand) > elementsOf(largest))
      largest = operand;
  auto type = dyn_cast<MemRefType>(largest.getType());
  std::string heads;
  if (auto count = op->getAttrOfType<IntegerAttr>("heads"))
    heads = " heads " + std::to_string(count.getInt());
  return textOf(type ? type.getShape() : ArrayRef<int64_t>()) + heads;
}

// Products say what they multiply in; everything else computes in f32, or in f64.
static Type typeOf(Operation *op) {
  if (auto contract = dyn_cast<ContractOp>(op))
    return contract.getBlocks() ? IntegerType::get(op->getContext(), 8) : contract.getComputeType();
  Type first = op->getNumOperands() ? getElementTypeOrSelf(op->getOperand(0).getType()) : Type();
  bool isProduct = isa<AttentionOp, AttentionGradOp>(op);
  if (isProduct || (first && first.isF64()))
    return first;
  return Float32Type::get(op->getContext());
}

static std::string placeText(Location location) {
  auto place = dyn_cast<FileLineColRange>(tern::placeOf(location));
  if (!place)
    return "";
  return (llvm::sys::path::filename(place.getFilename().getValue()) + ":" + Twine(place.getStartLine()) + ":" +
          Twine(place.getStartColumn()))
      .str();
}

//===-- what it costs ------------------------------------------------------------------------------------------------===//

static uint64_t flopsOfBody(Region &region) {
  uint64_t flops = 0;
  for (Operation &op : region.getOps())
    flops += llvm::any_of(op.getResultTypes(), [](Type type) { return isa<FloatType>(type); }) &&
             !op.hasTrait<OpTrait::ConstantLike>();
  return flops;
}

static uint64_t flopsOf(Operation *op) {
  if (auto contract = dyn_cast<ContractOp>(op))
    return contract.getFlops() + flopsOfBody(contract.getEpilogue()) * contract.getM() * contract.getN();
  if (auto costed = dyn_cast<tern::Costed>(op))
    return costed.getFlops();
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (!linalgOp)
    return 0;
  uint64_t iterations = 1;
  for (int64_t size : linalgOp.getStaticLoopRanges())
    iterations *= std::max<int64_t>(size, 0);
  return iterations * flopsOfBody(linalgOp->getRegion(0));
}

// A table is touched in the rows that are asked for only.
static uint64_t mostElements(Operation *op, Value value) {
  if (auto gather = dyn_cast<GatherOp>(op); gather && value == gather.getTable())
    return elementsOf(gather.getOuts()[0]);
  if (auto scatter = dyn_cast<ScatterAddOp>(op); scatter && value == scatter.getOuts()[0])
    return elementsOf(scatter.getRows());
  if (auto write = dyn_cast<WriteRowsOp>(op); write && value == write.getOuts()[0])
    return elementsOf(write.getRows());
  return elementsOf(value);
}

namespace {
struct Traffic {
  uint64_t read = 0, written = 0;
  bool updates = false; // something is read and written in its place
};
} // namespace

static Traffic trafficOf(Operation *op) {
  SmallVector<MemoryEffects::EffectInstance> effects;
  if (auto interface = dyn_cast<MemoryEffectOpInterface>(op))
    interface.getEffects(effects);
  llvm::SmallSetVector<Value, 8> reads, writes;
  for (const auto &effect : effects)
    if (Value value = effect.getValue())
      (isa<MemoryEffects::Read>(effect.getEffect()) ? reads : writes).insert(value);
  auto bytes = [&](Value value) {
    Type element = getElementTypeOrSelf(value.getType());
    unsigned bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
    return std::min<uint64_t>(elementsOf(value), mostElements(op, value)) * ((bits + 7) / 8);
  };
  Traffic traffic;
  for (Value value : reads)
    traffic.read += bytes(value);
  for (Value value : writes) {
    traffic.written += bytes(value);
    traffic.updates |= reads.contains(value);
  }
  return traffic;
}

//===-- labels -------------------------------------------------------------------------------------------------------===//

void tern::cpu::addLabel(Operation *kernel, int64_t index) {
  Builder b(kernel->getContext());
  Traffic traffic = trafficOf(kernel);
  SmallVector<NamedAttribute> fields = {
      b.getNamedAttr("kernel", b.getStringAttr(kernelName(kernel))),
      b.getNamedAttr("shape", b.getStringAttr(shapeOf(kernel))),
      b.getNamedAttr("location", b.getStringAttr(placeText(kernel->getLoc()))),
      b.getNamedAttr("type", TypeAttr::get(typeOf(kernel))),
      b.getNamedAttr("flops", b.getI64IntegerAttr(flopsOf(kernel))),
      b.getNamedAttr("read", b.getI64IntegerAttr(traffic.read)),
      b.getNamedAttr("written", b.getI64IntegerAttr(traffic.written)),
      b.getNamedAttr("updates", b.getBoolAttr(traffic.updates)),
      b.getNamedAttr("index", b.getI64IntegerAttr(index))};
  kernel->setLoc(FusedLoc::get({kernel->getLoc()}, b.getDictionaryAttr(fields), kernel->getContext()));
}

static int64_t countOf(DictionaryAttr label, StringRef name) { return label.getAs<IntegerAttr>(name).getInt(); }

static DictionaryAttr withSums(DictionaryAttr first, DictionaryAttr second) {
  NamedAttrList fields(first);
  for (StringRef name : {"flops", "read", "written"})
    fields.set(name, Builder(first.getContext()).getI64IntegerAttr(countOf(first, name) + countOf(second, name)));
  return fields.getDictionary(first.getContext());
}

// Ops that share one loop go by the name of the one that moves most, "and so many more".
static DictionaryAttr merged(ArrayRef<DictionaryAttr> labels) {
  auto bytes = [](DictionaryAttr label) { return countOf(label, "read") + countOf(label, "written"); };
  auto most = std::max_element(labels.begin(), labels.end(), [&](auto left, auto right) { return bytes(left) < bytes(right); });
  DictionaryAttr sum = *most;
  for (auto label = labels.begin(); label != labels.end(); ++label)
    if (label != most)
      sum = withSums(sum, *label);
  NamedAttrList fields(sum);
  StringRef shape = sum.getAs<StringAttr>("shape").getValue();
  fields.set("shape", StringAttr::get(sum.getContext(), shape + " +" + Twine(labels.size() - 1)));
  return fields.getDictionary(sum.getContext());
}

DictionaryAttr tern::cpu::labelOf(Location location) {
  SmallVector<DictionaryAttr> labels;
  location->walk([&](Location inner) {
    auto fused = dyn_cast<FusedLoc>(inner);
    auto fields = fused ? dyn_cast_or_null<DictionaryAttr>(fused.getMetadata()) : DictionaryAttr();
    if (fields && fields.contains("kernel") && !llvm::is_contained(labels, fields))
      labels.push_back(fields);
    return WalkResult::advance();
  });
  return labels.empty() ? DictionaryAttr() : labels.size() == 1 ? labels.front() : merged(labels);
}

// Work that no kernel stands behind: a loop of a plugin, or what thread 0 does alone.
static DictionaryAttr labelOfLoop(Operation *op) {
  Builder b(op->getContext());
  auto zero = b.getI64IntegerAttr(0);
  return b.getDictionaryAttr({b.getNamedAttr("kernel", b.getStringAttr(isa<scf::ForallOp>(op) ? "loop" : "serial")),
                              b.getNamedAttr("shape", b.getStringAttr("")),
                              b.getNamedAttr("location", b.getStringAttr("")),
                              b.getNamedAttr("type", TypeAttr::get(b.getF32Type())), b.getNamedAttr("flops", zero),
                              b.getNamedAttr("read", zero), b.getNamedAttr("written", zero),
                              b.getNamedAttr("updates", b.getBoolAttr(false))});
}

// Trips of the loops around `op`, without those that its kernel was expanded to.
static uint64_t repeatsOf(Operation *op, DictionaryAttr label) {
  uint64_t repeats = 1;
  for (auto loop = op->getParentOfType<scf::ForOp>(); loop; loop = loop->getParentOfType<scf::ForOp>())
    if (labelOf(loop.getLoc()) != label || !label)
      if (std::optional<APInt> trips = loop.getStaticTripCount())
        repeats *= trips->getZExtValue();
  return repeats;
}

//===-- the table ----------------------------------------------------------------------------------------------------===//

uint32_t RegionTable::numberOf(Operation *op) {
  DictionaryAttr label = labelOf(op->getLoc());
  for (auto [number, row] : llvm::enumerate(table))
    if (label && row.first == label)
      return number;
  table.push_back({label, label ? label : labelOfLoop(op), repeatsOf(op, label)});
  return table.size() - 1;
}

void RegionTable::share(uint32_t region, Operation *op) {
  DictionaryAttr label = labelOf(op->getLoc()), first = table[region].label;
  // Ops of one kernel follow each other, so the kernel before is the only one that may come again.
  if (!label || label.get("index") == first.get("last") || label.get("index") == first.get("index"))
    return;
  NamedAttrList fields(withSums(first, label));
  if (label.get("kernel") != first.get("kernel"))
    fields.set("kernel", StringAttr::get(op->getContext(), "serial"));
  fields.set("last", label.get("index"));
  table[region].label = fields.getDictionary(op->getContext());
}

ArrayAttr RegionTable::rows(MLIRContext *context) const {
  Builder b(context);
  SmallVector<Attribute> rows;
  for (const Row &row : table) {
    NamedAttrList fields(row.label);
    fields.erase("index");
    fields.erase("last");
    fields.set("calls", b.getI64IntegerAttr(row.calls));
    rows.push_back(fields.getDictionary(context));
  }
  return b.getArrayAttr(rows);
}
