// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Derive room: programs that follow from the forward definition.

#ifndef TERN_COMPILER_DERIVE_PASSES_TD
#define TERN_COMPILER_DERIVE_PASSES_TD

include "mlir/Pass/PassBase.td"

def CountCost : Pass<"tern-count-cost", "::mlir::func::FuncOp"> {
  let summary = "Count the arithmetic and the least traffic of one call of an entry";
  let description = [{
    `tern.flops`: what `Costed` ops say, one per element for elementwise ops, times the repeats around them.
    `tern.bytes`: every argument and every result once; a variable that is updated in place counts twice, read and written; a cache, of
    which a few rows are written, counts once.
    ```mlir
    func.func @forward(%x: tensor<4x8xf32>, %w: tensor<8x16xf32>) -> tensor<4x16xf32>
        attributes {tern.entry = "forward"} {
      %y = tern.linear %x weight %w : tensor<4x8xf32>, tensor<8x16xf32>
      %z = tern.relu %y : tensor<4x16xf32>
      return %z : tensor<4x16xf32>
    }
    ```
    becomes
    ```mlir
    func.func @forward(%x: tensor<4x8xf32>, %w: tensor<8x16xf32>) -> tensor<4x16xf32>
        attributes {tern.bytes = 896 : i64, tern.entry = "forward", tern.flops = 1088 : i64} {
      %y = tern.linear %x weight %w : tensor<4x8xf32>, tensor<8x16xf32>
      %z = tern.relu %y : tensor<4x16xf32>
      return %z : tensor<4x16xf32>
    }
    ```
  }];
}

def DeriveDecode : Pass<"tern-derive-decode", "::mlir::ModuleOp"> {
  let summary = "Make programs that see a sequence in pieces, a chunk of a prompt or one token, of copies of @forward";
  let description = [{
    A function with `tern.tokens = N` becomes one that takes N tokens of each sequence and goes on where the last call ended. The
    sequence is followed from the arguments that have a dimension "seq" to the logits; every op says how its results follow from
    it, and what it needs to go on (interface `Sequential`). Attention gets caches of its keys and values: variables of `context`
    rows for each of `slots` sequences, of elements of the type `cache`, stacked where it stands in `tern.layers`. A scan starts
    with the state that the last call left. New roles
    are "position", the position of the first token of each sequence, "count", how many of the N tokens are there, and in a
    function that works on one of several sequences "slot", which one. With N > 1 only the logits of the last token that is
    there are computed.

    What the sequence takes of other inputs, such as the source of an encoder-decoder, is kept too, under "memory", so that
    it is computed once: by a function with `tern.tokens = 0`, which computes nothing else. The others read it. Where there are
    several slots, @fork beside the entry "decode" copies all that is kept for the sequence "from" to the sequence "slot".

    Refused: an op that looks at the whole sequence, an op that does not say how it looks at it, a cache in nested
    `tern.layers`, logits that are not one row per token, a context beyond a table of positions, a `cache` that is no
    floating-point type of 32 bits or less, a value of the source that does not begin with the batch, a source that is not read.
    ```mlir
    func.func @decode(%x: tensor<2x4x8xf32> {tern.dims = ["batch", "seq", "channels"], tern.role = "tokens"}, %k: tensor<8x8xf32>)
        -> (tensor<2x4x8xf32> {tern.role = "logits"}) attributes {tern.tokens = 1 : i64} {
      %y = tern.linear %x weight %k : tensor<2x4x8xf32>, tensor<8x8xf32>
      %z = tern.attention %x, %y, %x heads 2 causal : tensor<2x4x8xf32>, tensor<2x4x8xf32>, tensor<2x4x8xf32>
      return %z : tensor<2x4x8xf32>
    }
    ```
    With `--tern-derive-decode="context=16 slots=2"` it becomes
    ```mlir
    module attributes {tern.context = 16 : i64} {
      func.func @decode(%x: tensor<2x1x8xf32> {tern.dims = ["batch", "seq", "channels"], tern.role = "tokens"}, %k: tensor<8x8xf32>,
                        %keys: tensor<2x16x8xf32> {tern.variable = "cache:key"}, %p: tensor<2xi32> {tern.role = "position"},
                        %n: tensor<2xi32> {tern.role = "count"}, %values: tensor<2x16x8xf32> {tern.variable = "cache:value"})
          -> (tensor<2x1x8xf32> {tern.role = "logits"}, tensor<2x16x8xf32> {tern.updates = "cache:key"},
              tensor<2x16x8xf32> {tern.updates = "cache:value"}) {
        %y = tern.linear %x weight %k : tensor<2x1x8xf32>, tensor<8x8xf32>
        %k1 = tern.cache_write %keys, %y position %p count %n : tensor<2x16x8xf32>, tensor<2x1x8xf32>, tensor<2xi32>
        %v1 = tern.cache_write %values, %x position %p count %n : tensor<2x16x8xf32>, tensor<2x1x8xf32>, tensor<2xi32>
        %z = tern.attention %x, %k1, %v1 heads 2 causal position(%p : tensor<2xi32>) : tensor<2x1x8xf32>, tensor<2x16x8xf32>,
            tensor<2x16x8xf32>
        return %z, %k1, %v1 : tensor<2x1x8xf32>, tensor<2x16x8xf32>, tensor<2x16x8xf32>
      }
    }
    ```
  }];
  let options = [Option<"context", "context", "int64_t", "0", "positions of a sequence">,
                 Option<"slots", "slots", "int64_t", "1", "sequences that the caches hold">,
                 Option<"cache", "cache", "std::string", "\"\"", "type of what caches hold, where it is computed in f32; empty: as "
                        "it is computed">];
  let dependentDialects = ["::tern::TernDialect", "::mlir::arith::ArithDialect"];
}

