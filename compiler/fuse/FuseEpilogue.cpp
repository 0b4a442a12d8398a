// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What follows a product elementwise is done while its tile is in registers.
//
//   p = contract a b; e = expand_shape p; y = generic(e, x, bias)   ->   y = contract a b extras(x', bias) { ... }
//   g = contract a b; r = flag ? old + g : g                       ->   r = contract init(flag) a b outs(old)

#include "compiler/fuse/Passes.h"
#include "compiler/support/Remarks.h"
#include "dialects/kernel/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tern {
#define GEN_PASS_DEF_FUSEEPILOGUE
#include "compiler/fuse/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::kernel;

static bool isElementwise(linalg::GenericOp op) {
  return op.hasPureTensorSemantics() && op.getNumLoops() == op.getNumParallelLoops();
}

static RankedTensorType tensorType(Value value) { return cast<RankedTensorType>(value.getType()); }

static OpOperand *inputOf(linalg::GenericOp op, Value inside) {
  auto argument = dyn_cast<BlockArgument>(inside);
  if (!argument || argument.getOwner() != op.getBody() || argument.getArgNumber() >= op.getNumDpsInputs())
    return nullptr;
  return op.getDpsInputOperand(argument.getArgNumber());
}

// select(flag, old + value, value) or old + value.
static bool matchSum(linalg::GenericOp op, OpOperand *&value, OpOperand *&flag) {
  Block &body = *op.getBody();
  Value old = body.getArguments().back(), yielded = body.getTerminator()->getOperand(0);
  auto select = yielded.getDefiningOp<arith::SelectOp>();
  auto sum = (select ? select.getTrueValue() : yielded).getDefiningOp<arith::AddFOp>();
  if (!sum || (sum.getLhs() != old && sum.getRhs() != old))
    return false;
  Value term = sum.getLhs() == old ? sum.getRhs() : sum.getLhs();
  value = inputOf(op, term);
  if (!value || (select && select.getFalseValue() != term))
    return false;
  if (!select)
    return true;
  flag = inputOf(op, select.getCondition());
  return flag && isa<RankedTensorType>(flag->get().getType()) && tensorType(flag->get()).getRank() == 0;
}

namespace {

// The product behind an operand: itself (M, N), or a view that splits its rows.
struct Product {
  ContractOp contract;
  unsigned out = 0;
  tensor::ExpandShapeOp view;

  static Product behind(Value value) {
    Product product;
    if (auto expand = value.getDefiningOp<tensor::ExpandShapeOp>()) {
      // Only rows may be split: N stays the last dimension.
      if (expand.getReassociationIndices().back().size() != 1)
        return product;
      product.view = expand;
      value = expand.getSrc();
    }
    product.contract = value.getDefiningOp<ContractOp>();
    if (product.contract)
      product.out = cast<OpResult>(value).getResultNumber();
    return product;
  }
};

// y = generic(product, ...) -> the contract yields y.
struct FuseConsumer : OpRewritePattern<linalg::GenericOp> {
  FuseConsumer(MLIRContext *context, tern::Remarks &remarks) : OpRewritePattern(context), remarks(remarks) {}

