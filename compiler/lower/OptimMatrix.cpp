// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Optimizers that look at a tensor as a whole: adafactor and muon. Sums over a tensor are taken over its last dimension
// first, side by side, then over what is left.

#include "compiler/lower/OptimUtils.h"
#include "dialects/tern/Tern.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/DialectConversion.h"

#include <cmath>

using namespace mlir;
using namespace tern;
using namespace tern::lower;

namespace {

//===-- adafactor -------------------------------------------------------------------------------------------------===//

/// One adafactor update. A tensor is (L, ...) with L layers, or one layer without that dimension.
class Adafactor {
public:
  Adafactor(AdafactorOp op, OpBuilder &builder)
      : b(op.getLoc(), builder), op(op), element(elementOf(op.getParam())), rank(shapeOf(op.getParam()).size()),
        layerDims(op.getStacked()) {}
  SmallVector<Value> lower();

private:
  Value number(ImplicitLocOpBuilder &at, double value) const { return constantFloat(at, element, value); }
  /// 1 after the largest number below it; the smallest second moment is its square.
  double epsilon() const { return element.isF64() ? 0x1p-52 : 0x1p-23; }
  /// f(step, x...) of numbers, in f64.
  Value ofStep(ValueRange others, ElementBody formula);
  /// Mean of f(inputs) over one dimension of the first input.
  Value meanOver(ValueRange inputs, int64_t dim, ElementBody formula);
  /// sqrt(mean of f(inputs)^2) of each layer: (L) or ().
  Value rmsOfLayers(ValueRange inputs, ElementBody formula);
  /// Shaped to broadcast over the parameter: extents `kept` in front, then ones.
  Value alignLayers(Value perLayer);
  Value moved(Value moment, Value mean);
  void factor();

