// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linear family: matmul, linear, embedding, embedding_grad. The assembly of linear is in LinearAssembly.cpp.

#include "dialects/tern/Attrs.h"
#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include <cmath>

using namespace mlir;

namespace tern {

static uint64_t elementCount(ArrayRef<int64_t> shape) {
  return ShapedType::isDynamicShape(shape) ? 0 : ShapedType::getNumElements(shape);
}

//===-- matmul -------------------------------------------------------------------------------------------------------===//

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> a = shapeOf(adaptor.getLhs().getType()), b = shapeOf(adaptor.getRhs().getType());
  if (a.size() < 2 || b.size() < 2)
    return emitOptionalError(loc, "matmul takes operands of rank 2 or more, found ", a.size(), " and ", b.size());
  bool ta = adaptor.getTransposeA(), tb = adaptor.getTransposeB();
  int64_t m = a[a.size() - (ta ? 1 : 2)], k = a[a.size() - (ta ? 2 : 1)];
  int64_t kb = b[b.size() - (tb ? 1 : 2)], n = b[b.size() - (tb ? 2 : 1)];
  if (failed(expectExtent(loc, "matmul, contracted dimension of the right operand", k, kb)))
    return failure();
  FailureOr<SmallVector<int64_t>> shape = broadcastShapes(loc, a.drop_back(2), b.drop_back(2));
  if (failed(shape))
    return failure();
  shape->append({m, n});
  types.push_back(sumsOf(withShape(adaptor.getLhs().getType(), *shape)));
  return success();
}

// y = a b      da = dy b^T      db = a^T dy      (summed over a shared operand's batch)
void MatmulOp::buildGradient(GradBuilder &g) {
  OpBuilder &b = g.getBuilder();
  Value dy = g.cotangent();
  bool ta = getTransposeA(), tb = getTransposeB();
  auto product = [&](Value x, Value y, bool tx, bool ty) { return MatmulOp::create(b, g.getLoc(), x, y, tx, ty); };
  if (g.wants(0))
    g.accumulate(0u, ta ? product(getRhs(), dy, tb, true) : product(dy, getRhs(), false, !tb));
  if (g.wants(1))
    g.accumulate(1u, tb ? product(dy, getLhs(), true, ta) : product(getLhs(), dy, !ta, false));
}

SmallVector<OpOperand *> MatmulOp::getFactors() { return {&getLhsMutable(), &getRhsMutable()}; }

uint64_t MatmulOp::getFlops() {
  ArrayRef<int64_t> a = shapeOf(getLhs().getType());
  return 2 * elementCount(shapeOf(getType())) * std::max<int64_t>(0, a[a.size() - (getTransposeA() ? 2 : 1)]);
}

// Rows of the left matrix, or matrices of the batch: the columns that are summed over and the right matrix are whole.
LogicalResult MatmulOp::followSequence(SequenceDims &dims) {
  std::optional<int64_t> dim = dims.of(getLhs());
  int64_t rank = shapeOf(getLhs().getType()).size(), rows = rank - (getTransposeA() ? 1 : 2);
  bool ofRows = dim == rows, ofBatch = dim && *dim < rank - 2 && shapeOf(getRhs().getType()).size() == 2;
  if (dims.of(getRhs()) || (!ofRows && !ofBatch))
    return failure();
  dims.set(getResult(), ofRows ? static_cast<int64_t>(shapeOf(getType()).size()) - 2 : *dim);
  return success();
}

//===-- linear -------------------------------------------------------------------------------------------------------===//

bool LinearOp::isModuleForm() { return !getWeight(); }

bool LinearOp::declaresBias() { return literalSize(getWithBias().value_or(Attribute())).value_or(0) == 1; }

LogicalResult LinearOp::verify() {
  if (isModuleForm() && (!getName() || !getOut()))
    return emitOpError("needs a weight operand, or a name and its number of outputs");
  if (std::optional<int64_t> out = literalSize(getOut().value_or(Attribute())); out && *out < 1)
    return emitOpError("'") << getName().value_or("") << "' has at least 1 output, found " << *out;
  if (std::optional<int64_t> bias = literalSize(getWithBias().value_or(Attribute())); bias && *bias != 0 && *bias != 1)
    return emitOpError("'") << getName().value_or("") << "' has a bias (1) or none (0), found " << *bias;
  if (!isModuleForm() && getName())
    return emitOpError("'") << *getName() << "' has a weight operand; a name belongs to the module form";
  return success();
}

LogicalResult LinearOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  SmallVector<int64_t> shape(shapeOf(adaptor.getInput().getType()));
  if (shape.empty())
    return emitOptionalError(loc, "linear takes an input of rank 1 or more");
  if (!adaptor.getWeight()) {
    shape.back() = adaptor.getOut() ? extentOf(*adaptor.getOut()) : ShapedType::kDynamic;
  } else {
    ArrayRef<int64_t> weight = shapeOf(adaptor.getWeight().getType());
    if (weight.size() != 2)
      return emitOptionalError(loc, "linear takes a weight of rank 2, found rank ", weight.size());
    bool inOut = adaptor.getLayout() == WeightLayout::in_out;
    if (failed(expectExtent(loc, "linear, input dimension of the weight", shape.back(), weight[inOut ? 0 : 1])))
      return failure();
    shape.back() = weight[inOut ? 1 : 0];
  }
  if (adaptor.getBias() &&
      (shapeOf(adaptor.getBias().getType()).size() != 1 ||
       failed(expectExtent(loc, "linear, size of the bias", shape.back(), shapeOf(adaptor.getBias().getType())[0]))))
    return failure();
  types.push_back(sumsOf(withShape(adaptor.getInput().getType(), shape)));
  return success();
}

