// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// #tern_kernel.packed, the encoding of weights that products read in place, and tern_kernel.pack, which writes them.

#include "dialects/kernel/KernelUtils.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tern::kernel;

// Groups of k come in so many: one tile register holds 16, and vectors have 16 lanes of 32 bits at most.
static constexpr int64_t groupsAtOnce = 16;

static bool isPackable(Type element) { return element.isF32() || element.isF64() || element.isBF16(); }

LogicalResult PackedAttr::verifyEncoding(ArrayRef<int64_t> shape, Type element,
                                         function_ref<InFlightDiagnostic()> emitError) const {
  if (shape.size() < 2)
    return emitError() << "a packed tensor has rank " << shape.size() << ", expected 2 or more";
  if (!isPackable(element))
    return emitError() << "a packed tensor has elements of type " << element << ", expected f32, f64 or bf16";
  int64_t group = std::max<int64_t>(32 / element.getIntOrFloatBitWidth(), 1);
  if (getGroup() != group)
    return emitError() << "a packed tensor of " << element << " has groups of " << getGroup() << ", expected " << group;
  if (getColumns() < 1)
    return emitError() << "a packed tensor has panels of " << getColumns() << " columns, expected 1 or more";
  return success();
}

SmallVector<int64_t> PackedAttr::getPhysicalShape(int64_t k, int64_t n) const {
  int64_t groups = llvm::divideCeil(k, getGroup());
  return {int64_t(llvm::divideCeil(n, getColumns())), int64_t(llvm::alignTo(groups, groupsAtOnce)), getColumns() * getGroup()};
}

RankedTensorType PackedAttr::getPhysicalType(RankedTensorType type) const {
  SmallVector<int64_t> shape(type.getShape().drop_back(2));
  int64_t first = type.getShape().end()[-2], second = type.getShape().back();
  shape.append(getTransposed() ? getPhysicalShape(second, first) : getPhysicalShape(first, second));
  return RankedTensorType::get(shape, type.getElementType());
}

LogicalResult tern::kernel::verifyPacked(Operation *op, Value value, StringRef name, PackedAttr layout, int64_t k, int64_t n) {
  SmallVector<int64_t> logical = {k, n};
  if (layout.getTransposed())
    std::swap(logical[0], logical[1]);
  auto tensor = dyn_cast<RankedTensorType>(value.getType());
  bool isEncoded = tensor && tensor.getEncoding() == layout;
  ArrayRef<int64_t> found = shaped(value).getShape();
  SmallVector<int64_t> physical = layout.getPhysicalShape(k, n);
  if (isEncoded ? found == ArrayRef(logical) : found == ArrayRef(physical) && !(tensor && tensor.getEncoding()))
    return success();
  auto text = [](ArrayRef<int64_t> shape) {
    std::string words;
    for (int64_t size : shape)
      words += (words.empty() ? "" : "x") + std::to_string(size);
    return words;
  };
  return op->emitOpError() << name << " is " << value.getType() << ", expected " << text(physical) << ", or " << text(logical)
                           << " of encoding " << layout;
}

//===----------------------------------------------------------------------===//
// pack
//===----------------------------------------------------------------------===//

void PackOp::build(OpBuilder &builder, OperationState &state, Value source, Value out, PackedAttr layout, Type compute) {
  state.addOperands({source, out});
  Properties &properties = state.getOrAddProperties<Properties>();
  properties.layout = layout;
  properties.compute = compute ? TypeAttr::get(compute) : nullptr;
  state.addTypes(resultTypes(out));
}

int64_t PackOp::getK() { return dim(getSource(), getLayout().getTransposed() ? 1 : 0); }
int64_t PackOp::getN() { return dim(getSource(), getLayout().getTransposed() ? 0 : 1); }

LogicalResult PackOp::verify() {
  if (failed(verifyOutCount(*this, getOuts(), 1)) || failed(verifyRank(*this, getSource(), "source", 2)))
    return failure();
  for (auto [name, value] : {std::pair("source", getSource()), std::pair("out", getOuts()[0])})
    if (Type element = shaped(value).getElementType(); !isPackable(element))
      return emitOpError() << name << " has elements of type " << element << ", expected f32, f64 or bf16";
  Type element = shaped(getOuts()[0]).getElementType();
  auto error = [&] { return emitOpError(); };
  if (failed(getLayout().verifyEncoding({getK(), getN()}, element, error)))
    return failure();
  return verifyPacked(*this, getOuts()[0], "out", getLayout(), getK(), getN());
}

uint64_t PackOp::getFlops() { return 0; }

void PackOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, false, effects);
}