  ImplicitLocOpBuilder b;
  AdafactorOp op;
  Type element;
  int64_t rank, layerDims;
  Value weight, newRow, newColumn;
  SmallVector<Value> moments; // what v is made of, shaped to broadcast over the parameter
};

Value Adafactor::ofStep(ValueRange others, ElementBody formula) {
  SmallVector<Value> inputs{op.getStep()};
  llvm::append_range(inputs, others);
  return mapElements(b, {}, element, inputs, [&](ImplicitLocOpBuilder &inner, ValueRange x) {
    SmallVector<Value> wide{arith::SIToFPOp::create(inner, inner.getF64Type(), x[0])};
    for (Value other : x.drop_front())
      wide.push_back(widen(inner, other));
    return narrow(inner, formula(inner, wide), element);
  });
}

Value Adafactor::meanOver(ValueRange inputs, int64_t dim, ElementBody formula) {
  SmallVector<int64_t> shape(shapeOf(inputs[0]));
  double count = static_cast<double>(shape[dim]);
  shape.erase(shape.begin() + dim);
  Value sum = reduceInto(b, inputs, filledTensor(b, shape, element, 0.0), {dim}, [&](ImplicitLocOpBuilder &inner, ValueRange x) {
    return add(inner, x.back(), formula(inner, x.drop_back()));
  });
  return mapElements(b, shape, element, sum, [&](ImplicitLocOpBuilder &inner, ValueRange x) {
    return mul(inner, x[0], number(inner, 1.0 / count));
  });
}

Value Adafactor::rmsOfLayers(ValueRange inputs, ElementBody formula) {
  auto squared = [&](ImplicitLocOpBuilder &inner, ValueRange x) {
    Value y = formula(inner, x);
    return mul(inner, y, y);
  };
  if (rank == layerDims) // a number per layer
    return mapElements(b, shapeOf(inputs[0]), element, inputs, [&](ImplicitLocOpBuilder &inner, ValueRange x) {
      return root(inner, squared(inner, x));
    });
  Value mean = meanOver(inputs, rank - 1, squared);
  for (int64_t dim = rank - 2; dim >= layerDims; --dim)
    mean = meanOver(mean, dim, [](ImplicitLocOpBuilder &, ValueRange x) { return x[0]; });
  return mapElements(b, shapeOf(mean), element, mean,
                     [](ImplicitLocOpBuilder &inner, ValueRange x) { return root(inner, x[0]); });
}

Value Adafactor::alignLayers(Value perLayer) {
  SmallVector<int64_t> shape(shapeOf(perLayer));
  shape.resize(rank, 1);
  return layerDims == 0 ? perLayer : reshapeTensor(b, perLayer, shape);
}

/// moment + weight (mean - moment), in place.
Value Adafactor::moved(Value moment, Value mean) {
  return updateElements(b, {mean, weight}, moment, [](ImplicitLocOpBuilder &inner, ValueRange x) -> SmallVector<Value> {
    return {add(inner, x[2], mul(inner, x[1], sub(inner, x[0], x[2])))};
  })[0];
}

/// The new row and column, and what of them gives v: row / mean(row) and column.
void Adafactor::factor() {
  auto square = [](ImplicitLocOpBuilder &inner, ValueRange x) {
    Value g = mul(inner, x[0], x[1]);
    return mul(inner, g, g);
  };
  SmallVector<Value> scaled{op.getGrad(), op.getScale()};
  newRow = moved(op.getRow(), meanOver(scaled, rank - 1, square));
  newColumn = moved(op.getColumn(), meanOver(scaled, rank - 2, square));
  Value mean = meanOver(newRow, rank - 2, [](ImplicitLocOpBuilder &, ValueRange x) { return x[0]; });
  SmallVector<int64_t> rowShape(shapeOf(newRow)), columnShape(shapeOf(newColumn)), meanShape(shapeOf(mean));
  meanShape.push_back(1);
  Value share = mapElements(b, rowShape, element, {newRow, reshapeTensor(b, mean, meanShape)},
                            [&](ImplicitLocOpBuilder &inner, ValueRange x) {
                              return div(inner, x[0], larger(inner, x[1], number(inner, epsilon())));
                            });
  rowShape.push_back(1);
  columnShape.insert(columnShape.end() - 1, 1);
  moments = {reshapeTensor(b, share, rowShape), reshapeTensor(b, newColumn, columnShape)};
}

SmallVector<Value> Adafactor::lower() {
  weight = ofStep({}, [](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
    return math::PowFOp::create(inner, x[0], constantFloat(inner, inner.getF64Type(), -0.8));
  });
  Value rate = ofStep(op.getLearningRate(), [](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
    Value bound = div(inner, constantFloat(inner, inner.getF64Type(), 1.0), root(inner, x[0]));
    return arith::MinimumFOp::create(inner, x[1], bound);
  });
  if (op.getColumn()) {
    factor();
  } else {
    auto square = [](ImplicitLocOpBuilder &inner, ValueRange x) -> SmallVector<Value> {
      Value g = mul(inner, x[0], x[1]);
      return {add(inner, x[3], mul(inner, x[2], sub(inner, mul(inner, g, g), x[3])))};
    };
    newRow = updateElements(b, {op.getGrad(), op.getScale(), weight}, op.getRow(), square)[0];
    moments = {newRow};
  }
  // u = g / sqrt(max(v, e^2)) from the gradient, its scale and the moments.
  auto direction = [&](ImplicitLocOpBuilder &inner, ValueRange x) {
    Value v = moments.size() == 2 ? mul(inner, x[2], x[3]) : x[2];
    Value bounded = larger(inner, v, number(inner, epsilon() * epsilon()));
    return div(inner, mul(inner, x[0], x[1]), root(inner, bounded));
  };
  SmallVector<Value> inputs{op.getGrad(), op.getScale()};
  llvm::append_range(inputs, moments);
  Value size = rmsOfLayers(op.getParam(), [](ImplicitLocOpBuilder &, ValueRange x) { return x[0]; });
  Value length = rmsOfLayers(inputs, direction);
  Value step = mapElements(b, shapeOf(size), element, {size, length, rate}, [&](ImplicitLocOpBuilder &inner, ValueRange x) {
    Value relative = mul(inner, larger(inner, x[0], number(inner, 1e-3)), x[2]);
    return div(inner, relative, larger(inner, x[1], number(inner, 1.0)));
  });
  inputs.append({alignLayers(step), op.getLearningRate(), op.getDecay()});
  auto body = [&](ImplicitLocOpBuilder &inner, ValueRange x) -> SmallVector<Value> {
    ValueRange last = x.take_back(4); // step, learning rate, decay, p
    Value kept = mul(inner, last[3], sub(inner, number(inner, 1.0), mul(inner, last[1], last[2])));
    return {sub(inner, kept, mul(inner, last[0], direction(inner, x)))};
  };
  SmallVector<Value> results = updateElements(b, inputs, op.getParam(), body);
  results.push_back(newRow);
  if (newColumn)
    results.push_back(newColumn);
  return results;
}

struct LowerAdafactor : OpConversionPattern<AdafactorOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(AdafactorOp op, OpAdaptor, ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, Adafactor(op, rewriter).lower());
    return success();
  }
};

