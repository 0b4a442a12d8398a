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
    `tern.bytes`: every argument and every result once; a variable that is updated in place counts twice, read and written.
  }];
}

def DeriveInit : Pass<"tern-derive-init", "::mlir::ModuleOp"> {
  let summary = "Make @init, which writes every parameter as its initializer says";
  let dependentDialects = ["::tern::TernDialect"];
}

def DeriveObjective : Pass<"tern-derive-objective", "::mlir::ModuleOp"> {
  let summary = "Make @loss and @grad from @forward and the objective";
  let description = [{
    `causal-lm`: cross-entropy of the logits against the next tokens, a second argument "targets" shaped like the tokens.
    `none`: the model's own @loss, if it has one. @grad starts as a copy of @loss that `differentiate` completes.
    Entry points get `tern.entry`, results their roles.
  }];
  let options = [Option<"objective", "objective", "std::string", "\"none\"", "causal-lm or none">];
  let dependentDialects = ["::tern::TernDialect"];
}

def DeriveStep : Pass<"tern-derive-step", "::mlir::ModuleOp"> {
  let summary = "Gradient accumulation in @grad, and @update: clip and optimizer";
  let description = [{
    @grad gets an argument "accumulate" and one stored gradient per trainable parameter: 0 overwrites it, 1 adds to it.
    @update reads the stored gradients, scales them (one over the number of micro-batches), clips them by their global norm
    and applies the optimizer to parameters and optimizer state. Every scalar is an argument, so nothing is compiled again
    when a rate changes. Module attributes say what the runtime needs: `tern.optimizer`, `tern.states`.
  }];
  let options = [Option<"optimizer", "optimizer", "std::string", "\"adamw\"", "adamw, sgd or none">];
  let dependentDialects = ["::tern::TernDialect"];
}

def ExposeTaps : Pass<"tern-expose-taps", "::mlir::ModuleOp"> {
  let summary = "Return marked activations from @forward";
  let description = [{
    A value whose op carries `tern.tap = "NAME"` becomes a result of @forward with that role; inside `tern.layers` it is
    stacked, one slice per layer, behind the batch: (B, L, ...). Run it after the objective has taken its copy of @forward.
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

def SeedRandom : Pass<"tern-seed-random", "::mlir::ModuleOp"> {
  let summary = "Give random ops their keys in training entries, remove their noise elsewhere";
  let description = [{
    In a function that will be differentiated every random op gets a key made of the arguments "seed", "step" and
    "microbatch", the layer number and its site. In all other functions an op with a noise-free meaning becomes that.
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

#endif // TERN_COMPILER_DERIVE_PASSES_TD
