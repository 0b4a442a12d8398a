// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Session: typed access by role, failures of entries, bits that do not depend on threads.

#include "runtime/core/Session.h"
#include "../FakeProgram.h"
#include "../Support.h"

#include <cmath>

namespace tern::rt::test {

namespace {

TEST(Session, typed_access_by_role) {
  auto session = Session::create(bigramProgram(), 1);
  ASSERT_SUCCESS(session);
  const tern_entry &grad = *(*session)->program().findEntry("grad");
  auto tokens = (*session)->input<int32_t>(grad, "tokens");
  ASSERT_SUCCESS(tokens);
  EXPECT_EQ(tokens->size(), 32u);
  EXPECT_FAILURE((*session)->input<float>(grad, "tokens"), "'tokens' of entry 'grad'", "i32, not f32");
  EXPECT_FAILURE((*session)->input<float>(grad, "labels"), "no input 'labels'", "tokens, targets, accumulate");
  EXPECT_FAILURE((*session)->output<float>(grad, "logits"), "no output 'logits'", "loss");
}

TEST(Session, scalars_convert_and_check) {
  auto made = Session::create(bigramProgram(), 1);
  ASSERT_SUCCESS(made);
  Session &session = **made;
  const tern_entry &grad = *session.program().findEntry("grad"), &update = *session.program().findEntry("update");
  ASSERT_SUCCESS(session.setScalar(grad, "accumulate", int64_t(1)));
  EXPECT_FAILURE(session.setScalar(grad, "accumulate", int64_t(2)), "2 does not fit 'accumulate'", "i1");
  EXPECT_FAILURE(session.setScalar(grad, "accumulate", 0.5), "does not fit");
  EXPECT_FAILURE(session.setScalar(grad, "tokens", int64_t(1)), "(4, 8)", "a scalar was expected");
  ASSERT_SUCCESS(session.setScalar(update, "step", 3.0));
  ASSERT_SUCCESS(session.setScalar(update, "clip", int64_t(2)));
  EXPECT_EQ(session.bytes(*findInput(update, "step"))[0], 3);
  ASSERT_SUCCESS(session.setOptionalScalar(update, "momentum", 0.9));
  EXPECT_FAILURE(session.setScalar(update, "momentum", 0.9), "no input 'momentum'");
}

TEST(Session, ranges_outside_the_arena_are_empty) {
  auto session = Session::create(regressionProgram(), 1);
  ASSERT_SUCCESS(session);
  EXPECT_EQ((*session)->bytes(700, 68).size(), 68u);
  EXPECT_TRUE((*session)->bytes(700, 69).empty());
  EXPECT_TRUE((*session)->bytes(UINT64_MAX, 1).empty());
  const Parameter &weight = (*session)->program().parameters()[0];
  EXPECT_TRUE((*session)->state(weight, 0).empty());
  EXPECT_EQ((*session)->gradient(weight).size(), 8u);
}

int32_t failOnThread2(tern_ctx *, uint32_t thread, uint32_t) { return thread == 2 ? 5 : 0; }
int32_t setStatus(tern_ctx *context, uint32_t thread, uint32_t) {
  if (thread == 0)
    context->status = 9;
  return 0;
}

TEST(Session, a_failing_entry_is_an_error) {
  tern_manifest manifest = regressionProgram();
  tern_entry entries[] = {{"bad", failOnThread2, nullptr, nullptr, 0, 0, 0, 0, nullptr, 0, 0},
                          {"worse", setStatus, nullptr, nullptr, 0, 0, 0, 0, nullptr, 0, 0}};
  manifest.entries = entries;
  manifest.entry_count = 2;
  auto session = Session::create(manifest, 3);
  ASSERT_SUCCESS(session);
  EXPECT_FAILURE((*session)->call("bad"), "entry 'bad'", "status 5");
  EXPECT_FAILURE((*session)->call("worse"), "status 9");
  EXPECT_FAILURE((*session)->call("none"), "no entry 'none'");
}

// Ten steps of training; returns the losses and the bytes of all parameters.
std::pair<std::vector<double>, std::string> trainBigram(unsigned threads) {
  auto made = Session::create(bigramProgram(), threads);
  EXPECT_TRUE(made.ok());
  Session &session = **made;
  const tern_entry &init = *session.program().findEntry("init"), &grad = *session.program().findEntry("grad"),
                   &update = *session.program().findEntry("update");
  EXPECT_TRUE(session.setScalar(init, "seed", int64_t(1)).ok());
  EXPECT_TRUE(session.call(init).ok());
  auto fill = [&](const char *role, int32_t shift) {
    auto ids = session.input<int32_t>(grad, role);
    for (size_t index = 0; index < ids->size(); ++index)
      (*ids)[index] = static_cast<int32_t>((index + shift) * 7 % 61);
  };
  std::vector<double> losses;
  for (int64_t step = 1; step <= 10; ++step) {
    fill("tokens", 0);
    fill("targets", 1);
    EXPECT_TRUE(session.setScalar(grad, "accumulate", int64_t(0)).ok() && session.call(grad).ok());
    losses.push_back(*session.scalar(grad, "loss"));
    const std::pair<const char *, double> scalars[] = {
        {"learning_rate", 0.05}, {"beta1", 0.9},      {"beta2", 0.95}, {"epsilon", 1e-8},
        {"weight_decay", 0.1},   {"vector_decay", 0}, {"clip", 1},     {"scale", 1}};
    for (auto [role, value] : scalars)
      EXPECT_TRUE(session.setScalar(update, role, value).ok());
    EXPECT_TRUE(session.setScalar(update, "step", step).ok() && session.call(update).ok());
  }
  std::string bytes;
  for (const Parameter &parameter : session.program().parameters())
    bytes.append(reinterpret_cast<const char *>(session.value(parameter).data()), parameter.bytes);
  return {losses, bytes};
}

TEST(Session, same_bits_at_any_thread_count) {
  auto [losses, bytes] = trainBigram(1);
  EXPECT_NEAR(losses.front(), std::log(256.0), 0.05);
  EXPECT_LT(losses.back(), 4.5);
  for (unsigned threads : {2u, 3u, 7u, 64u}) {
    auto [otherLosses, otherBytes] = trainBigram(threads);
    EXPECT_EQ(losses, otherLosses) << threads;
    EXPECT_TRUE(bytes == otherBytes) << threads;
  }
}

} // namespace

} // namespace tern::rt::test