//===-- muon ------------------------------------------------------------------------------------------------------===//

constexpr double newtonSchulz[] = {3.4445, -4.7750, 2.0315};
constexpr double smallestNorm = 1e-7;

/// The new moving average of the gradient, and the direction a step ahead of it.
std::pair<Value, Value> lookAhead(ImplicitLocOpBuilder &b, MuonOp op, Value grad, Value buffer) {
  auto mix = [](ImplicitLocOpBuilder &inner, Value g, Value scale, Value momentum, Value old) {
    Value rest = sub(inner, constantFloat(inner, g.getType(), 1.0), momentum);
    return add(inner, mul(inner, momentum, old), mul(inner, rest, mul(inner, scale, g)));
  };
  Value average = updateElements(b, {grad, op.getScale(), op.getMomentum()}, buffer,
                                 [&](ImplicitLocOpBuilder &inner, ValueRange x) -> SmallVector<Value> {
                                   return {mix(inner, x[0], x[1], x[2], x[3])};
                                 })[0];
  Value ahead = mapElements(b, shapeOf(grad), elementOf(grad), {grad, op.getScale(), op.getMomentum(), average},
                            [&](ImplicitLocOpBuilder &inner, ValueRange x) { return mix(inner, x[0], x[1], x[2], x[3]); });
  return {average, ahead};
}

/// u / max(|u|, 1e-7)
Value normalized(ImplicitLocOpBuilder &b, Value matrix) {
  Type element = elementOf(matrix);
  int64_t rows = shapeOf(matrix)[0];
  Value squares = reduceInto(b, matrix, filledTensor(b, {rows}, element, 0.0), {1},
                             [](ImplicitLocOpBuilder &inner, ValueRange x) { return add(inner, x[1], mul(inner, x[0], x[0])); });
  Value sum = reduceInto(b, squares, filledTensor(b, {}, element, 0.0), {0},
                         [](ImplicitLocOpBuilder &inner, ValueRange x) { return add(inner, x[1], x[0]); });
  return mapElements(b, shapeOf(matrix), element, {matrix, sum}, [&](ImplicitLocOpBuilder &inner, ValueRange x) {
    return div(inner, x[0], larger(inner, root(inner, x[1]), constantFloat(inner, element, smallestNorm)));
  });
}