def DeriveInit : Pass<"tern-derive-init", "::mlir::ModuleOp"> {
  let summary = "Make @init, which writes every parameter as its initializer says";
  let description = [{
    The arguments of @init are the seed and the parameters; it returns their first values. A random initializer draws with a
    key of the seed and the parameter's name, so that a parameter starts alike wherever it stands in the model and however
    it is stored. The parts of a packed parameter are drawn one by one.
    ```mlir
    #w = #tern.parameter<name = "fc.weight", layers = 0, first_layer = 0, init = <"normal", [2.0e-02]>, trainable = true>
    func.func @forward(%x: tensor<2x4xf32>, %w: tensor<4x8xf32> {tern.parameter = #w}) -> tensor<2x8xf32> {
      %y = tern.linear %x weight %w : tensor<2x4xf32>, tensor<4x8xf32>
      return %y : tensor<2x8xf32>
    }
    ```
    With `--tern-derive-init --canonicalize` it becomes
    ```mlir
    func.func @init(%seed: tensor<i64> {tern.role = "seed"}, %w: tensor<4x8xf32> {...})
        -> (tensor<4x8xf32> {tern.updates = "parameter:fc.weight"}) attributes {tern.entry = "init"} {
      %zero = arith.constant dense<0> : tensor<i64>
      %key = tern.random_key %seed, %zero, %zero site "fc.weight"
      %new = tern.normal [4, 8] std 2.000000e-02 key %key : f32
      return %new : tensor<4x8xf32>
    }
    ...
    ```
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

def DeriveObjective : Pass<"tern-derive-objective", "::mlir::ModuleOp"> {
  let summary = "Make @loss and @grad from @forward and the objective";
  let description = [{
    What each objective adds to the arguments of @forward, and what it minimises:

    * `causal-lm`: "targets", shaped like the tokens; cross-entropy of one row of logits per token.
    * `masked-lm`: the same; a second result (batch, 2) is compared with "next_sentence" (batch), and both losses are added.
    * `seq2seq`: as causal-lm, of a model that also reads a "source".
    * `classify`: "labels", shaped like the logits without the classes; cross-entropy.
    * `regress`: "labels", shaped like the prediction; mean squared error.
    * `embed`: the data once more as "positive_tokens", ..., and "labels" (batch); cross-entropy of the scaled cosines between
      all pairs of the batch, where a label says which pair is the right one, its own place (Henderson et al. 2017). A pair with
      the label -100 is not there.
    * `none`: the model's own @loss, if it has one.

    @grad starts as a copy of @loss that `differentiate` completes. Entry points get `tern.entry`, results their roles. With
    `prefill`, the tokens of a chunk, @prefill and @decode of `causal-lm` and `seq2seq` start as copies of @forward, for one
    sequence and for `slots` sequences, that `derive-decode` completes; so does @encode where there is a source.

    Refused: an unknown objective, a model without @forward, with an objective and a @loss of its own, without the argument
    that the objective reads, or whose result has another shape than it needs.
    ```mlir
    func.func @forward(%tokens: tensor<?x?xi32> {tern.dims = ["batch", "seq"], tern.role = "tokens"},
                       %w: tensor<10x10xf32>) -> tensor<?x?x10xf32> {
      %logits = tern.embedding %tokens, %w : tensor<?x?xi32>, tensor<10x10xf32>
      return %logits : tensor<?x?x10xf32>
    }
    ```
    With `--tern-derive-objective=objective=causal-lm` it becomes
    ```mlir
    module attributes {tern.objective = "causal-lm", tern.vocabulary = 10 : i64} {
      func.func @forward(...) -> (tensor<?x?x10xf32> {tern.role = "logits"})
          attributes {tern.batch = 1 : i64, tern.entry = "forward"} {
        ...
      }
      func.func @loss(%tokens: tensor<?x?xi32> {tern.dims = ["batch", "seq"], tern.role = "tokens"}, %w: tensor<10x10xf32>,
                      %targets: tensor<?x?xi32> {tern.dims = ["batch", "seq"], tern.role = "targets"})
          -> (tensor<f32> {tern.role = "loss"}) attributes {tern.entry = "loss"} {
        %logits = tern.embedding %tokens, %w : tensor<?x?xi32>, tensor<10x10xf32>
        %loss = tern.cross_entropy %logits, %targets : tensor<?x?x10xf32>, tensor<?x?xi32>
        return %loss : tensor<f32>
      }
      func.func @grad(...) -> (tensor<f32> {tern.role = "loss"}) attributes {tern.differentiate, tern.entry = "grad"} {
        ...
      }
    }
    ```
  }];
  let options = [Option<"objective", "objective", "std::string", "\"none\"",
                        "what training minimises, a word of the table in Objectives.cpp, or none">,
                 Option<"prefill", "prefill", "int64_t", "0", "tokens of a chunk of a prompt; 0: nothing for generation">,
                 Option<"slots", "slots", "int64_t", "1", "sequences that generation works on at a time">];
  let dependentDialects = ["::tern::TernDialect"];
}

def DeriveStep : Pass<"tern-derive-step", "::mlir::ModuleOp"> {
  let summary = "Gradient accumulation in @grad, and @update: clip and optimizer";
  let description = [{
    @grad gets an argument "accumulate" and one stored gradient per trainable parameter: 0 overwrites it, 1 adds to it.
    @update reads the stored gradients, scales them (one over the number of micro-batches), clips them by their global norm
    and applies the optimizer to parameters and optimizer state. Every scalar is an argument, so nothing is compiled again
    when a rate changes. Matrices decay with "weight_decay", vectors with "vector_decay", what `no-decay` names not at all; of a
    packed parameter it names the parts. With `ema` the last state of a parameter is its moving average. `muon` takes the
    matrices of `tern.layers`, AdamW the rest. Module attributes say what the runtime needs: `tern.optimizer`, `tern.states`.

    Refused: an unknown optimizer, a pattern that names no trained parameter, patterns that name only some parts of a packed one.
    ```mlir
    #w = #tern.parameter<name = "w", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>
    func.func @grad(%w: tensor<4x8xf32> {tern.parameter = #w}, %loss: tensor<f32>, %dw: tensor<4x8xf32>)
        -> (tensor<f32> {tern.role = "loss"}, tensor<4x8xf32> {tern.gradient = 0}) {
      return %loss, %dw : tensor<f32>, tensor<4x8xf32>
    }
    ```
    With `--tern-derive-step=optimizer=sgd` it becomes
    ```mlir
    module attributes {tern.optimizer = "sgd", tern.states = ["momentum"]} {
      func.func @grad(..., %loss: tensor<f32>, %dw: tensor<4x8xf32>, %flag: tensor<i1> {tern.role = "accumulate"},
                      %old: tensor<4x8xf32> {tern.variable = "gradient:w"})
          -> (tensor<f32> {tern.role = "loss"}, tensor<4x8xf32> {tern.updates = "gradient:w"}) {
        %new = tern.accumulate %old, %dw if %flag : tensor<4x8xf32>
        return %loss, %new : tensor<f32>, tensor<4x8xf32>
      }
      func.func @update(%lr: tensor<f32> {tern.role = "learning_rate"}, %momentum: tensor<f32> {tern.role = "momentum"},
                        %decay: tensor<f32> {tern.role = "weight_decay"}, ...) -> (...) attributes {tern.entry = "update"} {
        %norm = tern.global_norm %g scale %scale : tensor<4x8xf32> scale tensor<f32>
        %factor = tern.clip_factor %norm, %limit : tensor<f32>
        %total = tern.mul %scale, %factor : tensor<f32>, tensor<f32>
        %p1, %b1 = tern.sgd %p, %g, %b learning_rate %lr momentum %momentum decay %decay scale %total : tensor<4x8xf32>, tensor<f32>
        return %norm, %p1, %b1 : tensor<f32>, tensor<4x8xf32>, tensor<4x8xf32>
      }
    }
    ```
  }];
  let options = [
    Option<"optimizer", "optimizer", "std::string", "\"adamw\"", "a word of the table in Optimizers.cpp, or none">,
    ListOption<"noDecay", "no-decay", "std::string", "patterns of names of parameters that do not decay: *.bias,wte.*">,
    Option<"ema", "ema", "bool", "false", "also keep an exponential moving average of the weights">];
  let dependentDialects = ["::tern::TernDialect", "::mlir::arith::ArithDialect"];
}

def ExposeTaps : Pass<"tern-expose-taps", "::mlir::ModuleOp"> {
  let summary = "Return marked activations from @forward";
  let description = [{
    A value whose op carries `tern.tap = "NAME"` becomes a result of @forward with that role; inside `tern.layers` it is
    stacked, one slice per layer, behind the batch: (B, L, ...). Run it after the objective has taken its copy of @forward.

    Refused: a tap that is not a string, that two ops share, or on an op that has not exactly one tensor as its result.
    ```mlir
    func.func @forward(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = tern.layers 3 (%h = %x) : tensor<4xf32> {
        %b = tern.exp %h {tern.tap = "hidden"} : tensor<4xf32>
        %c = tern.neg %b : tensor<4xf32>
        tern.yield %c : tensor<4xf32>
      }
      return %y : tensor<4xf32>
    }
    ```
    becomes
    ```mlir
    func.func @forward(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4x3xf32> {tern.role = "hidden"}) {
      %r:2 = tern.layers 3 (%h = %x) : tensor<4xf32> {
        %b = tern.exp %h {tern.tap = "hidden"} : tensor<4xf32>
        %c = tern.neg %b : tensor<4xf32>
        tern.yield %c, %b : tensor<4xf32>, tensor<4xf32>
      }
      %hidden = tern.transpose %r#1 [1, 0] : tensor<3x4xf32>
      return %r#0, %hidden : tensor<4xf32>, tensor<4x3xf32>
    }
    ```
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

def SeedRandom : Pass<"tern-seed-random", "::mlir::ModuleOp"> {
  let summary = "Give random ops their keys in training entries, remove their noise elsewhere";
  let description = [{
    In a function that will be differentiated every random op gets a key made of the arguments "seed", "step" and
    "microbatch", the layer number and its site. In all other functions an op with a noise-free meaning becomes that.
    ```mlir
    func.func @loss(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = tern.dropout %x rate 0.1 : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    func.func @grad(%x: tensor<4xf32>) -> tensor<4xf32> attributes {tern.differentiate} {
      %y = tern.dropout %x rate 0.1 : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
    becomes
    ```mlir
    func.func @loss(%x: tensor<4xf32>) -> tensor<4xf32> {
      return %x : tensor<4xf32>
    }
    func.func @grad(%x: tensor<4xf32>, %seed: tensor<i64> {tern.role = "seed"}, %step: tensor<i64> {tern.role = "step"},
                    %micro: tensor<i64> {tern.role = "microbatch"}) -> tensor<4xf32> attributes {tern.differentiate} {
      %key = tern.random_key %seed, %step, %micro site "tern.dropout.0"
      %y = tern.dropout %x rate 0.1 key %key : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

def TrackAverages : Pass<"tern-track-averages", "::mlir::ModuleOp"> {
  let summary = "Running averages: moved in training entries, used in all others";
  let description = [{
    In a function that will be differentiated every op that keeps running averages (`Averaging`) takes its form for training, and
    the function returns the new averages as updates of the parameters that held them; those of layers are stacked. Refused:
    running averages that are no parameters, two ops that move the same one, and iterations that share one: those of `tern.scan`,
    of nested loops, and of `tern.layers` where it is not a slice.
    ```mlir
    #w = #tern.parameter<name = "bn.weight", layers = 0, first_layer = 0, init = <"ones", []>, trainable = true>
    #m = #tern.parameter<name = "bn.running_mean", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = false>
    #v = #tern.parameter<name = "bn.running_var", layers = 0, first_layer = 0, init = <"ones", []>, trainable = false>
    func.func @grad(%x: tensor<4x2xf32>, %w: tensor<2xf32> {tern.parameter = #w}, %m: tensor<2xf32> {tern.parameter = #m},
                    %v: tensor<2xf32> {tern.parameter = #v}) -> tensor<f32> attributes {tern.differentiate} {
      %y = tern.batch_norm %x weight %w bias %w running %m, %v :
          tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
      %loss = tern.sum %y : tensor<4x2xf32>
      return %loss : tensor<f32>
    }
    ```
    becomes
    ```mlir
    #w = #tern.parameter<name = "bn.weight", layers = 0, first_layer = 0, init = <"ones", []>, trainable = true>
    #m = #tern.parameter<name = "bn.running_mean", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = false>
    #v = #tern.parameter<name = "bn.running_var", layers = 0, first_layer = 0, init = <"ones", []>, trainable = false>
    func.func @grad(%x: tensor<4x2xf32>, %w: tensor<2xf32> {tern.parameter = #w}, %m: tensor<2xf32> {tern.parameter = #m},
                    %v: tensor<2xf32> {tern.parameter = #v})
        -> (tensor<f32>, tensor<2xf32> {tern.updates = "parameter:bn.running_mean"},
            tensor<2xf32> {tern.updates = "parameter:bn.running_var"}) attributes {tern.differentiate} {
      %y, %m1, %v1 = tern.batch_norm %x weight %w bias %w running %m, %v training :
          tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
      %loss = tern.sum %y : tensor<4x2xf32>
      return %loss, %m1, %v1 : tensor<f32>, tensor<2xf32>, tensor<2xf32>
    }
    ```
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

def NarrowProducts : Pass<"tern-narrow-products", "::mlir::func::FuncOp"> {
  let summary = "Mixed precision: factors of products in bf16, everything else in f32";
  let description = [{
    Operands of products (`Narrowable`) are rounded to bf16; sums, parameters, gradients and optimizer state stay f32. Runs
    after gradients are derived, so that cotangents are rounded as activations are. What layers keep for the backward pass
    is kept in bf16 too, except for statistics of rows.
    ```mlir
    func.func @forward(%x: tensor<2x4xf32>, %w: tensor<4x8xf32>) -> tensor<2x8xf32> {
      %y = tern.linear %x weight %w : tensor<2x4xf32>, tensor<4x8xf32>
      return %y : tensor<2x8xf32>
    }
    ```
    With `--tern-narrow-products` it becomes
    ```mlir
    func.func @forward(%x: tensor<2x4xf32>, %w: tensor<4x8xf32>) -> tensor<2x8xf32> {
      %xh = arith.truncf %x : tensor<2x4xf32> to tensor<2x4xbf16>
      %wh = arith.truncf %w : tensor<4x8xf32> to tensor<4x8xbf16>
      %y = tern.linear %xh weight %wh : tensor<2x4xbf16>, tensor<4x8xbf16>
      return %y : tensor<2x8xf32>
    }
    ```
  }];
  let dependentDialects = ["::tern::TernDialect", "::mlir::arith::ArithDialect"];
}

#endif // TERN_COMPILER_DERIVE_PASSES_TD
