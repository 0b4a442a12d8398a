// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tern_kernel.contract: builders, verify, cost; it reads B packed where it is.

#include "dialects/kernel/KernelUtils.h"

using namespace mlir;
using namespace tern::kernel;

// The type of both operands, or the wider one.
static Type widerOf(Value a, Value b) {
  Type left = shaped(a).getElementType(), right = shaped(b).getElementType();
  return left.getIntOrFloatBitWidth() >= right.getIntOrFloatBitWidth() ? left : right;
}

static Type sumTypeOf(Type compute) {
  if (compute.isInteger(8))
    return IntegerType::get(compute.getContext(), 32);
  return compute.isF64() ? compute : Float32Type::get(compute.getContext());
}

void ContractOp::build(OpBuilder &builder, OperationState &state, Value a, Value b, Value out, bool transposeA,
                       bool transposeB, InitKind init, Value flag) {
  build(builder, state, a, b, flag, {}, out, transposeA, transposeB, init);
  OpBuilder::InsertionGuard guard(builder);
  Block *body = builder.createBlock(state.regions[0].get());
  Value acc = body->addArgument(sumTypeOf(widerOf(a, b)), state.location);
  YieldOp::create(builder, state.location, acc);
}

void ContractOp::build(OpBuilder &builder, OperationState &state, Value a, Value b, Value flag, ValueRange extras,
                       ValueRange outs, bool transposeA, bool transposeB, InitKind init) {
  state.addOperands({a, b});
  if (flag)
    state.addOperands(flag);
  state.addOperands(extras);
  state.addOperands(outs);
  Properties &properties = state.getOrAddProperties<Properties>();
  properties.operandSegmentSizes = {1, 1, flag ? 1 : 0, int32_t(extras.size()), int32_t(outs.size())};
  properties.transpose_a = transposeA ? builder.getUnitAttr() : nullptr;
  properties.transpose_b = transposeB ? builder.getUnitAttr() : nullptr;
  properties.init = InitKindAttr::get(builder.getContext(), init);
  state.addTypes(resultTypes(outs));
  state.addRegion();
}

int64_t ContractOp::getM() { return dim(getA(), getTransposeA() ? 1 : 0); }
int64_t ContractOp::getN() {
  bool isElsewhere = getBlocks() || getLayoutB();
  return isElsewhere && !getOuts().empty() ? dim(getOuts()[0], 1) : dim(getB(), getTransposeB() ? 0 : 1);
}
int64_t ContractOp::getK() { return dim(getA(), getTransposeA() ? 0 : 1); }
Type ContractOp::getComputeType() {
  if (getBlocks())
    return shaped(getA()).getElementType();
  return getCompute().value_or(widerOf(getA(), getB()));
}
Type ContractOp::getSumType() { return sumTypeOf(getComputeType()); }

bool ContractOp::hasIdentityEpilogue() {
  Block &body = getEpilogue().front();
  auto yield = cast<YieldOp>(body.getTerminator());
  return yield.getValues().size() == 1 && yield.getValues()[0] == body.getArgument(0);
}

static LogicalResult verifyBlockTypes(ContractOp op) {
  Type type = shaped(op.getA()).getElementType();
  if (!type.isF32() && !type.isBF16())
    return op.emitOpError() << "A has elements of type " << type << ", expected f32 or bf16 with blocks";
  if (op.getCompute() || op.getLayoutB() || op.getTransposeA() || op.getTransposeB())
    return op.emitOpError("with blocks takes neither compute nor layout_b nor transposed operands");
  return success();
}

static bool isPacked(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && isa_and_present<PackedAttr>(type.getEncoding());
}

static LogicalResult verifyContractTypes(ContractOp op) {
  if (op.getBlocks())
    return verifyBlockTypes(op);
  Type compute = op.getComputeType();
  if (shaped(op.getA()).getElementType().isInteger(8) && shaped(op.getB()).getElementType().isInteger(8) && !op.getCompute()) {
    if (op.getLayoutB())
      return op.emitOpError("of i8 takes no layout_b");
    return success();
  }
  for (auto [name, type] : {std::pair("A", shaped(op.getA()).getElementType()),
                            std::pair("B", shaped(op.getB()).getElementType()), std::pair("compute", compute)}) {
    if (!type.isF32() && !type.isF64() && !type.isBF16())
      return op.emitOpError() << name << " has elements of type " << type << ", expected f32, f64 or bf16, or i8 for both";
    if (type.isF64() != compute.isF64())
      return op.emitOpError() << name << " has elements of type " << type << ", but elements are multiplied in " << compute;
  }
  return success();
}

