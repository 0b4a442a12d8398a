// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tile registers on a machine that has none: a tile is a vector of vectors, a product of tiles a call. Slow; it exists so that
// kernels on tiles are tested everywhere.

#include "compiler/cpu/MicroKernel.h"
#include "compiler/cpu/Passes.h"

#include "mlir/Dialect/AMX/AMXDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/DialectConversion.h"
#include "llvm/Support/FormatVariadic.h"

namespace tern {
#define GEN_PASS_DEF_EMULATEAMX
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::cpu;

static VectorType vectorOf(amx::TileType type) { return VectorType::get(type.getShape(), type.getElementType()); }

static VectorType rowOf(VectorType tile) { return VectorType::get(tile.getShape().back(), tile.getElementType()); }

static Value rowAt(Emitter &emit, Value tile, int64_t row) {
  return vector::ExtractOp::create(emit.b, emit.loc, tile, ArrayRef<int64_t>{row});
}

/// Where row `row` of a tile at `indices` lies: `stride` elements on, or so many rows of the memref.
static SmallVector<Value> placeOfRow(Emitter &emit, ValueRange indices, Value stride, int64_t row) {
  SmallVector<Value> place(indices);
  Value &moved = stride ? place.back() : place[place.size() - 2];
  moved = stride ? emit.add(moved, emit.mul(stride, row)) : emit.add(moved, row);
  return place;
}

//===-- the product as a function ------------------------------------------------------------------------------------===//

namespace {

// Whether the bytes of each factor are unsigned.
struct Factors {
  bool unsignedLeft = false, unsignedRight = false;
};

} // namespace

// Widened to the type of the sums, elements `group * i + offset` of a row.
static Value everySecond(Emitter &emit, Value row, int64_t group, int64_t offset, Type sum, bool isUnsigned) {
  SmallVector<int64_t> lanes;
  for (int64_t i = offset; i < cast<VectorType>(row.getType()).getDimSize(0); i += group)
    lanes.push_back(i);
  Value picked = vector::ShuffleOp::create(emit.b, emit.loc, row, row, lanes);
  auto wide = VectorType::get({int64_t(lanes.size())}, sum);
  if (isa<FloatType>(sum))
    return arith::ExtFOp::create(emit.b, emit.loc, wide, picked);
  if (isUnsigned)
    return arith::ExtUIOp::create(emit.b, emit.loc, wide, picked);
  return arith::ExtSIOp::create(emit.b, emit.loc, wide, picked);
}

static Value plus(Emitter &emit, Value left, Value right) {
  if (isa<FloatType>(getElementTypeOrSelf(left.getType())))
    return arith::AddFOp::create(emit.b, emit.loc, left, right);
  return arith::AddIOp::create(emit.b, emit.loc, left, right);
}

static Value multiplyAndAdd(Emitter &emit, Value left, Value right, Value sum) {
  if (isa<FloatType>(getElementTypeOrSelf(left.getType())))
    return vector::FMAOp::create(emit.b, emit.loc, left, right, sum);
  return plus(emit, arith::MulIOp::create(emit.b, emit.loc, left, right), sum);
}

// sum[m, n] += over groups k and their members g: left[m, group k + g] right[k, group n + g]. As the instruction does, each
// member has a sum over k of its own that starts from zero; of integers the order does not matter.
static Value multiplyTiles(Emitter &emit, Value left, Value right, Value sum, Factors bytes) {
  auto type = cast<VectorType>(sum.getType());
  int64_t group = cast<VectorType>(left.getType()).getDimSize(1) / type.getDimSize(1);
  Type element = type.getElementType();
  SmallVector<Value> factors;
  for (int64_t k = 0; k < type.getDimSize(1); ++k)
    for (int64_t g = 0; g < group; ++g)
      factors.push_back(everySecond(emit, rowAt(emit, right, k), group, g, element, bytes.unsignedRight));
  for (int64_t m = 0; m < type.getDimSize(0); ++m) {
    Value wide = everySecond(emit, rowAt(emit, left, m), 1, 0, element, bytes.unsignedLeft);
    SmallVector<Value> members(group, arith::ConstantOp::create(emit.b, emit.loc, emit.b.getZeroAttr(rowOf(type))));
    for (auto [k, factor] : llvm::enumerate(factors)) {
      Value scalar = vector::ExtractOp::create(emit.b, emit.loc, wide, ArrayRef<int64_t>{int64_t(k)});
      Value all = vector::BroadcastOp::create(emit.b, emit.loc, rowOf(type), scalar);
      members[k % group] = multiplyAndAdd(emit, all, factor, members[k % group]);
    }
    for (Value member : llvm::drop_begin(members))
      members[0] = plus(emit, members[0], member);
    Value row = plus(emit, rowAt(emit, sum, m), members[0]);
    sum = vector::InsertOp::create(emit.b, emit.loc, row, sum, ArrayRef<int64_t>{m});
  }
  return sum;
}

// The letters of the instruction where a factor is unsigned: "us" is unsigned by signed.
static std::string nameOf(Type sum, Factors bytes) {
  if (isa<FloatType>(sum))
    return "mulf";
  if (!bytes.unsignedLeft && !bytes.unsignedRight)
    return "muli";
  return std::string("muli_") + (bytes.unsignedLeft ? "u" : "s") + (bytes.unsignedRight ? "u" : "s");
}

// The function that multiplies tiles of these shapes, made when it is first asked for.
static func::FuncOp productFunction(ModuleOp module, FunctionType type, Factors bytes) {
  auto left = cast<VectorType>(type.getInput(0)), sums = cast<VectorType>(type.getResult(0));
  std::string name = llvm::formatv("tern_emulated_tile_{0}_{1}x{2}x{3}", nameOf(sums.getElementType(), bytes), sums.getDimSize(0),
                                   sums.getDimSize(1), left.getDimSize(1));
  if (auto known = module.lookupSymbol<func::FuncOp>(name))
    return known;
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  auto function = func::FuncOp::create(b, module.getLoc(), name, type);
  function.setPrivate();
  function->setAttr("passthrough", b.getStrArrayAttr({"noinline"}));
  b.setInsertionPointToStart(function.addEntryBlock());
  Emitter emit(b, module.getLoc());
  Value sum = multiplyTiles(emit, function.getArgument(0), function.getArgument(1), function.getArgument(2), bytes);
  func::ReturnOp::create(b, module.getLoc(), sum);
  return function;
}

//===-- patterns -----------------------------------------------------------------------------------------------------===//

namespace {

struct EmulateLoad : OpConversionPattern<amx::TileLoadOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(amx::TileLoadOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit(rewriter, op.getLoc());
    VectorType type = vectorOf(op.getTileType());
    Value tile = arith::ConstantOp::create(rewriter, op.getLoc(), rewriter.getZeroAttr(type));
    for (int64_t row = 0; row < type.getDimSize(0); ++row) {
      SmallVector<Value> place = placeOfRow(emit, adaptor.getIndices(), adaptor.getStride(), row);
      Value loaded = loadVector(emit, rowOf(type), adaptor.getBase(), place);
      tile = vector::InsertOp::create(rewriter, op.getLoc(), loaded, tile, ArrayRef<int64_t>{row});
    }
    rewriter.replaceOp(op, tile);
    return success();
  }
};

struct EmulateStore : OpConversionPattern<amx::TileStoreOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(amx::TileStoreOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit(rewriter, op.getLoc());
    for (int64_t row = 0; row < op.getTileType().getDimSize(0); ++row)
      storeVector(emit, rowAt(emit, adaptor.getVal(), row), adaptor.getBase(),
                  placeOfRow(emit, adaptor.getIndices(), adaptor.getStride(), row));
    rewriter.eraseOp(op);
    return success();
  }
};