SmallVector<OpOperand *> LinearOp::getFactors() {
  return {&getInputMutable(), &*getWeightMutable().begin()};
}

LogicalResult LinearOp::declareParameters(SmallVectorImpl<ParameterDeclaration> &declarations) {
  int64_t in = shapeOf(getInput().getType()).back();
  if (ShapedType::isDynamic(in))
    return emitOpError("'") << *getName() << "' does not know its input size: the last dimension of " << getInput().getType()
                            << " is dynamic";
  if (getWithBias() && !literalSize(*getWithBias()))
    return emitOpError("'") << *getName() << "' does not know whether it has a bias: its hyperparameter is not bound yet";
  Builder b(getContext());
  Attribute inSize = b.getI64IntegerAttr(in), outSize = *getOut();
  double bound = 1.0 / std::sqrt(static_cast<double>(in));
  InitAttr init = getInitAttr() ? getInitAttr()
                                : InitAttr::get(getContext(), b.getStringAttr("uniform"), b.getF64ArrayAttr({-bound, bound}));
  bool inOut = getLayout() == WeightLayout::in_out;
  Type element = elementOf(getInput().getType());
  declarations.push_back({(*getName() + ".weight").str(), {inOut ? inSize : outSize, inOut ? outSize : inSize}, element, init});
  if (declaresBias())
    declarations.push_back({(*getName() + ".bias").str(), {outSize}, element,
                            InitAttr::get(getContext(), b.getStringAttr("zeros"), b.getArrayAttr({}))});
  return success();
}

LogicalResult LinearOp::followSequence(SequenceDims &dims) { return dims.followRows(*this, getInput()); }

void LinearOp::setParameters(ValueRange parameters) {
  getWeightMutable().assign(parameters[0]);
  if (declaresBias())
    getBiasMutable().assign(parameters[1]);
  removeNameAttr();
  removeOutAttr();
  removeInitAttr();
  removeWithBiasAttr();
}

static Value flattenRows(GradBuilder &g, Value value) {
  ArrayRef<int64_t> shape = shapeOf(value.getType());
  return g.reshape(value, {ShapedType::getNumElements(shape.drop_back()), shape.back()});
}

// y = x W + b      dx = dy W^T      dW = x^T dy      db = sum_rows dy
void LinearOp::buildGradient(GradBuilder &g) {
  OpBuilder &b = g.getBuilder();
  Value dy = g.cotangent();
  bool inOut = getLayout() == WeightLayout::in_out;
  if (g.wants(0))
    g.accumulate(0u, LinearOp::create(b, g.getLoc(), getInput().getType(), dy, getWeight(), Value(), StringAttr(),
                                      Attribute(), inOut ? WeightLayout::out_in : WeightLayout::in_out, Attribute(), InitAttr()));
  if (g.wants(1)) {
    Value rows = flattenRows(g, getInput()), cotangent = flattenRows(g, dy);
    g.accumulate(1u, MatmulOp::create(b, g.getLoc(), inOut ? rows : cotangent, inOut ? cotangent : rows, true, false));
  }
  g.accumulate(getBias(), dy);
}

uint64_t LinearOp::getFlops() {
  return 2 * elementCount(shapeOf(getType())) * std::max<int64_t>(0, shapeOf(getInput().getType()).back());
}

//===-- embedding ----------------------------------------------------------------------------------------------------===//

LogicalResult EmbeddingOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> table = shapeOf(adaptor.getTable().getType());
  if (table.size() != 2)
    return emitOptionalError(loc, "embedding takes a table of rank 2, found rank ", table.size());
  if (table[0] == 0)
    return emitOptionalError(loc, "embedding takes a table with rows, found none");
  SmallVector<int64_t> shape(shapeOf(adaptor.getTokens().getType()));
  shape.push_back(table[1]);
  types.push_back(withShape(adaptor.getTable().getType(), shape));
  return success();
}

LogicalResult EmbeddingOp::followSequence(SequenceDims &dims) { return dims.followRows(*this, getTokens(), /*kept=*/0); }

// y = table[tokens]      d_table[v] = sum over positions of token v of dy
void EmbeddingOp::buildGradient(GradBuilder &g) {
  if (g.wants(1))
    g.accumulate(1u, EmbeddingGradOp::create(g.getBuilder(), g.getLoc(), getTokens(), g.cotangent(), /*onto=*/Value(),
                                             shapeOf(getTable().getType())[0]));
}

//===-- embedding_grad -----------------------------------------------------------------------------------------------===//

LogicalResult EmbeddingGradOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> tokens = shapeOf(adaptor.getTokens().getType()), dy = shapeOf(adaptor.getCotangent().getType());
  if (dy.size() != tokens.size() + 1)
    return emitOptionalError(loc, "embedding_grad: cotangent has rank ", dy.size(), ", expected ", tokens.size() + 1);
  for (auto [dim, extent] : llvm::enumerate(tokens))
    if (failed(expectExtent(loc, "embedding_grad, dimension " + Twine(dim) + " of the cotangent", extent, dy[dim])))
      return failure();
  types.push_back(withShape(adaptor.getCotangent().getType(), {static_cast<int64_t>(adaptor.getRows()), dy.back()}));
  if (adaptor.getOnto() && adaptor.getOnto().getType() != types.back())
    return emitOptionalError(loc, "embedding_grad: onto has type ", adaptor.getOnto().getType(), ", expected ", types.back());
  return success();
}

} // namespace tern