/// One Newton-Schulz iteration, in place. The Gram matrix stands on the side on which it is small.
Value iterate(ImplicitLocOpBuilder &b, Value x) {
  bool isTall = shapeOf(x)[0] > shapeOf(x)[1];
  Type element = elementOf(x);
  Value gram = contractMatrices(b, x, x, isTall, !isTall);
  Value square = contractMatrices(b, gram, gram, false, false);
  Value inner = mapElements(b, shapeOf(gram), element, {gram, square}, [&](ImplicitLocOpBuilder &body, ValueRange y) {
    return add(body, mul(body, constantFloat(body, element, newtonSchulz[1]), y[0]),
               mul(body, constantFloat(body, element, newtonSchulz[2]), y[1]));
  });
  Value product = isTall ? contractMatrices(b, x, inner, false, false) : contractMatrices(b, inner, x, false, false);
  return updateElements(b, product, x, [&](ImplicitLocOpBuilder &body, ValueRange y) -> SmallVector<Value> {
    return {add(body, mul(body, constantFloat(body, element, newtonSchulz[0]), y[1]), y[0])};
  })[0];
}

Value orthogonalized(ImplicitLocOpBuilder &b, Value matrix) {
  Value zero = arith::ConstantIndexOp::create(b, 0), one = arith::ConstantIndexOp::create(b, 1);
  Value end = arith::ConstantIndexOp::create(b, MuonOp::iterations);
  auto loop = scf::ForOp::create(b, zero, end, one, normalized(b, matrix));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  scf::YieldOp::create(b, iterate(b, loop.getRegionIterArg(0)));
  return loop.getResult(0);
}

/// The new parameter and buffer of one matrix.
std::pair<Value, Value> moveMatrix(ImplicitLocOpBuilder &b, MuonOp op, Value param, Value grad, Value buffer) {
  auto [average, ahead] = lookAhead(b, op, grad, buffer);
  Value direction = orthogonalized(b, ahead);
  double size = 0.2 * std::sqrt(static_cast<double>(std::max(shapeOf(param)[0], shapeOf(param)[1])));
  auto body = [&](ImplicitLocOpBuilder &inner, ValueRange x) -> SmallVector<Value> {
    Value learningRate = x[1], decay = x[2], p = x[3];
    Value kept = mul(inner, p, sub(inner, constantFloat(inner, p.getType(), 1.0), mul(inner, learningRate, decay)));
    return {sub(inner, kept, mul(inner, mul(inner, constantFloat(inner, p.getType(), size), learningRate), x[0]))};
  };
  return {updateElements(b, {direction, op.getLearningRate(), op.getDecay()}, param, body)[0], average};
}

struct LowerMuon : OpConversionPattern<MuonOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(MuonOp op, OpAdaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    ArrayRef<int64_t> shape = op.getParam().getType().getShape();
    if (shape.size() == 2) {
      auto [param, buffer] = moveMatrix(b, op, op.getParam(), op.getGrad(), op.getBuffer());
      rewriter.replaceOp(op, {param, buffer});
      return success();
    }
    Value zero = arith::ConstantIndexOp::create(b, 0), one = arith::ConstantIndexOp::create(b, 1);
    Value end = arith::ConstantIndexOp::create(b, shape[0]);
    auto loop = scf::ForOp::create(b, zero, end, one, ValueRange{op.getParam(), op.getBuffer()});
    b.setInsertionPointToStart(loop.getBody());
    Value layer = loop.getInductionVar(), params = loop.getRegionIterArg(0), buffers = loop.getRegionIterArg(1);
    auto [param, buffer] = moveMatrix(b, op, matrixOf(b, params, layer), matrixOf(b, op.getGrad(), layer),
                                      matrixOf(b, buffers, layer));
    SmallVector<int64_t> row{1, shape[1], shape[2]};
    scf::YieldOp::create(b, ValueRange{insertRows(b, reshapeTensor(b, param, row), params, layer),
                                       insertRows(b, reshapeTensor(b, buffer, row), buffers, layer)});
    rewriter.replaceOp(op, loop.getResults());
    return success();
  }
};

} // namespace

void tern::populateOptimMatrixLowering(RewritePatternSet &patterns) {
  patterns.add<LowerAdafactor, LowerMuon>(patterns.getContext());
}
