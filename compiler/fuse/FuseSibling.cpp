// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An elementwise op that reads what a product's epilogue reads is done in that epilogue.
//
//   d = contract a b extras(x) { acc * f'(x) }; g = generic f(x)   ->   d, g = contract a b extras(x) { acc * f'(x), f(x) }

#include "compiler/fuse/Passes.h"
#include "compiler/support/Remarks.h"
#include "dialects/kernel/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tern {
#define GEN_PASS_DEF_FUSESIBLING
#include "compiler/fuse/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::kernel;

static RankedTensorType tensorType(Value value) { return cast<RankedTensorType>(value.getType()); }

namespace {
// A product whose epilogue reads a value, as it is or as the matrix (M, N) that `view` makes of it.
struct Sibling {
  ContractOp contract;
  tensor::CollapseShapeOp view;
};
} // namespace

// An op that writes whole new tensors, element by element, with a vector form, and reads whole tensors or rows of columns.
static bool hasFormOfEpilogue(linalg::GenericOp op) {
  if (!op.hasPureTensorSemantics() || op.getNumLoops() != op.getNumParallelLoops() || op.getNumLoops() < 2)
    return false;
  for (OpOperand &out : op.getDpsInitsMutable())
    if (!op.getMatchingIndexingMap(&out).isIdentity() || !out.get().getDefiningOp<tensor::EmptyOp>())
      return false;
  for (OpOperand *input : op.getDpsInputOperands()) {
    AffineMap map = op.getMatchingIndexingMap(input);
    bool columns = map.getNumResults() == 1 && map.getResult(0) == getAffineDimExpr(op.getNumLoops() - 1, op.getContext());
    if (!isa<RankedTensorType>(input->get().getType()) || !(map.isIdentity() || columns))
      return false;
  }
  return llvm::all_of(op.getBody()->without_terminator(), [](Operation &inner) {
    return isa<arith::ConstantOp>(inner) || OpTrait::hasElementwiseMappableTraits(&inner);
  });
}

static bool isExtraOf(Value value, ContractOp contract) { return llvm::is_contained(contract.getExtras(), value); }

// The products in the op's block that read a value in their epilogues.
static SmallVector<Sibling> epilogueReaders(Value value, linalg::GenericOp op) {
  SmallVector<Sibling> found;
  auto add = [&](Value matrix, tensor::CollapseShapeOp view) {
    for (Operation *user : matrix.getUsers())
      if (auto contract = dyn_cast<ContractOp>(user); contract && contract->getBlock() == op->getBlock() &&
                                                      isExtraOf(matrix, contract) && tensorType(matrix).getRank() == 2)
        found.push_back({contract, view});
  };
  add(value, nullptr);
  for (Operation *user : value.getUsers())
    if (auto view = dyn_cast<tensor::CollapseShapeOp>(user); view && view.getReassociationIndices().back().size() == 1)
      add(view, view);
  return found;
}

static bool isBefore(Operation *op, ContractOp contract) {
  Operation *beside = contract->getBlock()->findAncestorOpInBlock(*op);
  return !beside || !contract->isBeforeInBlock(beside);
}

static bool isView(Operation *op) { return isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op); }

// Who reads the op's results before the product, or null. Views may move behind it.
static Operation *earlierReader(Operation *op, ContractOp contract) {
  for (Operation *user : op->getUsers()) {
    if (!isBefore(user, contract))
      continue;
    Operation *reader = isView(user) && user->getBlock() == op->getBlock() ? earlierReader(user, contract) : user;
    if (reader)
      return reader;
  }
  return nullptr;
}

static void moveViews(Operation *op, ContractOp contract, PatternRewriter &rewriter) {
  for (Operation *user : op->getUsers())
    if (isBefore(user, contract)) {
      moveViews(user, contract, rewriter);
      rewriter.moveOpAfter(user, contract);
    }
}

namespace {
struct FuseIntoSibling : OpRewritePattern<linalg::GenericOp> {
  FuseIntoSibling(MLIRContext *context, tern::Remarks &remarks) : OpRewritePattern(context), remarks(remarks) {}

  LogicalResult matchAndRewrite(linalg::GenericOp op, PatternRewriter &rewriter) const override {
    if (!hasFormOfEpilogue(op))
      return failure();
    for (OpOperand *input : op.getDpsInputOperands())
      if (op.getMatchingIndexingMap(input).isIdentity())
        for (Sibling sibling : epilogueReaders(input->get(), op))
          if (succeeded(fuse(op, sibling, rewriter)))
            return success();
    return failure();
  }

private:
  static LogicalResult check(linalg::GenericOp op, ContractOp contract, PatternRewriter &rewriter) {
    if (contract.getInit() != InitKind::Zero)
      return rewriter.notifyMatchFailure(op, "the product that reads the same adds to what is there");
    for (Value input : op.getInputs())
      if (Operation *maker = input.getDefiningOp(); maker && maker->getBlock() == op->getBlock() &&
                                                    !maker->isBeforeInBlock(contract))
        return rewriter.notifyMatchFailure(op, "an operand is not there before the product " +
                                                   tern::nameOfPlace(contract.getLoc()) + ", which reads the same");
    if (Operation *reader = earlierReader(op, contract))
      return rewriter.notifyMatchFailure(op, "the op " + tern::nameOfPlace(reader->getLoc()) + " needs it before the product " +
                                                 tern::nameOfPlace(contract.getLoc()) + ", which reads the same");
    return success();
  }

