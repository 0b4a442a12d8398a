// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A text as one vector: the mean of its tokens, projected. For --objective=embed.
// RUN: tern-opt %s --verify-roundtrip -o /dev/null

module @embed attributes {tern.tokenizer = "bytes"} {
  tern.hyper @vocab = 260
  tern.hyper @d_model = 24

  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]},
                     %lengths: tensor<?xi32> {tern.role = "lengths", tern.dims = ["batch"]}) -> tensor<?x?xf32> {
    %table = tern.param "table" [@vocab, @d_model] normal(0.5) : tensor<?x?xf32>
    %x = tern.embedding %tokens, %table : tensor<?x?xi32>, tensor<?x?xf32>
    %mean = tern.masked_mean %x, %lengths : tensor<?x?x?xf32>, tensor<?xi32>
    %y = tern.linear %mean "head" out @d_model bias normal(0.3) : tensor<?x?xf32>
    return %y : tensor<?x?xf32>
  }
}
