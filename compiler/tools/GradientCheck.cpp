// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Central differences of fourth order, with three steps: rounding limits a small one, curvature and kinks a large one,
// so the best of the three is the truth.

#include "compiler/tools/GradientCheck.h"

#include <cmath>
#include <cstring>

using namespace tern;

using Direction = std::vector<double>;

namespace {

// A tensor's values that are moved along a direction and put back.
class Probe {
public:
  Probe(Variable &variable, llvm::function_ref<double()> loss)
      : variable(variable), loss(loss), original(variable.values, variable.values + variable.gradient.size()) {}

  // (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h
  double derivative(const Direction &direction, double step) {
    double near = at(direction, step) - at(direction, -step), far = at(direction, 2 * step) - at(direction, -2 * step);
    std::copy(original.begin(), original.end(), variable.values);
    return (8 * near - far) / (12 * step);
  }

private:
  double at(const Direction &direction, double distance) {
    for (size_t index = 0; index < original.size(); ++index)
      variable.values[index] = original[index] + distance * direction[index];
    return loss();
  }

  Variable &variable;
  llvm::function_ref<double()> loss;
  std::vector<double> original;
};

} // namespace

static double dot(const std::vector<double> &a, const std::vector<double> &b) {
  double sum = 0;
  for (size_t index = 0; index < a.size(); ++index)
    sum += a[index] * b[index];
  return sum;
}

static double errorAlong(Probe &probe, const Variable &variable, const Direction &direction, double floor,
                         const GradientOptions &options) {
  double claimed = dot(variable.gradient, direction), best = HUGE_VAL;
  if (!std::isfinite(claimed))
    return HUGE_VAL;
  for (double step : {100 * options.step, 10 * options.step, options.step}) {
    double measured = probe.derivative(direction, step);
    double scale = std::max(std::abs(measured), floor);
    double error = scale > 0 ? std::abs(claimed - measured) / scale : std::abs(claimed - measured);
    if (std::isfinite(error))
      best = std::min(best, error);
    if (best < options.tolerance / 100)
      break;
  }
  return best;
}

// Of length one, so that steps mean the same for every tensor.
static Direction randomDirection(size_t count, std::mt19937_64 &random) {
  std::normal_distribution<double> normal;
  Direction direction(count);
  for (double &value : direction)
    value = normal(random);
  double length = std::sqrt(dot(direction, direction));
  for (double &value : direction)
    value /= length;
  return direction;
}

std::vector<GradientError> tern::checkGradients(std::vector<Variable> &variables, llvm::function_ref<double()> loss,
                                                const GradientOptions &options) {
  double squares = 0;
  for (const Variable &variable : variables)
    squares += dot(variable.gradient, variable.gradient);
  double floor = 1e-6 * std::sqrt(squares);
  std::mt19937_64 random(options.seed);
  std::vector<GradientError> errors;
  for (Variable &variable : variables) {
    Probe probe(variable, loss);
    size_t count = variable.gradient.size();
    double worst = 0;
    for (unsigned index = 0; index < options.directions; ++index)
      worst = std::max(worst, errorAlong(probe, variable, randomDirection(count, random), floor, options));
    for (unsigned index = 0; index < options.elements; ++index) {
      Direction element(count);
      element[random() % count] = 1;
      worst = std::max(worst, errorAlong(probe, variable, element, floor, options));
    }
    errors.push_back({variable.name, worst});
  }
  return errors;
}

void tern::fillRandom(Jit &jit, const tern_tensor &tensor, const GradientOptions &options, std::mt19937_64 &random) {
  uint8_t *data = jit.at(tensor.offset);
  std::uniform_real_distribution<double> real(options.low, options.high);
  std::uniform_int_distribution<int64_t> integer(0, options.classes - 1);
  for (uint64_t index = 0; index < elementCount(tensor); ++index) {
    switch (tensor.dtype) {
    case TERN_F64: {
      double value = real(random);
      std::memcpy(data + index * 8, &value, 8);
      break;
    }
    case TERN_F32: {
      float value = real(random);
      std::memcpy(data + index * 4, &value, 4);
      break;
    }
    case TERN_I64: {
      int64_t value = integer(random);
      std::memcpy(data + index * 8, &value, 8);
      break;
    }
    case TERN_I32: {
      int32_t value = integer(random);
      std::memcpy(data + index * 4, &value, 4);
      break;
    }
    default:
      data[index] = 0;
    }
  }
}
