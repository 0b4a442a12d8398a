// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Building blocks of emitted code: constants, index arithmetic, loops, bodies.

#include "compiler/cpu/CpuUtils.h"

using namespace mlir;
using namespace tern::cpu;

Value Emitter::index(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }

static TypedAttr splat(Type type, Attribute scalar) {
  if (auto vector = dyn_cast<VectorType>(type))
    return DenseElementsAttr::get(vector, scalar);
  return cast<TypedAttr>(scalar);
}

Value Emitter::real(Type type, double value) {
  return arith::ConstantOp::create(b, loc, splat(type, b.getFloatAttr(getElementTypeOrSelf(type), value)));
}

Value Emitter::integer(Type type, int64_t value) {
  return arith::ConstantOp::create(b, loc, splat(type, b.getIntegerAttr(getElementTypeOrSelf(type), value)));
}

Value Emitter::add(Value left, Value right) { return b.createOrFold<arith::AddIOp>(loc, left, right); }
Value Emitter::sub(Value left, Value right) { return b.createOrFold<arith::SubIOp>(loc, left, right); }
Value Emitter::mul(Value left, Value right) { return b.createOrFold<arith::MulIOp>(loc, left, right); }
Value Emitter::div(Value left, Value right) { return b.createOrFold<arith::DivUIOp>(loc, left, right); }
Value Emitter::rem(Value left, Value right) { return b.createOrFold<arith::RemUIOp>(loc, left, right); }
Value Emitter::min(Value left, Value right) { return b.createOrFold<arith::MinSIOp>(loc, left, right); }
Value Emitter::max(Value left, Value right) { return b.createOrFold<arith::MaxSIOp>(loc, left, right); }

Value Emitter::less(Value left, Value right) {
  return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, left, right);
}

Value Emitter::equal(Value left, Value right) {
  return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, left, right);
}

Value Emitter::load(Value memref, ValueRange indices) { return memref::LoadOp::create(b, loc, memref, indices); }

void Emitter::store(Value value, Value memref, ValueRange indices) {
  memref::StoreOp::create(b, loc, value, memref, indices);
}

void Emitter::loop(Value low, Value high, int64_t step, function_ref<void(Value)> body) {
  loop(low, high, step, ValueRange(), [&](Value iv, ValueRange) {
    body(iv);
    return SmallVector<Value>();
  });
}

SmallVector<Value> Emitter::loop(Value low, Value high, int64_t step, ValueRange initial,
                                 function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(b, loc, low, high, index(step), initial);
  OpBuilder::InsertionGuard guard(b);
  if (initial.empty())
    b.setInsertionPoint(loop.getBody()->getTerminator());
  else
    b.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> next = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!initial.empty())
    scf::YieldOp::create(b, loc, next);
  return SmallVector<Value>(loop.getResults());
}

Value Emitter::reduce(Value low, Value high, int64_t step, Value initial, function_ref<Value(Value, Value)> body) {
  return loop(low, high, step, initial, [&](Value iv, ValueRange carried) {
    return SmallVector<Value>{body(iv, carried[0])};
  })[0];
}

void Emitter::nest(ArrayRef<int64_t> sizes, function_ref<void(ValueRange)> body) {
  nest(sizes, ValueRange(), [&](ValueRange ivs, ValueRange) {
    body(ivs);
    return SmallVector<Value>();
  });
}

SmallVector<Value> Emitter::nest(ArrayRef<int64_t> sizes, ValueRange initial,
                                 function_ref<SmallVector<Value>(ValueRange, ValueRange)> body) {
  SmallVector<Value> ivs;
  std::function<SmallVector<Value>(ValueRange)> descend = [&](ValueRange carried) {
    if (ivs.size() == sizes.size())
      return body(ivs, carried);
    return loop(index(0), index(sizes[ivs.size()]), 1, carried, [&](Value iv, ValueRange inner) {
      ivs.push_back(iv);
      SmallVector<Value> next = descend(inner);
      ivs.pop_back();
      return next;
    });
  };
  return descend(initial);
}

void Emitter::forall(ArrayRef<int64_t> sizes, function_ref<void(ValueRange)> body) {
  SmallVector<OpFoldResult> bounds;
  for (int64_t size : sizes)
    bounds.push_back(b.getIndexAttr(size));
  auto loop = scf::ForallOp::create(b, loc, bounds, ValueRange(), std::nullopt);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(loop.getTerminator());
  body(loop.getInductionVars());
}

void Emitter::when(Value condition, function_ref<void()> body, function_ref<void()> otherwise) {
  auto branch = scf::IfOp::create(b, loc, condition, static_cast<bool>(otherwise));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  body();
  if (!otherwise)
    return;
  b.setInsertionPointToStart(branch.elseBlock());
  otherwise();
}

MemRefType tern::cpu::memrefType(Value value) { return cast<MemRefType>(value.getType()); }

int64_t tern::cpu::sizeOf(Value memref, unsigned dimension) { return memrefType(memref).getDimSize(dimension); }

Value tern::cpu::allocate(Emitter &emit, ArrayRef<int64_t> shape, Type element) {
  return memref::AllocOp::create(emit.b, emit.loc, MemRefType::get(shape, element), emit.b.getI64IntegerAttr(64));
}

Value tern::cpu::partAt(Emitter &emit, Value memref, ValueRange leading) {
  MemRefType type = memrefType(memref);
  SmallVector<OpFoldResult> offsets, sizes, strides(type.getRank(), emit.b.getIndexAttr(1));
  for (int64_t i = 0; i < type.getRank(); ++i) {
    bool fixed = i < int64_t(leading.size());
    offsets.push_back(fixed ? getAsOpFoldResult(leading[i]) : emit.b.getIndexAttr(0));
    sizes.push_back(emit.b.getIndexAttr(fixed ? 1 : type.getDimSize(i)));
  }
  ArrayRef<int64_t> shape = type.getShape().drop_front(leading.size());
  MemRefType part = memref::SubViewOp::inferRankReducedResultType(shape, type, offsets, sizes, strides);
  return memref::SubViewOp::create(emit.b, emit.loc, part, memref, offsets, sizes, strides);
}

SmallVector<Value> tern::cpu::cloneScalarBody(Emitter &emit, Block &block, ValueRange arguments) {
  IRMapping mapping;
  mapping.map(block.getArguments(), arguments);
  for (Operation &op : block.without_terminator())
    emit.b.clone(op, mapping);
  SmallVector<Value> yielded;
  for (Value value : block.getTerminator()->getOperands())
    yielded.push_back(mapping.lookupOrDefault(value));
  return yielded;
}

Value tern::cpu::convertFloat(Emitter &emit, Value value, Type element) {
  Type from = getElementTypeOrSelf(value.getType());
  if (from == element)
    return value;
  Type to = element;
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    to = VectorType::get(vector.getShape(), element);
  if (from.getIntOrFloatBitWidth() < element.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(emit.b, emit.loc, to, value);
  return arith::TruncFOp::create(emit.b, emit.loc, to, value);
}

Value tern::cpu::clampedIndex(Emitter &emit, Value index, int64_t size) {
  Value wide = arith::IndexCastOp::create(emit.b, emit.loc, emit.b.getIndexType(), index);
  Value low = arith::MaxSIOp::create(emit.b, emit.loc, wide, emit.index(0));
  return emit.min(low, emit.index(size - 1));
}
