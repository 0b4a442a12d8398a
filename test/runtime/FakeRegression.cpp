// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linear regression by gradient descent, small enough to check by hand.

#include "FakeProgram.h"

#include "FakeParts.h"

#include <cmath>

namespace tern::rt::test {

namespace {

constexpr int64_t B = 4, F = 2, elements = F + 1;
constexpr uint64_t weightAt = 0, biasAt = 64, gradients = 128, featuresAt = 256, labelsAt = 320, predictionAt = 384;
constexpr uint64_t lossAt = 448, seedAt = 512, accumulateAt = 576, scalarsAt = 640, normAt = 704, arenaBytes = 768;

float predict(const Worker &worker, int64_t row) {
  const float *x = worker.at<float>(featuresAt) + row * F, *w = worker.at<float>(weightAt);
  return x[0] * w[0] + x[1] * w[1] + *worker.at<float>(biasAt);
}

int32_t runInit(tern_ctx *context, uint32_t thread, uint32_t threads) {
  Worker worker{context, thread, threads};
  worker.single([&] {
    auto seed = static_cast<float>(*worker.at<int64_t>(seedAt) % 7);
    worker.at<float>(weightAt)[0] = 0.1f * seed;
    worker.at<float>(weightAt)[1] = -0.1f * seed;
    *worker.at<float>(biasAt) = 0;
  });
  return 0;
}

int32_t runForward(tern_ctx *context, uint32_t thread, uint32_t threads) {
  Worker worker{context, thread, threads};
  worker.forall(B, [&](int64_t row) { worker.at<float>(predictionAt)[row] = predict(worker, row); });
  return 0;
}

int32_t runLoss(tern_ctx *context, uint32_t thread, uint32_t threads) {
  Worker worker{context, thread, threads};
  runForward(context, thread, threads);
  worker.single([&] {
    float sum = 0;
    for (int64_t row = 0; row < B; ++row) {
      float miss = worker.at<float>(predictionAt)[row] - worker.at<float>(labelsAt)[row];
      sum += miss * miss;
    }
    *worker.at<float>(lossAt) = sum / B;
  });
  return 0;
}

int32_t runGrad(tern_ctx *context, uint32_t thread, uint32_t threads) {
  Worker worker{context, thread, threads};
  runLoss(context, thread, threads);
  worker.single([&] {
    float keep = *worker.at<uint8_t>(accumulateAt) ? 1.0f : 0.0f;
    float *weight = worker.at<float>(gradients + weightAt), *bias = worker.at<float>(gradients + biasAt);
    float total[elements] = {keep * weight[0], keep * weight[1], keep * *bias};
    for (int64_t row = 0; row < B; ++row) {
      float change = 2.0f / B * (worker.at<float>(predictionAt)[row] - worker.at<float>(labelsAt)[row]);
      total[0] += change * worker.at<float>(featuresAt)[row * F];
      total[1] += change * worker.at<float>(featuresAt)[row * F + 1];
      total[2] += change;
    }
    weight[0] = total[0];
    weight[1] = total[1];
    *bias = total[2];
  });
  return 0;
}

struct Scalars {
  float learningRate, momentum, weightDecay, vectorDecay, clip, scale;
};

int32_t runUpdate(tern_ctx *context, uint32_t thread, uint32_t threads) {
  Worker worker{context, thread, threads};
  worker.single([&] {
    Scalars s = *worker.at<Scalars>(scalarsAt);
    float *value[] = {worker.at<float>(weightAt), worker.at<float>(weightAt) + 1, worker.at<float>(biasAt)};
    float *gradient[] = {worker.at<float>(gradients + weightAt), worker.at<float>(gradients + weightAt) + 1,
                         worker.at<float>(gradients + biasAt)};
    float sum = 0;
    for (float *item : gradient)
      sum += s.scale * *item * s.scale * *item;
    float norm = std::sqrt(sum), factor = s.scale * (s.clip > 0 && norm > s.clip ? s.clip / norm : 1.0f);
    *worker.at<float>(normAt) = norm;
    for (int64_t index = 0; index < elements; ++index) {
      float decay = index < F ? s.weightDecay : s.vectorDecay;
      *value[index] -= s.learningRate * (factor * *gradient[index] + decay * *value[index]);
    }
  });
  return 0;
}

constexpr tern_tensor seedInput[] = {tensor("seed", TERN_I64, seedAt, {})};
constexpr tern_tensor batchInputs[] = {tensor("features", TERN_F32, featuresAt, {B, F}),
                                       tensor("labels", TERN_F32, labelsAt, {B, 1}),
                                       tensor("accumulate", TERN_I1, accumulateAt, {})};
constexpr tern_tensor predictionOutput[] = {tensor("prediction", TERN_F32, predictionAt, {B, 1})};
constexpr tern_tensor lossOutput[] = {tensor("loss", TERN_F32, lossAt, {})};
constexpr tern_tensor updateInputs[] = {
    tensor("learning_rate", TERN_F32, scalarsAt, {}),    tensor("momentum", TERN_F32, scalarsAt + 4, {}),
    tensor("weight_decay", TERN_F32, scalarsAt + 8, {}), tensor("vector_decay", TERN_F32, scalarsAt + 12, {}),
    tensor("clip", TERN_F32, scalarsAt + 16, {}),        tensor("scale", TERN_F32, scalarsAt + 20, {})};
constexpr tern_tensor normOutput[] = {tensor("grad_norm", TERN_F32, normAt, {})};

constexpr tern_entry entries[] = {
    {"init", runInit, seedInput, nullptr, 1, 0, elements, 16, nullptr, 0, 0},
    {"forward", runForward, batchInputs, predictionOutput, 1, 1, 4 * B, 64, nullptr, 0, 0},
    {"loss", runLoss, batchInputs, lossOutput, 2, 1, 7 * B, 64, nullptr, 0, 0},
    {"grad", runGrad, batchInputs, lossOutput, 3, 1, 13 * B, 96, nullptr, 0, 0},
    {"update", runUpdate, updateInputs, normOutput, 6, 1, 5 * elements, 36, nullptr, 0, 0},
};

constexpr tern_param params[] = {
    param("weight", {1, F}, 0, weightAt, gradients + weightAt, TERN_NONE, TERN_NONE),
    param("bias", {1}, 0, biasAt, gradients + biasAt, TERN_NONE, TERN_NONE),
};

constexpr tern_manifest manifest = [] {
  tern_manifest result = manifestHead("regression", "loss");
  result.optimizer = "sgd";
  result.params = params;
  result.param_count = 2;
  result.entries = entries;
  result.entry_count = 5;
  result.batch = B;
  result.memory = {.parameters = 128,
                   .gradients = 128,
                   .optimizer = 0,
                   .activations = 0,
                   .workspace = 0,
                   .cache = 0,
                   .io = arenaBytes - featuresAt,
                   .scratch_per_thread = 0,
                   .arena = arenaBytes};
  return result;
}();

} // namespace

const tern_manifest &regressionProgram() { return manifest; }

} // namespace tern::rt::test
