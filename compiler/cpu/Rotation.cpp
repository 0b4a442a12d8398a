// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One token at a time: a vector of cosines and one of sines serve the pairs of every head. Both members of a pair are loaded
// before one is stored, so that x and the out may be one buffer. Interleaved pairs are sorted in registers:
//
//   low = a0 b0 a1 b1   high = a2 b2 a3 b3      ->      a = a0 a1 a2 a3   b = b0 b1 b2 b3

#include "compiler/cpu/Rotation.h"
#include "compiler/cpu/MicroKernel.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

// Elements of one chunk of shared work.
static constexpr int64_t chunkElements = 4096;

namespace {

// A vector of the first members of pairs, and one of the second ones.
struct Pairs {
  Value first, second;
};

class RotatedToken {
public:
  RotatedToken(Emitter &emit, const Machine &machine, RotationOp op, Value batch, Value token)
      : emit(emit), machine(machine), op(op), type(vectorType(machine, memrefType(op.getInput()).getElementType())),
        lanes(type.getDimSize(0)), batch(batch), token(token), size(op.getHeadSize()), count(op.getRotaryCount()) {}

  void expand() {
    int64_t pairs = count / 2, whole = pairs / lanes * lanes, turning = op.getTurning();
    emit.loop(emit.index(0), emit.index(whole), lanes, [&](Value j) { turnHeads(j, lanes); });
    if (whole != pairs)
      turnHeads(emit.index(whole), pairs - whole);
    if (count != size)
      emit.loop(turning, [&](Value head) { copy(emit.add(emit.mul(head, size), count), size - count); });
    copy(emit.index(turning * size), (int64_t(op.getHeads()) - turning) * size);
  }

private:
  // Pairs [j, j + present) of every head.
  void turnHeads(Value j, int64_t present) {
    Value mask = present == lanes ? Value() : maskOf(emit, lanes, emit.index(present));
    Value cosines = loadTable(j, mask), sines = loadTable(emit.add(j, count / 2), mask);
    if (op.getInverse())
      sines = arith::NegFOp::create(emit.b, emit.loc, sines);
    emit.loop(int64_t(op.getTurning()), [&](Value head) {
      Value channel = emit.mul(head, size);
      if (op.getInterleaved()) {
        Value first = emit.add(channel, emit.mul(j, 2));
        return storeInterleaved(turn(loadInterleaved(first, present), cosines, sines), first, present);
      }
      Value first = emit.add(channel, j), second = emit.add(first, count / 2);
      Pairs y = turn({load(first, mask), load(second, mask)}, cosines, sines);
      store(y.first, first, mask);
      store(y.second, second, mask);
    });
  }

  Pairs turn(Pairs x, Value cosines, Value sines) {
    auto product = [&](Value left, Value right) -> Value { return arith::MulFOp::create(emit.b, emit.loc, left, right); };
    Value minus = arith::NegFOp::create(emit.b, emit.loc, sines);
    return {multiplyAdd(emit, machine, x.second, minus, product(x.first, cosines)),
            multiplyAdd(emit, machine, x.second, cosines, product(x.first, sines))};
  }

  // The masks of two vectors that hold `present` pairs.
  std::pair<Value, Value> masksOf(int64_t present) {
    if (present == lanes)
      return {};
    return {maskOf(emit, lanes, emit.index(std::min(2 * present, lanes))),
            maskOf(emit, lanes, emit.index(std::max<int64_t>(2 * present - lanes, 0)))};
  }

  Pairs loadInterleaved(Value channel, int64_t present) {
    auto [lowMask, highMask] = masksOf(present);
    Value low = load(channel, lowMask), high = load(emit.add(channel, lanes), highMask);
    SmallVector<int64_t> even, odd;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      even.push_back(2 * lane);
      odd.push_back(2 * lane + 1);
    }
    return {shuffled({low, high}, even), shuffled({low, high}, odd)};
  }

  void storeInterleaved(Pairs y, Value channel, int64_t present) {
    auto [lowMask, highMask] = masksOf(present);
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      low.push_back(lane / 2 + (lane % 2) * lanes);
      high.push_back(lanes / 2 + lane / 2 + (lane % 2) * lanes);
    }
    store(shuffled(y, low), channel, lowMask);
    store(shuffled(y, high), emit.add(channel, lanes), highMask);
  }

  Value shuffled(Pairs vectors, ArrayRef<int64_t> order) {
    return vector::ShuffleOp::create(emit.b, emit.loc, vectors.first, vectors.second, order);
  }

  void copy(Value channel, int64_t channels) {
    int64_t whole = channels / lanes * lanes;
    auto copyVector = [&](Value at, Value mask) { store(load(at, mask), at, mask); };
    emit.loop(emit.index(0), emit.index(whole), lanes, [&](Value c) { copyVector(emit.add(channel, c), nullptr); });
    if (whole != channels)
      copyVector(emit.add(channel, whole), maskOf(emit, lanes, emit.index(channels - whole)));
  }

  Value load(Value channel, Value mask) { return loadVector(emit, type, op.getInput(), {batch, token, channel}, mask); }
  void store(Value vector, Value channel, Value mask) {
    storeVector(emit, vector, op.getOuts()[0], {batch, token, channel}, mask);
  }
  Value loadTable(Value column, Value mask) {
    SmallVector<Value> at = {token, column};
    if (memrefType(op.getTable()).getRank() == 3)
      at.insert(at.begin(), batch);
    return loadVector(emit, type, op.getTable(), at, mask);
  }

  Emitter &emit;
  const Machine &machine;
  RotationOp op;
  VectorType type;
  int64_t lanes;
  Value batch, token;
  int64_t size, count; // D and R
};

} // namespace

void tern::cpu::expandRotation(Emitter &emit, const Machine &machine, RotationOp op) {
  int64_t tokens = op.getTokens(), channels = op.getHeadSize() * int64_t(op.getHeads());
  int64_t chunk = std::clamp<int64_t>(chunkElements / std::max<int64_t>(channels, 1), 1, std::max<int64_t>(tokens, 1));
  emit.forall({op.getBatch(), int64_t(llvm::divideCeil(tokens, chunk))}, [&](ValueRange at) {
    Value low = emit.mul(at[1], chunk), high = emit.min(emit.add(low, chunk), emit.index(tokens));
    emit.loop(low, high, 1, [&](Value token) { RotatedToken(emit, machine, op, at[0], token).expand(); });
  });
}
