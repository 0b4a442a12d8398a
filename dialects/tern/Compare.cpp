// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compare family: comparisons, where, length_mask.

#include "dialects/tern/Constants.h"
#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

/// What says whether something holds: the type itself where it is floating-point, bits for integers.
static RankedTensorType truthOf(Type type) {
  bool isFloat = isa<FloatType>(elementOf(type));
  return isFloat ? cast<RankedTensorType>(type) : withElement(type, IntegerType::get(type.getContext(), 1));
}

//===-- comparisons -----------------------------------------------------------------------------------------------===//

// One op a line: whether it holds for constants a and b. All are constant almost everywhere: da = 0, db = 0.
#define TERN_COMPARISON(OP, HOLDS)                                                                                     \
  LogicalResult OP::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,                      \
                                     SmallVectorImpl<Type> &types) {                                                   \
    if (failed(inferBroadcast(getOperationName(), loc, adaptor.getOperands().getTypes(), types)))                      \
      return failure();                                                                                                \
    types.back() = truthOf(types.back());                                                                              \
    return success();                                                                                                  \
  }                                                                                                                    \
  OpFoldResult OP::fold(FoldAdaptor adaptor) {                                                                         \
    std::optional<double> lhs = splatValue(adaptor.getLhs()), rhs = splatValue(adaptor.getRhs());                      \
    if (!lhs || !rhs)                                                                                                  \
      return {};                                                                                                       \
    double a = *lhs, b = *rhs;                                                                                         \
    return splatOf(getType(), (HOLDS) ? 1.0 : 0.0);                                                                    \
  }                                                                                                                    \
  void OP::buildGradient(GradBuilder &g) {                                                                             \
    for (unsigned operand : {0u, 1u})                                                                                  \
      if (g.wants(operand))                                                                                            \
        g.accumulate(operand, g.zerosLike(getOperand(operand)));                                                       \
  }

TERN_COMPARISON(EqualOp, a == b)
TERN_COMPARISON(NotEqualOp, a != b)
TERN_COMPARISON(LessOp, a < b)
TERN_COMPARISON(LessEqualOp, a <= b)
TERN_COMPARISON(GreaterOp, a > b)
TERN_COMPARISON(GreaterEqualOp, a >= b)

#undef TERN_COMPARISON

//===-- where -----------------------------------------------------------------------------------------------------===//

LogicalResult WhereOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  Type left = adaptor.getOnTrue().getType(), right = adaptor.getOnFalse().getType();
  auto condition = withElement(adaptor.getCondition().getType(), elementOf(left));
  return inferBroadcast(getOperationName(), loc, {left, right, condition}, types);
}

/// Whether a constant condition holds everywhere or nowhere.
static std::optional<bool> constantCondition(Attribute attribute) {
  if (std::optional<double> value = splatValue(attribute))
    return *value != 0.0;
  auto splat = dyn_cast_if_present<SplatElementsAttr>(attribute);
  if (!splat || !splat.getElementType().isInteger(1))
    return std::nullopt;
  return splat.getSplatValue<bool>();
}

OpFoldResult WhereOp::fold(FoldAdaptor adaptor) {
  std::optional<bool> holds = constantCondition(adaptor.getCondition());
  if (getOnTrue() == getOnFalse())
    holds = true;
  if (!holds)
    return {};
  Value chosen = *holds ? getOnTrue() : getOnFalse();
  return chosen.getType() == getType() ? OpFoldResult(chosen) : OpFoldResult();
}

// y = c ? a : b      da = c ? dy : 0      db = c ? 0 : dy
void WhereOp::buildGradient(GradBuilder &g) {
  Value dy = g.cotangent(), c = getCondition(), zero = g.constant(0.0, dy);
  if (g.wants(0))
    g.accumulate(0u, g.zerosLike(c));
  if (g.wants(1))
    g.accumulate(1u, WhereOp::create(g.getBuilder(), g.getLoc(), c, dy, zero));
  if (g.wants(2))
    g.accumulate(2u, WhereOp::create(g.getBuilder(), g.getLoc(), c, zero, dy));
}

//===-- length_mask -----------------------------------------------------------------------------------------------===//

LogicalResult LengthMaskOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  Type lengthsType = adaptor.getLengths().getType();
  if (failed(expectLengths("length_mask", loc, adaptor.getLike().getType(), lengthsType, /*rank=*/2)))
    return failure();
  ArrayRef<int64_t> like = shapeOf(adaptor.getLike().getType()), lengths = shapeOf(lengthsType);
  types.push_back(truthOf(withShape(adaptor.getLike().getType(), {mergeExtents(like[0], lengths[0]), like[1]})));
  return success();
}

// Depends on the type of `like` alone: dlike = 0.
void LengthMaskOp::buildGradient(GradBuilder &g) {
  if (g.wants(1))
    g.accumulate(1u, g.zerosLike(getLike()));
}

} // namespace tern