  LogicalResult matchAndRewrite(linalg::GenericOp op, PatternRewriter &rewriter) const override {
    if (!isElementwise(op))
      return failure();
    for (OpOperand *operand : op.getDpsInputOperands())
      if (Product product = Product::behind(operand->get()); product.contract)
        if (succeeded(fuse(op, *operand, product, rewriter)))
          return success();
    return failure();
  }

private:
  static LogicalResult check(linalg::GenericOp op, OpOperand &operand, Product product, PatternRewriter &rewriter) {
    ContractOp contract = product.contract;
    if (contract.getInit() != InitKind::Zero)
      return rewriter.notifyMatchFailure(op, "the product adds to what is there");
    if (contract->getBlock() != op->getBlock())
      return rewriter.notifyMatchFailure(op, "the product is in another block");
    if (Operation *reader = earlierReader(op, product); reader && !canMoveTo(contract, op, operand))
      return rewriter.notifyMatchFailure(op, "the op " + tern::nameOfPlace(reader->getLoc()) +
                                                 " needs the product " + tern::nameOfPlace(contract.getLoc()) + " before this one");
    if (OpOperand *value = nullptr, *flag = nullptr; op.getNumDpsInits() == 1 && matchSum(op, value, flag))
      return failure(); // FuseAccumulation says more
    for (OpOperand &out : op.getDpsInitsMutable())
      if (!op.getMatchingIndexingMap(&out).isIdentity() || op.payloadUsesValueFromOperand(&out))
        return rewriter.notifyMatchFailure(op, "it permutes or updates its outs");
    if (!op.getMatchingIndexingMap(&operand).isIdentity())
      return rewriter.notifyMatchFailure(op, "it permutes the product");
    for (Operation &inner : op.getBody()->without_terminator())
      if (!isa<arith::ConstantOp>(inner) && !OpTrait::hasElementwiseMappableTraits(&inner))
        return rewriter.notifyMatchFailure(op, "its body has an op without a vector form");
    for (OpOperand *input : op.getDpsInputOperands()) {
      if (!hasPlaceAmongExtras(op, *input))
        return rewriter.notifyMatchFailure(op, "an operand is neither a whole tensor nor a row of columns");
      if (input->get() != operand.get() && input->get().getDefiningOp() == contract)
        return rewriter.notifyMatchFailure(op, "another out of the product is an operand too");
    }
    return success();
  }

  // Who reads the product before the op does, or null. A loop between them reads it with all that it holds.
  static Operation *earlierReader(linalg::GenericOp op, Product product) {
    auto readsEarlier = [&](Operation *user) {
      Operation *beside = op->getBlock()->findAncestorOpInBlock(*user);
      return user != op && user != product.view && beside && beside->isBeforeInBlock(op);
    };
    for (Operation *source : {product.contract.getOperation(), product.view.getOperation()})
      if (source)
        for (Operation *user : source->getUsers())
          if (readsEarlier(user))
            return user;
    return nullptr;
  }

  // Whether all that the op needs but the product is there before the product.
  static bool canMoveTo(ContractOp contract, linalg::GenericOp op, OpOperand &operand) {
    return llvm::all_of(op->getOpOperands(), [&](OpOperand &other) {
      Operation *definition = other.get().getDefiningOp();
      bool isThere = !definition || definition->getBlock() != op->getBlock() || definition->isBeforeInBlock(contract);
      return isThere || &other == &operand || isa<tensor::EmptyOp>(definition);
    });
  }

  // Indexed like the product, or by its columns alone.
  static bool hasPlaceAmongExtras(linalg::GenericOp op, OpOperand &input) {
    AffineMap map = op.getMatchingIndexingMap(&input);
    if (!isa<RankedTensorType>(input.get().getType()))
      return false;
    bool columns = map.getNumResults() == 1 &&
                   map.getResult(0) == getAffineDimExpr(op.getNumLoops() - 1, op.getContext());
    return map.isIdentity() || columns;
  }

  // A whole tensor as (M, N). An empty one is made anew, as it may stand behind the product.
  static Value asMatrix(Value value, Product product, PatternRewriter &rewriter) {
    ArrayRef<int64_t> shape = product.view ? product.view.getSrcType().getShape() : tensorType(value).getShape();
    if (value.getDefiningOp<tensor::EmptyOp>())
      return tensor::EmptyOp::create(rewriter, value.getLoc(), shape, tensorType(value).getElementType());
    if (!product.view || tensorType(value).getRank() == 1)
      return value;
    auto type = RankedTensorType::get(shape, tensorType(value).getElementType());
    return tensor::CollapseShapeOp::create(rewriter, value.getLoc(), type, value, product.view.getReassociationIndices());
  }

