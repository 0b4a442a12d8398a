// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Is a gradient the derivative of its function? Central differences in f64, for functions and for whole models.

#ifndef TERN_COMPILER_TOOLS_GRADIENTCHECK_H
#define TERN_COMPILER_TOOLS_GRADIENTCHECK_H

#include "compiler/tools/Jit.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <random>
#include <string>
#include <vector>

namespace tern {

struct GradientOptions {
  uint64_t seed = 0;
  unsigned directions = 2; // random directions per tensor
  unsigned elements = 4;   // sampled elements per tensor
  double step = 1e-5;      // the smallest of three steps that are tried: a larger one has less rounding error
  double tolerance = 1e-6;
  double low = -1, high = 1; // range of floating-point arguments
  int64_t classes = 2;       // integer arguments are in [0, classes)
};

/// One tensor of variables: its values may be changed, its gradient was computed at the start.
struct Variable {
  std::string name;
  double *values;
  std::vector<double> gradient;
};

struct GradientError {
  std::string name;
  double error; // the worst of |g - g'| / max(|g'|, 1e-6 |all gradients|)
};

/// Compares every variable's gradient g along directions and single elements with the central difference g' of `loss`.
std::vector<GradientError> checkGradients(std::vector<Variable> &variables, llvm::function_ref<double()> loss,
                                          const GradientOptions &options);

/// Fills a tensor: floating-point uniformly in [low, high), integers in [0, classes), i1 with 0.
void fillRandom(Jit &jit, const tern_tensor &tensor, const GradientOptions &options, std::mt19937_64 &random);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_GRADIENTCHECK_H
