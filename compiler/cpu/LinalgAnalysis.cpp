// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a linalg op allows: loops that become one, the loop that vectors run along, sums that vectors can carry.

#include "compiler/cpu/LinalgVectorizer.h"
#include "compiler/cpu/VectorBody.h"

using namespace mlir;
using namespace tern::cpu;

LinalgVectorizer::LinalgVectorizer(Emitter &emit, linalg::LinalgOp op, const Machine &machine,
                                   bool keepRows)
    : emit(emit), op(op), machine(machine), body(*op.getBlock()), sizes(op.getStaticLoopRanges()),
      iterators(op.getIteratorTypesArray()) {
  for (OpOperand &operand : op->getOpOperands())
    operands.push_back({operand.get(), op.getMatchingIndexingMap(&operand), isa<MemRefType>(operand.get().getType()),
                        op.isDpsInit(&operand)});
  if (StringRef why = findReason(); !why.empty()) {
    reason = why;
    return;
  }
  if (!keepRows)
    flatten();
  chooseVectorLoop();
}

int64_t LinalgVectorizer::Operand::stride(unsigned loop) const {
  if (!isMemref)
    return 0;
  auto [strides, offset] = memrefType(value).getStridesAndOffset();
  for (auto [position, expression] : llvm::enumerate(map.getResults()))
    if (expression == getAffineDimExpr(loop, map.getContext()))
      return strides[position];
  return 0;
}

bool LinalgVectorizer::isContiguous(const Operand &operand, unsigned loop) const {
  // One i1 takes one byte in memory and one bit in a vector.
  return operand.stride(loop) == 1 && !memrefType(operand.value).getElementType().isInteger(1);
}

StringRef LinalgVectorizer::findReason() {
  if (sizes.empty())
    return "it has no loops";
  if (findScalarOnlyOp(body))
    return "its body has an op without a vector form";
  for (const Operand &operand : operands) {
    if (operand.map.getNumSymbols() || !operand.map.isProjectedPermutation())
      return "an operand is not indexed by loops alone";
    if (operand.isOut && llvm::any_of(operand.map.getResults(), [&](AffineExpr at) {
          return isReduction(cast<AffineDimExpr>(at).getPosition());
        }))
      return "it writes at every step of a reduction";
    if (operand.isOut && memrefType(operand.value).getElementType().isInteger(1))
      return "it writes single bits";
  }
  return "";
}

// An op that does the same everywhere on contiguous operands is one loop over all elements.
void LinalgVectorizer::flatten() {
  bool asksPosition = llvm::any_of(body, [](Operation &inner) { return isa<linalg::IndexOp>(inner); });
  bool oneKind = llvm::all_equal(iterators);
  if (sizes.size() < 2 || asksPosition || !oneKind)
    return;
  auto flattens = [](const Operand &operand) {
    return !operand.isMemref || operand.map.getNumResults() == 0 ||
           (operand.map.isIdentity() && memrefType(operand.value).areTrailingDimsContiguous(operand.map.getNumDims()));
  };
  if (!llvm::all_of(operands, flattens))
    return;
  MLIRContext *context = op.getContext();
  for (Operand &operand : operands) {
    if (operand.isMemref && operand.map.getNumResults()) {
      ReassociationIndices all = llvm::to_vector(llvm::seq<int64_t>(0, sizes.size()));
      operand.value = memref::CollapseShapeOp::create(emit.b, emit.loc, operand.value, ArrayRef<ReassociationIndices>{all});
      operand.map = AffineMap::getMultiDimIdentityMap(1, context);
    } else {
      operand.map = AffineMap::get(1, 0, context);
    }
  }
  sizes = {ShapedType::getNumElements(sizes)};
  iterators.resize(1);
}

// The loop along which most operands are contiguous; along a parallel one every out must be, and along a reduction the
// sums must be ones that vectors can carry.
void LinalgVectorizer::chooseVectorLoop() {
  bool carries = findCombiners();
  int64_t best = -1;
  for (unsigned loop = 0; loop < sizes.size(); ++loop) {
    int64_t score = 0;
    bool possible = !isReduction(loop) || carries;
    for (const Operand &operand : operands) {
      bool contiguous = operand.isMemref && isContiguous(operand, loop);
      possible &= !operand.isOut || isReduction(loop) || contiguous;
      score += contiguous;
    }
    // A loop of few iterations fills no vector.
    score = 2 * score + (sizes[loop] >= 4);
    if (possible && score >= best) {
      best = score;
      vectorLoop = loop;
    }
  }
  if (best < 0)
    reason = "no loop runs along contiguous outs";
  lanes = laneCount();
}

// A vector register of the widest element that vectors move; 32 bits at least.
int64_t LinalgVectorizer::laneCount() const {
  unsigned bits = 32;
  for (const Operand &operand : operands)
    if (operand.stride(vectorLoop))
      bits = std::max(bits, memrefType(operand.value).getElementType().getIntOrFloatBitWidth());
  return machine.lanes(bits);
}

// Each out must be combined with a term that does not depend on the outs, by an op with a neutral element.
bool LinalgVectorizer::findCombiners() {
  unsigned inputs = op.getNumDpsInputs();
  for (auto [number, yielded] : llvm::enumerate(body.getTerminator()->getOperands())) {
    BlockArgument sum = body.getArgument(inputs + number);
    Operation *combine = yielded.getDefiningOp();
    bool binary = combine && combine->getBlock() == &body && combine->getNumOperands() == 2;
    if (!binary || !sum.hasOneUse() || !llvm::is_contained(combine->getOperands(), Value(sum)) || !yielded.hasOneUse())
      return false;
    std::optional<TypedAttr> neutral = arith::getNeutralElement(combine);
    if (!neutral)
      return false;
    combiners.push_back({combine, combine->getOperand(0) == sum ? 0u : 1u, *neutral});
  }
  return true;
}
