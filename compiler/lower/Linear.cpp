// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linear family: products become contractions of matrices, embeddings table look-ups.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

namespace {

/// All but the last dimension as one: (rows, channels).
Value asMatrix(ImplicitLocOpBuilder &b, Value tensor) {
  ArrayRef<int64_t> shape = shapeOf(tensor);
  return reshapeTensor(b, tensor, {ShapedType::getNumElements(shape.drop_back()), shape.back()});
}

/// The element type of sums of products.
Type sumsOf(Value factor) { return tern::sumsOf(cast<RankedTensorType>(factor.getType())).getElementType(); }

/// The same with a bias row in the epilogue.
Value contractWithBias(ImplicitLocOpBuilder &b, Value lhs, Value rhs, Value bias, bool transposeB) {
  Type element = sumsOf(lhs);
  Value out = emptyTensor(b, {shapeOf(lhs)[0], shapeOf(bias)[0]}, element);
  auto op = kernel::ContractOp::create(b, lhs, rhs, /*flag=*/Value(), ValueRange(bias), ValueRange(out),
                                       /*transposeA=*/false, transposeB, kernel::InitKind::Zero);
  OpBuilder::InsertionGuard guard(b);
  Region &epilogue = op.getEpilogue();
  if (epilogue.empty())
    b.createBlock(&epilogue, epilogue.end(), {element, element}, {b.getLoc(), b.getLoc()});
  Block &block = epilogue.front();
  b.setInsertionPointToEnd(&block);
  Value sum = arith::AddFOp::create(b, block.getArgument(0), block.getArgument(1));
  kernel::YieldOp::create(b, ValueRange(sum));
  return op.getResult(0);
}

struct LinearLowering : OpRewritePattern<LinearOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(LinearOp op, PatternRewriter &rewriter) const override {
    if (op.isModuleForm())
      return rewriter.notifyMatchFailure(op, "still names its parameters");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    bool transpose = op.getLayout() == WeightLayout::out_in;
    Value rows = asMatrix(b, op.getInput());
    Value product = op.getBias() ? contractWithBias(b, rows, op.getWeight(), op.getBias(), transpose)
                                 : contractMatrices(b, rows, op.getWeight(), false, transpose);
    rewriter.replaceOp(op, reshapeTensor(b, product, op.getType().getShape()));
    return success();
  }
};

struct MatmulLowering : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    ArrayRef<int64_t> shape = op.getType().getShape();
    bool sharedRight = shapeOf(op.getRhs()).size() == 2;
    if (shape.size() == 2 || (sharedRight && !op.getTransposeA())) {
      Value lhs = shape.size() == 2 ? op.getLhs() : asMatrix(b, op.getLhs());
      Value product = contractMatrices(b, lhs, op.getRhs(), op.getTransposeA(), op.getTransposeB());
      rewriter.replaceOp(op, reshapeTensor(b, product, shape));
      return success();
    }
    if (failed(checkBatches(op, rewriter)))
      return failure();
    rewriter.replaceOp(op, reshapeTensor(b, lowerBatch(op, b), shape));
    return success();
  }

private:
  static LogicalResult checkBatches(MatmulOp op, PatternRewriter &rewriter) {
    ArrayRef<int64_t> a = shapeOf(op.getLhs()).drop_back(2), c = shapeOf(op.getRhs()).drop_back(2);
    if (a.empty() || c.empty() || a == c)
      return success();
    return op.emitOpError("multiplies batches of different shapes; broadcast one with tern.broadcast first");
  }

  /// One contraction per matrix of the batch.
  static Value lowerBatch(MatmulOp op, ImplicitLocOpBuilder &b) {
    ArrayRef<int64_t> shape = op.getType().getShape();
    int64_t count = ShapedType::getNumElements(shape.drop_back(2));
    auto flatten = [&](Value operand) {
      ArrayRef<int64_t> dims = shapeOf(operand);
      return dims.size() == 2 ? operand : reshapeTensor(b, operand, {count, dims[dims.size() - 2], dims.back()});
    };
    Value lhs = flatten(op.getLhs()), rhs = flatten(op.getRhs());
    Value out = emptyTensor(b, {count, shape[shape.size() - 2], shape.back()}, sumsOf(lhs));
    Value zero = arith::ConstantIndexOp::create(b, 0), one = arith::ConstantIndexOp::create(b, 1);
    Value end = arith::ConstantIndexOp::create(b, count);
    auto loop = scf::ForOp::create(b, zero, end, one, out);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value number = loop.getInductionVar();
    Value product = contractMatrices(b, matrixOf(b, lhs, number), matrixOf(b, rhs, number), op.getTransposeA(), op.getTransposeB());
    Value row = reshapeTensor(b, product, {1, shapeOf(product)[0], shapeOf(product)[1]});
    scf::YieldOp::create(b, insertRows(b, row, loop.getRegionIterArg(0), number));
    return loop.getResult(0);
  }
};

struct EmbeddingLowering : OpRewritePattern<EmbeddingOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(EmbeddingOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    int64_t count = ShapedType::getNumElements(shapeOf(op.getTokens()));
    Value tokens = reshapeTensor(b, op.getTokens(), {count});
    Value out = emptyTensor(b, {count, shapeOf(op.getTable())[1]}, elementOf(op.getTable()));
    Value rows = kernel::GatherOp::create(b, op.getTable(), tokens, out).getResult(0);
    rewriter.replaceOp(op, reshapeTensor(b, rows, op.getType().getShape()));
    return success();
  }
};

struct EmbeddingGradLowering : OpRewritePattern<EmbeddingGradOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(EmbeddingGradOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value tokens = reshapeTensor(b, op.getTokens(), {ShapedType::getNumElements(shapeOf(op.getTokens()))});
    Value table = op.getOnto() ? op.getOnto() : filledTensor(b, op.getType().getShape(), op.getType().getElementType(), 0.0);
    rewriter.replaceOp(op, kernel::ScatterAddOp::create(b, asMatrix(b, op.getCotangent()), tokens, table));
    return success();
  }
};

} // namespace

void tern::populateLinearLowering(RewritePatternSet &patterns) {
  patterns.add<LinearLowering, MatmulLowering, EmbeddingLowering, EmbeddingGradLowering>(patterns.getContext());
}
