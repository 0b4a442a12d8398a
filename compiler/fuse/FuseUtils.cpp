// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the raising passes share.

#include "compiler/fuse/FuseUtils.h"

#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

std::optional<double> tern::splatNumber(Value value) {
  DenseElementsAttr constant;
  if (!matchPattern(value, m_Constant(&constant)) || !constant.isSplat() || !isa<FloatType>(constant.getElementType()))
    return std::nullopt;
  return constant.getSplatValue<FloatAttr>().getValueAsDouble();
}

std::optional<std::pair<double, Value>> tern::constantAndOther(Value lhs, Value rhs) {
  if (std::optional<double> number = splatNumber(rhs))
    return std::make_pair(*number, lhs);
  if (std::optional<double> number = splatNumber(lhs))
    return std::make_pair(*number, rhs);
  return std::nullopt;
}

Value tern::meanOfLastDim(Value value) {
  auto mean = value.getDefiningOp<MeanOp>();
  if (!mean || !mean.getKeepDims())
    return {};
  int64_t last = static_cast<int64_t>(shapeOf(mean.getInput().getType()).size()) - 1;
  return mean.getReducedDims() == ArrayRef<int64_t>{last} ? mean.getInput() : Value();
}
