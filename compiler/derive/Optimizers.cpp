// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function per optimizer, and the table of them.

#include "compiler/derive/Optimizers.h"

#include "dialects/tern/Shapes.h"

using namespace mlir;
using namespace tern;

template <typename Op>
static SmallVector<Value> moveByMoments(UpdateSite &s) {
  auto op = Op::create(s.b, s.loc, s.param, s.grad, s.states[0], s.states[1], s.rates["learning_rate"], s.rates["beta1"],
                       s.rates["beta2"], s.rates["epsilon"], s.decay, s.scale, s.step);
  return SmallVector<Value>(op->getResults());
}

template <bool nesterov>
static SmallVector<Value> moveBySgd(UpdateSite &s) {
  auto op = SgdOp::create(s.b, s.loc, s.param, s.grad, s.states[0], s.rates["learning_rate"], s.rates["momentum"], s.decay,
                          s.scale, nesterov);
  return SmallVector<Value>(op->getResults());
}

static SmallVector<Value> moveByLion(UpdateSite &s) {
  auto op = LionOp::create(s.b, s.loc, s.param, s.grad, s.states[0], s.rates["learning_rate"], s.rates["beta1"],
                           s.rates["beta2"], s.decay, s.scale);
  return SmallVector<Value>(op->getResults());
}

/// A matrix has a row and a column, anything else its whole second moment.
static bool keepsFactored(const UpdateSite &s, unsigned state) { return (state == 2) != s.isMatrix; }

static SmallVector<Value> moveByAdafactor(UpdateSite &s) {
  auto op = AdafactorOp::create(s.b, s.loc, s.param, s.grad, s.isMatrix ? s.states[0] : s.states[2], s.states[1],
                                s.rates["learning_rate"], s.decay, s.scale, s.step, s.isStacked);
  if (s.isMatrix)
    return {op.getNewParam(), op.getNewRow(), op.getNewColumn(), Value()};
  return {op.getNewParam(), Value(), Value(), op.getNewRow()};
}

/// Matrices of layers are orthogonalised; tables, heads, kernels and vectors are not maps from features to features.
static bool isOrthogonalised(const UpdateSite &s) { return s.isStacked && shapeOf(s.param.getType()).size() == 3; }

static bool keepsMuon(const UpdateSite &s, unsigned state) { return state == 0 || !isOrthogonalised(s); }

static SmallVector<Value> moveByMuon(UpdateSite &s) {
  if (!isOrthogonalised(s))
    return moveByMoments<AdamWOp>(s);
  auto op = MuonOp::create(s.b, s.loc, s.param, s.grad, s.states[0], s.rates["learning_rate"], s.rates["momentum"], s.decay,
                           s.scale);
  return {op.getNewParam(), op.getNewBuffer(), Value()};
}

static ArrayRef<OptimizerRule> optimizers() {
  static const OptimizerRule table[] = {
      {"adamw", {{"m"}, {"v"}}, {"beta1", "beta2", "epsilon"}, true, nullptr, moveByMoments<AdamWOp>},
      {"adam", {{"m"}, {"v"}}, {"beta1", "beta2", "epsilon"}, true, nullptr, moveByMoments<AdamOp>},
      {"sgd", {{"momentum"}}, {"momentum"}, false, nullptr, moveBySgd<false>},
      {"nesterov", {{"momentum"}}, {"momentum"}, false, nullptr, moveBySgd<true>},
      {"lion", {{"m"}}, {"beta1", "beta2"}, false, nullptr, moveByLion},
      {"adafactor",
       {{"v_row", StateShape::WithoutLast}, {"v_column", StateShape::WithoutSecondLast}, {"v"}},
       {},
       true,
       keepsFactored,
       moveByAdafactor},
      {"muon", {{"m"}, {"v"}}, {"momentum", "beta1", "beta2", "epsilon"}, true, keepsMuon, moveByMuon},
  };
  return table;
}

const OptimizerRule *tern::findOptimizer(StringRef name) {
  const auto *found = llvm::find_if(optimizers(), [&](const OptimizerRule &rule) { return rule.name == name; });
  return found == optimizers().end() ? nullptr : found;
}

SmallVector<StringRef> tern::optimizerNames() {
  return llvm::map_to_vector(optimizers(), [](const OptimizerRule &rule) -> StringRef { return rule.name; });
}
