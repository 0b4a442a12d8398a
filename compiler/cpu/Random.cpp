// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Squares (Widynski 2020): the formula is stated in dialects/tern/Random.td.

#include "compiler/cpu/Random.h"

#include <cmath>

using namespace mlir;
using namespace tern::cpu;

static Value swapHalves(Emitter &emit, Value x) {
  Value half = emit.integer(x.getType(), 32);
  Value high = arith::ShLIOp::create(emit.b, emit.loc, x, half);
  Value low = arith::ShRUIOp::create(emit.b, emit.loc, x, half);
  return arith::OrIOp::create(emit.b, emit.loc, high, low);
}

Value tern::cpu::squares(Emitter &emit, Value key, Value counter) {
  Value y = emit.mul(counter, key);
  Value z = emit.add(y, key);
  Value x = swapHalves(emit, emit.add(emit.mul(y, y), y));
  x = swapHalves(emit, emit.add(emit.mul(x, x), z));
  x = swapHalves(emit, emit.add(emit.mul(x, x), y));
  x = emit.add(emit.mul(x, x), z);
  return arith::ShRUIOp::create(emit.b, emit.loc, x, emit.integer(x.getType(), 32));
}

// u >= rate with u = (bits >> 8) 2^-24 holds exactly where bits >> 8 reaches the next integer above rate 2^24.
Value tern::cpu::keeps(Emitter &emit, Value key, Value counter, double rate) {
  Value bits = squares(emit, key, counter);
  Value mantissa = arith::ShRUIOp::create(emit.b, emit.loc, bits, emit.integer(bits.getType(), 8));
  Value threshold = emit.integer(bits.getType(), int64_t(std::ceil(rate * 16777216.0)));
  return arith::CmpIOp::create(emit.b, emit.loc, arith::CmpIPredicate::uge, mantissa, threshold);
}
