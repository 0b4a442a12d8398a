// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Formulas of special functions on vectors of f32: what each computes and how far it may be off is said in README.md.

#ifndef TERN_COMPILER_CPU_VECTORFUNCTIONS_H
#define TERN_COMPILER_CPU_VECTORFUNCTIONS_H

#include "compiler/cpu/CpuUtils.h"
#include "compiler/cpu/Machine.h"

#include "mlir/IR/BuiltinTypes.h"

namespace tern::cpu {

/// Arithmetic on one vector type, in the words of the formulas.
class VectorFunctions {
public:
  VectorFunctions(OpBuilder &builder, Location loc, const Machine &machine, mlir::VectorType type)
      : emit(builder, loc), machine(machine), type(type) {}

  Value exp(Value x);
  Value expm1(Value x);
  Value log(Value x);
  Value log1p(Value x);
  Value tanh(Value x);
  Value erf(Value x);
  Value sin(Value x);
  Value cos(Value x);

private:
  mlir::VectorType integers() { return mlir::VectorType::get(type.getShape(), emit.b.getI32Type()); }
  Value number(double value) { return emit.real(type, value); }
  Value integer(int64_t value) { return emit.integer(integers(), value); }
  Value add(Value x, Value y);
  Value sub(Value x, Value y);
  Value mul(Value x, Value y);
  Value div(Value x, Value y);
  Value fma(Value x, Value y, Value z);
  Value less(Value x, Value y);
  Value select(Value condition, Value yes, Value no);
  Value absolute(Value x);
  Value withSign(Value x, Value sign);
  Value atLeast(Value low, Value x);
  Value atMost(Value high, Value x);
  Value bitsOf(Value x);
  Value fromBits(Value bits);
  Value shiftLeft(Value x, int64_t count);
  Value shiftRight(Value x, int64_t count);
  Value polynomial(Value x, llvm::ArrayRef<double> coefficients);

  /// e^x = 2^exponent e^rest. The low bits of `shifted` hold the exponent too, as an integer.
  struct Reduced {
    Value shifted, exponent, rest;
  };
  Reduced reduce(Value x);
  Value powerOfRest(Value r);
  Value powerOfTwo(Value integer);
  Value scaleAtOnce(Value x, Value n);
  Value powerOf(const Reduced &reduced, bool isModerate);
  Value expOfModerate(Value x);
  /// log(2^exponent (1 + rest)), exponent a whole number and rest in [-1/3, 1/3].
  Value logOfParts(Value exponent, Value rest);
  Value logSpecialCases(Value x, Value result, double pole);
  /// x less the nearest multiple of pi/2, and the number of that multiple.
  struct Angle {
    Value rest, quarters;
  };
  Angle reduceAngle(Value x);
  Value sinAfterQuarters(Value x, int64_t quarters);
  template <typename OpTy> Value byLanesWhereLarge(Value x, Value result);

  Emitter emit;
  const Machine &machine;
  mlir::VectorType type;
};

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_VECTORFUNCTIONS_H
