// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Epilogues of products on vectors.

#include "compiler/cpu/Epilogue.h"

#include "compiler/cpu/VectorBody.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

// Not read at all where the flag is off.
static Value previous(Emitter &emit, ContractOp op, Value flag, VectorType type, ValueRange at, Value mask) {
  auto read = [&] { return loadVector(emit, type, op.getOuts()[0], at, mask); };
  if (op.getInit() == InitKind::Add)
    return read();
  auto branch = scf::IfOp::create(emit.b, emit.loc, type, flag, true);
  OpBuilder::InsertionGuard guard(emit.b);
  emit.b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(emit.b, emit.loc, read());
  emit.b.setInsertionPointToStart(branch.elseBlock());
  Value zero = arith::ConstantOp::create(emit.b, emit.loc, emit.b.getZeroAttr(type));
  scf::YieldOp::create(emit.b, emit.loc, zero);
  return branch.getResult(0);
}

static Value plus(Emitter &emit, Value left, Value right) {
  if (isa<FloatType>(getElementTypeOrSelf(left.getType())))
    return arith::AddFOp::create(emit.b, emit.loc, left, right);
  return arith::AddIOp::create(emit.b, emit.loc, left, right);
}

void tern::cpu::finishSums(Emitter &emit, ContractOp op, Value flag, Value sums, Value m, Value n, Value mask) {
  auto type = cast<VectorType>(sums.getType());
  int64_t lanes = type.getDimSize(0);
  if (op.getInit() != InitKind::Zero)
    sums = plus(emit, sums, previous(emit, op, flag, type, {m, n}, mask));
  SmallVector<Value> arguments = {sums};
  for (Value extra : op.getExtras()) {
    auto extraType = VectorType::get({lanes}, memrefType(extra).getElementType());
    SmallVector<Value> at = memrefType(extra).getRank() == 1 ? SmallVector<Value>{n} : SmallVector<Value>{m, n};
    arguments.push_back(loadVector(emit, extraType, extra, at, mask));
  }
  SmallVector<Value> results = cloneVectorBody(emit, op.getEpilogue().front(), arguments, lanes);
  for (auto [result, out] : llvm::zip_equal(results, op.getOuts()))
    storeVector(emit, result, out, {m, n}, mask);
}