  LogicalResult fuse(linalg::GenericOp op, OpOperand &operand, Product product, PatternRewriter &rewriter) const {
    if (failed(check(op, operand, product, rewriter)))
      return failure();
    remarks.passed(op.getLoc(), "into the product " + tern::nameOfPlace(product.contract.getLoc()));
    ContractOp contract = product.contract;
    rewriter.setInsertionPoint(earlierReader(op, product) ? contract.getOperation() : op.getOperation());
    SmallVector<Value> extras(contract.getExtras()), outs;
    SmallVector<unsigned> argumentOf; // of the new region, per input of the generic
    for (OpOperand *input : op.getDpsInputOperands()) {
      argumentOf.push_back(1 + extras.size());
      if (input->get() != operand.get())
        extras.push_back(asMatrix(input->get(), product, rewriter));
    }
    SmallVector<unsigned> kept = neededOuts(contract, op, product);
    for (unsigned number : kept)
      outs.push_back(contract.getOuts()[number]);
    for (Value out : op.getDpsInits())
      outs.push_back(asMatrix(out, product, rewriter));
    Location loc = rewriter.getFusedLoc({contract.getLoc(), op.getLoc()});
    auto fused = ContractOp::create(rewriter, loc, contract.getA(), contract.getB(), Value(), extras, outs,
                                    contract.getTransposeA(), contract.getTransposeB(), InitKind::Zero);
    fused.setComputeAttr(contract.getComputeAttr());
    fused.setBlocksAttr(contract.getBlocksAttr());
    buildRegion(fused, contract, op, operand, product, kept, argumentOf, rewriter);
    replaceAll(fused, contract, op, product, kept, rewriter);
    return success();
  }

  // The outs of the product that somebody but the consumer reads.
  static SmallVector<unsigned> neededOuts(ContractOp contract, linalg::GenericOp op, Product product) {
    SmallVector<unsigned> kept;
    for (OpResult result : contract->getResults()) {
      bool needed = llvm::any_of(result.getUsers(), [&](Operation *user) { return user != op && user != product.view; });
      if (product.view && result.getResultNumber() == product.out)
        needed |= llvm::any_of(product.view->getUsers(), [&](Operation *user) { return user != op; });
      if (needed)
        kept.push_back(result.getResultNumber());
    }
    return kept;
  }

  static void buildRegion(ContractOp fused, ContractOp contract, linalg::GenericOp op, OpOperand &operand, Product product,
                          ArrayRef<unsigned> kept, ArrayRef<unsigned> argumentOf, PatternRewriter &rewriter) {
    OpBuilder::InsertionGuard guard(rewriter);
    Block &before = contract.getEpilogue().front();
    SmallVector<Type> types = {before.getArgument(0).getType()};
    for (Value extra : fused.getExtras())
      types.push_back(tensorType(extra).getElementType());
    Block *body = rewriter.createBlock(&fused.getEpilogue(), {}, types, SmallVector<Location>(types.size(), op.getLoc()));
    IRMapping mapping;
    auto clone = [&](Block &from) {
      for (Operation &inner : from.without_terminator())
        rewriter.clone(inner, mapping);
    };
    mapping.map(before.getArguments(), body->getArguments().take_front(before.getNumArguments()));
    clone(before);
    auto yields = before.getTerminator()->getOperands();
    for (OpOperand *input : op.getDpsInputOperands()) {
      unsigned number = input->getOperandNumber();
      Value value = input->get() == operand.get() ? mapping.lookupOrDefault(yields[product.out])
                                                  : Value(body->getArgument(argumentOf[number]));
      mapping.map(op.getBody()->getArgument(number), value);
    }
    clone(*op.getBody());
    SmallVector<Value> results;
    for (unsigned number : kept)
      results.push_back(mapping.lookupOrDefault(yields[number]));
    for (Value value : op.getBody()->getTerminator()->getOperands())
      results.push_back(mapping.lookupOrDefault(value));
    YieldOp::create(rewriter, op.getLoc(), results);
  }