  LogicalResult fuse(linalg::GenericOp op, Sibling sibling, PatternRewriter &rewriter) const {
    ContractOp contract = sibling.contract;
    if (failed(check(op, contract, rewriter)))
      return failure();
    remarks.passed(op.getLoc(), "into the product " + tern::nameOfPlace(contract.getLoc()) + ", which reads the same");
    moveViews(op, contract, rewriter);
    rewriter.setInsertionPoint(contract);
    SmallVector<Value> extras(contract.getExtras()), outs(contract.getOuts());
    SmallVector<unsigned> argumentOf; // of the new region, per input of the op
    for (Value input : op.getInputs()) {
      Value matrix = asMatrix(input, sibling.view, rewriter);
      argumentOf.push_back(1 + (llvm::find(extras, matrix) - extras.begin()));
      if (argumentOf.back() > extras.size())
        extras.push_back(matrix);
    }
    ArrayRef<int64_t> shape = tensorType(outs[0]).getShape();
    for (Value out : op.getDpsInits())
      outs.push_back(tensor::EmptyOp::create(rewriter, op.getLoc(), shape, tensorType(out).getElementType()));
    Location loc = rewriter.getFusedLoc({contract.getLoc(), op.getLoc()});
    auto fused = ContractOp::create(rewriter, loc, contract.getA(), contract.getB(), Value(), extras, outs,
                                    contract.getTransposeA(), contract.getTransposeB(), InitKind::Zero);
    fused.setComputeAttr(contract.getComputeAttr());
    fused.setBlocksAttr(contract.getBlocksAttr());
    buildRegion(fused, contract, op, argumentOf, rewriter);
    replaceBoth(fused, contract, op, sibling.view, rewriter);
    return success();
  }

  static Value asMatrix(Value value, tensor::CollapseShapeOp view, PatternRewriter &rewriter) {
    if (!view || tensorType(value).getRank() == 1)
      return value;
    if (value == view.getSrc())
      return view;
    auto type = RankedTensorType::get(view.getResultType().getShape(), tensorType(value).getElementType());
    return tensor::CollapseShapeOp::create(rewriter, value.getLoc(), type, value, view.getReassociationIndices());
  }

  // The bodies of both, one after the other.
  static void buildRegion(ContractOp fused, ContractOp contract, linalg::GenericOp op, ArrayRef<unsigned> argumentOf,
                          PatternRewriter &rewriter) {
    OpBuilder::InsertionGuard guard(rewriter);
    Block &before = contract.getEpilogue().front();
    SmallVector<Type> types = {before.getArgument(0).getType()};
    for (Value extra : fused.getExtras())
      types.push_back(tensorType(extra).getElementType());
    Block *body = rewriter.createBlock(&fused.getEpilogue(), {}, types, SmallVector<Location>(types.size(), op.getLoc()));
    IRMapping mapping;
    mapping.map(before.getArguments(), body->getArguments().take_front(before.getNumArguments()));
    for (auto [number, argument] : llvm::enumerate(argumentOf))
      mapping.map(op.getBody()->getArgument(number), body->getArgument(argument));
    SmallVector<Value> results;
    for (Block *from : {&before, op.getBody()}) {
      for (Operation &inner : from->without_terminator())
        rewriter.clone(inner, mapping);
      for (Value value : from->getTerminator()->getOperands())
        results.push_back(mapping.lookupOrDefault(value));
    }
    YieldOp::create(rewriter, op.getLoc(), results);
  }

  static void replaceBoth(ContractOp fused, ContractOp contract, linalg::GenericOp op, tensor::CollapseShapeOp view,
                          PatternRewriter &rewriter) {
    unsigned count = contract->getNumResults();
    SmallVector<Value> made(fused->getResults().drop_front(count));
    if (view)
      for (auto [result, old] : llvm::zip_equal(made, op.getResults()))
        result = tensor::ExpandShapeOp::create(rewriter, op.getLoc(), old.getType(), result, view.getReassociationIndices());
    rewriter.replaceOp(op, made);
    rewriter.replaceOp(contract, fused->getResults().take_front(count));
  }

  tern::Remarks &remarks;
};

struct FuseSibling : tern::impl::FuseSiblingBase<FuseSibling> {
  void runOnOperation() override {
    tern::Remarks remarks(*this, "fused", "not fused");
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseIntoSibling>(&getContext(), remarks);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), GreedyRewriteConfig().setListener(&remarks))))
      signalPassFailure();
  }
};
} // namespace
