// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A causal model that also reads how long its sequences are.
// RUN: tern-opt %s --verify-roundtrip -o /dev/null

!act = tensor<?x?x8xf32>

module @tells_lengths {
  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]},
                     %lengths: tensor<?xi32> {tern.role = "lengths", tern.dims = ["batch"]}) -> tensor<?x?x256xf32> {
    %table = tern.param "table" [256, 8] normal(0.02) : tensor<256x8xf32>
    %x = tern.embedding %tokens, %table : tensor<?x?xi32>, tensor<256x8xf32>
    %y = tern.attention %x, %x, %x heads 2 causal lengths(%lengths : tensor<?xi32>) : !act, !act, !act
    %logits = tern.linear %y tied %table : !act, tensor<256x8xf32>
    return %logits : tensor<?x?x256xf32>
  }
}