  static void replaceAll(ContractOp fused, ContractOp contract, linalg::GenericOp op, Product product,
                         ArrayRef<unsigned> kept, PatternRewriter &rewriter) {
    SmallVector<Value> results;
    for (auto [number, old] : llvm::enumerate(op.getResults())) {
      Value value = fused.getResult(kept.size() + number);
      if (product.view)
        value = tensor::ExpandShapeOp::create(rewriter, op.getLoc(), old.getType(), value,
                                              product.view.getReassociationIndices());
      results.push_back(value);
    }
    for (auto [position, number] : llvm::enumerate(kept)) {
      Value value = fused.getResult(position);
      if (product.view && number == product.out) {
        Value view = tensor::ExpandShapeOp::create(rewriter, op.getLoc(), product.view.getType(), value,
                                                   product.view.getReassociationIndices());
        rewriter.replaceAllUsesExcept(product.view, view, op);
      }
      rewriter.replaceUsesWithIf(contract->getResult(number), value,
                                 [&](OpOperand &use) { return use.getOwner() != product.view && use.getOwner() != op; });
    }
    rewriter.replaceOp(op, results);
    if (product.view)
      rewriter.eraseOp(product.view);
    rewriter.eraseOp(contract);
  }

  tern::Remarks &remarks;
};

// r = flag ? old + g : g with g a product -> the product adds to old itself.
struct FuseAccumulation : OpRewritePattern<linalg::GenericOp> {
  FuseAccumulation(MLIRContext *context, tern::Remarks &remarks) : OpRewritePattern(context), remarks(remarks) {}

  LogicalResult matchAndRewrite(linalg::GenericOp op, PatternRewriter &rewriter) const override {
    if (!isElementwise(op) || op.getNumDpsInits() != 1 || !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity())
      return failure();
    OpOperand *value = nullptr, *flag = nullptr;
    auto contract = matchSum(op, value, flag) ? value->get().getDefiningOp<ContractOp>() : ContractOp();
    if (!contract)
      return failure();
    if (!contract->hasOneUse() || !op.getMatchingIndexingMap(value).isIdentity())
      return rewriter.notifyMatchFailure(op, "somebody else reads the product that it adds, or it permutes it");
    if (contract.getInit() != InitKind::Zero || !contract.hasIdentityEpilogue())
      return rewriter.notifyMatchFailure(op, "the product has an epilogue or adds already");
    if (contract->getBlock() != op->getBlock())
      return rewriter.notifyMatchFailure(op, "the product is in another block");
    remarks.passed(op.getLoc(), "the sum into the product " + tern::nameOfPlace(contract.getLoc()));
    Location loc = rewriter.getFusedLoc({contract.getLoc(), op.getLoc()});
    auto sum = ContractOp::create(rewriter, loc, contract.getA(), contract.getB(), op.getDpsInits()[0],
                                  contract.getTransposeA(), contract.getTransposeB(),
                                  flag ? InitKind::Flag : InitKind::Add, flag ? flag->get() : Value());
    sum.setComputeAttr(contract.getComputeAttr());
    sum.setBlocksAttr(contract.getBlocksAttr());
    rewriter.replaceOp(op, sum);
    rewriter.eraseOp(contract);
    return success();
  }

private:
  tern::Remarks &remarks;
};

// init(flag) with a constant flag is init(add) or init(zero).
struct FoldConstantFlag : OpRewritePattern<ContractOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    DenseElementsAttr flag;
    if (op.getInit() != InitKind::Flag || !matchPattern(op.getFlag(), m_Constant(&flag)))
      return failure();
    InitKind kind = flag.getSplatValue<bool>() ? InitKind::Add : InitKind::Zero;
    TypeAttr computed = op.getComputeAttr();
    BlockFormatAttr blocks = op.getBlocksAttr();
    auto folded = rewriter.replaceOpWithNewOp<ContractOp>(op, op.getA(), op.getB(), op.getOuts()[0], op.getTransposeA(),
                                                          op.getTransposeB(), kind);
    folded.setComputeAttr(computed);
    folded.setBlocksAttr(blocks);
    return success();
  }
};

struct FuseEpilogue : tern::impl::FuseEpilogueBase<FuseEpilogue> {
  void runOnOperation() override {
    tern::Remarks remarks(*this, "fused", "not fused");
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseConsumer, FuseAccumulation>(&getContext(), remarks);
    patterns.add<FoldConstantFlag>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), GreedyRewriteConfig().setListener(&remarks))))
      signalPassFailure();
  }
};

} // namespace
