// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hand-written programs that honour the contract of runtime/abi/tern.h, so that the runtime is tested without the
// compiler. Their entries are plain C++ functions that split work over threads as compiled code does, so that bits do
// not depend on threads.

#ifndef TERN_TEST_RUNTIME_FAKEPROGRAM_H
#define TERN_TEST_RUNTIME_FAKEPROGRAM_H

#include "runtime/abi/tern.h"

namespace tern::rt::test {

// A bigram language model, objective "causal-lm", f32, batch 4, seq 8, vocab 256, tokenizer "bytes":
// logits[b,t,:] = wte.weight[token,:] + h.0.bias + h.1.bias. Parameters: "wte.weight" (256, 256), "h.{i}.bias" (256)
// for 2 layers. Entries init (seed), forward (tokens (1, 8) -> logits (1, 8, 256)), loss, grad (tokens, targets,
// accumulate; outputs loss), update: AdamW with states m, v and every scalar of the contract; outputs grad_norm.
const tern_manifest &bigramProgram();

// Linear regression with squared error, objective "loss", f32, batch 4: prediction = features (4, 2) . weight (1, 2)^T
// + bias (1), labels (4, 1). Optimizer "sgd" without momentum state. Entries init, forward (features -> prediction),
// loss, grad, update.
const tern_manifest &regressionProgram();

// Steps of a language model without parameters, f32, three slots of context 10, chunks of 4, vocabulary 97: after tokens x_0, x_1,
// ... follows the sum of (i + 1) x_i, modulo 97. Entries prefill (tokens (1, 4), position, count, slot) and decode (tokens (3, 1),
// position, count), which give logits (1, 1, 97) and (3, 1, 97).
const tern_manifest &stepsProgram();

} // namespace tern::rt::test

#endif // TERN_TEST_RUNTIME_FAKEPROGRAM_H
