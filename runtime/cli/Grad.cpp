// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `grad`: loss and gradients of one batch. Small gradients are printed whole, large ones by norm and largest magnitude.

#include "runtime/cli/Commands.h"
#include "runtime/cli/InputBatch.h"
#include "runtime/cli/Setup.h"
#include "runtime/core/Convert.h"
#include "runtime/core/Json.h"
#include "runtime/io/SafeTensors.h"

#include <cmath>
#include <cstdio>

namespace tern::rt {

static constexpr size_t kPrintedElements = 16;

namespace {

struct Gradient {
  const Parameter *parameter;
  std::vector<double> values; // only where they are few
  double norm = 0;
  double largest = 0;
};

} // namespace

static Gradient summarize(Session &session, const Parameter &parameter) {
  Gradient gradient{&parameter, {}};
  std::span<const uint8_t> bytes = session.gradient(parameter);
  uint64_t size = elementBytes(parameter.dtype);
  double squares = 0;
  for (uint64_t i = 0; i < bytes.size(); i += size) {
    double value = readElement(bytes.data() + i, parameter.dtype);
    squares += value * value;
    gradient.largest = std::max(gradient.largest, std::abs(value));
    if (parameter.elements() <= kPrintedElements)
      gradient.values.push_back(value);
  }
  gradient.norm = std::sqrt(squares);
  return gradient;
}

static void printText(double loss, const std::vector<Gradient> &gradients) {
  std::printf("%-32s %.9g\n", "loss", loss);
  for (const Gradient &gradient : gradients) {
    std::printf("%-32s", gradient.parameter->name.c_str());
    for (double value : gradient.values)
      std::printf(" %.6g", value);
    if (gradient.values.empty())
      std::printf(" %s norm %.6g max %.6g", shapeText(gradient.parameter->shape).c_str(), gradient.norm,
                  gradient.largest);
    std::printf("\n");
  }
}

static void printJson(double loss, const std::vector<Gradient> &gradients) {
  JsonObject all;
  for (const Gradient &gradient : gradients) {
    JsonObject one;
    one.add("norm", gradient.norm).add("max", gradient.largest);
    std::string values;
    for (double value : gradient.values)
      values += (values.empty() ? "" : ",") + jsonNumber(value);
    if (!gradient.values.empty())
      one.addRaw("values", "[" + values + "]");
    all.add(gradient.parameter->name, one);
  }
  std::printf("%s\n", JsonObject().add("loss", loss).add("gradients", all).text().c_str());
}

static Status write(const std::string &path, double loss, Session &session, const std::vector<Gradient> &gradients) {
  SafeTensorsWriter writer;
  TERN_TRY(writer.add("loss", TERN_F64, {}, {reinterpret_cast<const uint8_t *>(&loss), sizeof(loss)}));
  for (const Gradient &gradient : gradients) {
    const Parameter &parameter = *gradient.parameter;
    TERN_TRY(writer.add(parameter.name, parameter.dtype, parameter.shape, session.gradient(parameter)));
  }
  return writer.write(path);
}

Status runGrad(const tern_manifest &manifest, const GradOptions &options) {
  TERN_ASSIGN(auto session, Session::create(manifest, options.machine.threads));
  TERN_ASSIGN(const tern_entry *entry, session->program().entry("grad"));
  TERN_ASSIGN(InputBatch batch, InputBatch::open(options.batch));
  TERN_TRY(fillParameters(*session, options.weights, options.seed));
  TERN_TRY(batch.setParameters(*session));
  TERN_TRY(batch.fill(*session, *entry));
  for (const char *role : {"accumulate", "step", "microbatch"})
    TERN_TRY(session->setOptionalScalar(*entry, role, int64_t(0)));
  TERN_TRY(session->setOptionalScalar(*entry, "seed", static_cast<int64_t>(options.seed)));
  TERN_TRY(session->call(*entry));
  TERN_ASSIGN(double loss, session->scalar(*entry, "loss"));
  std::vector<Gradient> gradients;
  for (const Parameter &parameter : session->program().parameters())
    if (!session->gradient(parameter).empty())
      gradients.push_back(summarize(*session, parameter));
  options.machine.json ? printJson(loss, gradients) : printText(loss, gradients);
  return options.out.empty() ? success() : write(options.out, loss, *session, gradients);
}

} // namespace tern::rt