template <typename Op>
struct EmulateProduct : OpConversionPattern<Op> {
  using OpConversionPattern<Op>::OpConversionPattern;
  LogicalResult matchAndRewrite(Op op, typename Op::Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Factors bytes;
    if constexpr (std::is_same_v<Op, amx::TileMulIOp>)
      bytes = {op.getIsZextLhs(), op.getIsZextRhs()};
    else if (!op.getLhsTileType().getElementType().isBF16())
      return rewriter.notifyMatchFailure(op, "its factors are not bf16");
    SmallVector<Value> operands = {adaptor.getLhs(), adaptor.getRhs(), adaptor.getAcc()};
    auto type = rewriter.getFunctionType(ValueRange(operands).getTypes(), adaptor.getAcc().getType());
    auto function = productFunction(op->template getParentOfType<ModuleOp>(), type, bytes);
    rewriter.replaceOpWithNewOp<func::CallOp>(op, function, operands);
    return success();
  }
};

struct EmulateAmx : tern::impl::EmulateAmxBase<EmulateAmx> {
  void runOnOperation() override {
    TypeConverter converter;
    converter.addConversion([](Type type) { return type; });
    converter.addConversion([](amx::TileType type) -> Type { return vectorOf(type); });
    RewritePatternSet patterns(&getContext());
    ConversionTarget target(getContext());
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    target.addIllegalDialect<amx::AMXDialect>();
    patterns.add<EmulateLoad, EmulateStore, EmulateProduct<amx::TileMulFOp>, EmulateProduct<amx::TileMulIOp>>(converter,
                                                                                                          &getContext());
    scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns, target);
    if (failed(applyPartialConversion(getOperation(), target, std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
