// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bigram language model. Arena: values, gradients, m, v (same layout each), then inputs and outputs, then
// workspace.

#include "FakeProgram.h"

#include "FakeParts.h"
#include "runtime/core/Random.h"

#include <cmath>

namespace tern::rt::test {

namespace {

constexpr int64_t B = 4, T = 8, V = 256, rows = B * T, biases = 2;
constexpr int64_t elements = V * V + biases * V, chunk = 256;
constexpr uint64_t section = elements * 4, biasAt = V * V * 4;

constexpr uint64_t values = 0, gradients = section, stateM = 2 * section, stateV = 3 * section, io = 4 * section;
constexpr uint64_t tokensAt = io, targetsAt = io + 128, promptAt = io + 256, lossAt = io + 320, normAt = io + 384;
constexpr uint64_t seedAt = io + 448, accumulateAt = io + 512, scalarsAt = io + 576, stepAt = io + 640;
constexpr uint64_t logitsAt = io + 704, workspace = logitsAt + T * V * 4;
constexpr uint64_t probabilityAt = workspace, rowLossAt = probabilityAt + rows * V * 4;
constexpr uint64_t partialAt = rowLossAt + rows * 4, arenaBytes = partialAt + (elements / chunk + 1) * 4 + 60;
constexpr uint64_t roundedArena = arenaBytes / 64 * 64;

float logit(const Worker &worker, int32_t token, int64_t column) {
  const float *bias = worker.at<float>(values + biasAt);
  return worker.at<float>(values)[token * V + column] + bias[column] + bias[V + column];
}

int32_t runInit(tern_ctx *context, uint32_t thread, uint32_t threads) {
  Worker worker{context, thread, threads};
  uint64_t key = randomKey({static_cast<uint64_t>(*worker.at<int64_t>(seedAt))});
  worker.forall(elements, [&](int64_t index) {
    float uniform = static_cast<float>(randomUnit(key, index)) - 0.5f;
    worker.at<float>(values)[index] = index < V * V ? 0.04f * uniform : 0.0f;
  });
  return 0;
}

int32_t runForward(tern_ctx *context, uint32_t thread, uint32_t threads) {
  Worker worker{context, thread, threads};
  worker.forall(T * V, [&](int64_t index) {
    worker.at<float>(logitsAt)[index] = logit(worker, worker.at<int32_t>(promptAt)[index / V], index % V);
  });
  return 0;
}

int64_t countTargets(const Worker &worker) {
  int64_t count = 0;
  for (int64_t row = 0; row < rows; ++row)
    count += worker.at<int32_t>(targetsAt)[row] != -100;
  return count;
}

// Leaves the gradient of the mean loss by the logits of each row in the workspace.
void computeLoss(const Worker &worker) {
  int64_t count = countTargets(worker);
  worker.forall(rows, [&](int64_t row) {
    float *probability = worker.at<float>(probabilityAt) + row * V;
    int32_t token = worker.at<int32_t>(tokensAt)[row], target = worker.at<int32_t>(targetsAt)[row];
    float sum = 0;
    for (int64_t column = 0; column < V; ++column)
      sum += probability[column] = std::exp(logit(worker, token, column));
    float scale = target == -100 ? 0.0f : 1.0f / static_cast<float>(count);
    worker.at<float>(rowLossAt)[row] = target == -100 ? 0.0f : std::log(sum) - logit(worker, token, target);
    for (int64_t column = 0; column < V; ++column)
      probability[column] = scale * (probability[column] / sum - (column == target ? 1.0f : 0.0f));
  });
  worker.single([&] {
    float sum = 0;
    for (int64_t row = 0; row < rows; ++row)
      sum += worker.at<float>(rowLossAt)[row];
    *worker.at<float>(lossAt) = count ? sum / static_cast<float>(count) : 0;
  });
}

int32_t runLoss(tern_ctx *context, uint32_t thread, uint32_t threads) {
  computeLoss(Worker{context, thread, threads});
  return 0;
}

int32_t runGrad(tern_ctx *context, uint32_t thread, uint32_t threads) {
  Worker worker{context, thread, threads};
  computeLoss(worker);
  float keep = *worker.at<uint8_t>(accumulateAt) ? 1.0f : 0.0f;
  worker.forall(V, [&](int64_t column) {
    float *table = worker.at<float>(gradients), *bias = worker.at<float>(gradients + biasAt);
    for (int64_t token = 0; token < V; ++token)
      table[token * V + column] *= keep;
    bias[column] *= keep;
    bias[V + column] *= keep;
    for (int64_t row = 0; row < rows; ++row) {
      float change = worker.at<float>(probabilityAt)[row * V + column];
      table[worker.at<int32_t>(tokensAt)[row] * V + column] += change;
      bias[column] += change;
      bias[V + column] += change;
    }
  });
  return 0;
}

struct Scalars {
  float learningRate, beta1, beta2, epsilon, weightDecay, vectorDecay, clip, scale;
};

void computeNorm(const Worker &worker, float scale) {
  constexpr int64_t chunks = elements / chunk;
  worker.forall(chunks, [&](int64_t part) {
    float sum = 0;
    for (int64_t index = part * chunk; index < (part + 1) * chunk; ++index) {
      float gradient = scale * worker.at<float>(gradients)[index];
      sum += gradient * gradient;
    }
    worker.at<float>(partialAt)[part] = sum;
  });
  worker.single([&] {
    float sum = 0;
    for (int64_t part = 0; part < chunks; ++part)
      sum += worker.at<float>(partialAt)[part];
    *worker.at<float>(normAt) = std::sqrt(sum);
  });
}

int32_t runUpdate(tern_ctx *context, uint32_t thread, uint32_t threads) {
  Worker worker{context, thread, threads};
  Scalars s = *worker.at<Scalars>(scalarsAt);
  auto step = static_cast<float>(*worker.at<int64_t>(stepAt));
  computeNorm(worker, s.scale);
  float norm = *worker.at<float>(normAt);
  float factor = s.scale * (s.clip > 0 && norm > s.clip ? s.clip / norm : 1.0f);
  worker.forall(elements, [&](int64_t index) {
    float gradient = factor * worker.at<float>(gradients)[index];
    float &m = worker.at<float>(stateM)[index], &v = worker.at<float>(stateV)[index];
    float &value = worker.at<float>(values)[index];
    m = s.beta1 * m + (1 - s.beta1) * gradient;
    v = s.beta2 * v + (1 - s.beta2) * gradient * gradient;
    float mean = m / (1 - std::pow(s.beta1, step)), spread = v / (1 - std::pow(s.beta2, step));
    float decay = index < V * V ? s.weightDecay : s.vectorDecay;
    value -= s.learningRate * (mean / (std::sqrt(spread) + s.epsilon) + decay * value);
  });
  return 0;
}

constexpr tern_tensor seedInput[] = {tensor("seed", TERN_I64, seedAt, {})};
constexpr tern_tensor promptInput[] = {tensor("tokens", TERN_I32, promptAt, {1, T})};
constexpr tern_tensor logitsOutput[] = {tensor("logits", TERN_F32, logitsAt, {1, T, V})};
constexpr tern_tensor batchInputs[] = {tensor("tokens", TERN_I32, tokensAt, {B, T}),
                                       tensor("targets", TERN_I32, targetsAt, {B, T}),
                                       tensor("accumulate", TERN_I1, accumulateAt, {})};
constexpr tern_tensor lossOutput[] = {tensor("loss", TERN_F32, lossAt, {})};
constexpr tern_tensor updateInputs[] = {tensor("learning_rate", TERN_F32, scalarsAt, {}),
                                        tensor("beta1", TERN_F32, scalarsAt + 4, {}),
                                        tensor("beta2", TERN_F32, scalarsAt + 8, {}),
                                        tensor("epsilon", TERN_F32, scalarsAt + 12, {}),
                                        tensor("weight_decay", TERN_F32, scalarsAt + 16, {}),
                                        tensor("vector_decay", TERN_F32, scalarsAt + 20, {}),
                                        tensor("clip", TERN_F32, scalarsAt + 24, {}),
                                        tensor("scale", TERN_F32, scalarsAt + 28, {}),
                                        tensor("step", TERN_I64, stepAt, {})};
constexpr tern_tensor normOutput[] = {tensor("grad_norm", TERN_F32, normAt, {})};

constexpr uint64_t flops = 6 * rows * V, traffic = section;
constexpr tern_region updateRegions[] = {
    {"adamw", "66048", "bigram.mlir:3:1", 12 * elements, 4 * section, 3 * section, 1, TERN_F32, 1}};
constexpr tern_entry entries[] = {
    {"init", runInit, seedInput, nullptr, 1, 0, elements, section, nullptr, 0, 0},
    {"forward", runForward, promptInput, logitsOutput, 1, 1, 2 * T *V, section, nullptr, 0, 0},
    {"loss", runLoss, batchInputs, lossOutput, 2, 1, flops, traffic, nullptr, 0, 0},
    {"grad", runGrad, batchInputs, lossOutput, 3, 1, 3 * flops, 2 * traffic, nullptr, 0, 0},
    {"update", runUpdate, updateInputs, normOutput, 9, 1, 12 * elements, 7 * section, updateRegions, 1, 0},
};

constexpr tern_param params[] = {
    param("wte.weight", {V, V}, 0, values, gradients, stateM, stateV),
    param("h.{i}.bias", {V}, biases, values + biasAt, gradients + biasAt, stateM + biasAt, stateV + biasAt),
};
constexpr const char *stateNames[] = {"m", "v"};

constexpr tern_manifest manifest = [] {
  tern_manifest result = manifestHead("bigram", "causal-lm");
  result.tokenizer = "bytes";
  result.optimizer = "adamw";
  result.state_names = stateNames;
  result.state_count = 2;
  result.params = params;
  result.param_count = 2;
  result.entries = entries;
  result.entry_count = 5;
  result.batch = B;
  result.seq = T;
  result.vocab = V;
  result.memory = {.parameters = section,
                   .gradients = section,
                   .optimizer = 2 * section,
                   .activations = rows * V * 4,
                   .workspace = roundedArena - io - (workspace - io) - rows * V * 4,
                   .cache = 0,
                   .io = workspace - io,
                   .scratch_per_thread = 0,
                   .arena = roundedArena};
  return result;
}();

} // namespace

const tern_manifest &bigramProgram() { return manifest; }

} // namespace tern::rt::test