static LogicalResult verifyB(ContractOp op) {
  if (op.getBlocks()) {
    if (failed(verifyBlockDepth(op, op.getK())) || failed(verifyInterleaved(op, op.getB(), "B", op.getN(), *op.getBlocks())))
      return failure();
    return verifySame(op, "K of A", op.getK(), "K of B", dim(op.getB(), 1) * blockSize);
  }
  if (auto layout = op.getLayoutBAttr()) {
    if (layout.getTransposed() != op.getTransposeB())
      return op.emitOpError() << "layout_b is " << (op.getTransposeB() ? "not " : "") << "transposed, but B is"
                              << (op.getTransposeB() ? "" : " not");
    return verifyPacked(op, op.getB(), "B", layout, op.getK(), op.getN());
  }
  if (isPacked(op.getB()))
    return op.emitOpError() << "B is packed, but the op has no layout_b";
  if (failed(verifyRank(op, op.getB(), "B", 2)))
    return failure();
  return verifySame(op, "K of A", op.getK(), "K of B", dim(op.getB(), op.getTransposeB() ? 1 : 0));
}

static LogicalResult verifyContractShapes(ContractOp op) {
  if (failed(verifyRank(op, op.getA(), "A", 2)) || failed(verifyB(op)))
    return failure();
  for (auto [index, out] : llvm::enumerate(op.getOuts()))
    if (failed(verifySame(op, "M of A", op.getM(), "M of out " + Twine(index), dim(out, 0))) ||
        failed(verifySame(op, "N of B", op.getN(), "N of out " + Twine(index), dim(out, 1))))
      return failure();
  for (auto [index, extra] : llvm::enumerate(op.getExtras())) {
    int64_t rank = shaped(extra).getRank();
    if (rank != 1 && rank != 2)
      return op.emitOpError() << "extra " << index << " has rank " << rank << ", expected 1 or 2";
    if (failed(verifySame(op, "N of B", op.getN(), "N of extra " + Twine(index), dim(extra, rank - 1))))
      return failure();
    if (rank == 2 && failed(verifySame(op, "M of A", op.getM(), "M of extra " + Twine(index), dim(extra, 0))))
      return failure();
  }
  return success();
}

LogicalResult ContractOp::verify() {
  if (getOuts().empty())
    return emitOpError("has no outs");
  for (Value out : getOuts())
    if (failed(verifyRank(*this, out, "out", 2)))
      return failure();
  if (getM() == 0 || getN() == 0 || getK() == 0)
    return emitOpError() << "multiplies " << getM() << " x " << getK() << " by " << getK() << " x " << getN()
                         << ", expected extents of 1 or more";
  if (failed(verifyContractTypes(*this)) || failed(verifyContractShapes(*this)))
    return failure();
  if ((getInit() == InitKind::Flag) != bool(getFlag()))
    return emitOpError() << "init(" << stringifyInitKind(getInit()) << ") " << (getFlag() ? "takes no" : "needs a") << " flag";
  return success();
}

LogicalResult ContractOp::verifyRegions() {
  Block &body = getEpilogue().front();
  if (body.getNumArguments() != 1 + getExtras().size())
    return emitOpError() << "region has " << body.getNumArguments() << " arguments, expected " << 1 + getExtras().size();
  if (body.getArgument(0).getType() != getSumType())
    return emitOpError() << "region takes acc of type " << body.getArgument(0).getType() << ", expected " << getSumType();
  for (auto [index, extra] : llvm::enumerate(getExtras()))
    if (body.getArgument(index + 1).getType() != shaped(extra).getElementType())
      return emitOpError() << "region takes extra " << index << " of type " << body.getArgument(index + 1).getType()
                           << ", expected " << shaped(extra).getElementType();
  auto yield = dyn_cast<YieldOp>(body.getTerminator());
  if (!yield || yield.getValues().size() != getOuts().size())
    return emitOpError() << "region must yield one value for each of its " << getOuts().size() << " outs";
  for (auto [index, out] : llvm::enumerate(getOuts()))
    if (yield.getValues()[index].getType() != shaped(out).getElementType())
      return emitOpError() << "region yields " << yield.getValues()[index].getType() << " for out " << index << " of "
                           << shaped(out).getElementType();
  if (getInit() != InitKind::Zero && !hasIdentityEpilogue())
    return emitOpError() << "init(" << stringifyInitKind(getInit()) << ") allows only one out and the region that yields acc";
  return success();
}

uint64_t ContractOp::getFlops() { return 2 * product({getM(), getN(), getK()}); }

void ContractOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, getInit() != InitKind::Zero, effects);
}
