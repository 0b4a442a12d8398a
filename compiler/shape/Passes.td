// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape room: sizes, parameters and steps become explicit.

#ifndef TERN_COMPILER_SHAPE_PASSES_TD
#define TERN_COMPILER_SHAPE_PASSES_TD

include "mlir/Pass/PassBase.td"

def BindHyper : Pass<"tern-bind-hyper", "::mlir::ModuleOp"> {
  let summary = "Replace hyperparameters by numbers and infer all types again";
  let description = [{
    Every size that names a `tern.hyper` becomes an integer, every rate a float. Types of parameters follow from their
    sizes and all other types from inference. A dimension of an argument that bears the name of a hyperparameter in
    `tern.dims` has its size. The `tern.hyper` ops go away. Batch and sequence stay dynamic.

    Refused: a name that the model does not declare, in the model or in `define`; a value of the wrong kind; a division
    that leaves a remainder; a carried value of `tern.layers` whose type would change.
    ```mlir
    tern.hyper @vocab = 10
    tern.hyper @d_model = 8
    func.func @forward(%tokens: tensor<?x?xi32>) -> tensor<?x?x?xf32> {
      %wte = tern.param "wte.weight" [@vocab, @d_model] normal(0.02) : tensor<?x?xf32>
      %x = tern.embedding %tokens, %wte : tensor<?x?xi32>, tensor<?x?xf32>
      %y = tern.linear %x "fc" out 4 * @d_model bias : tensor<?x?x?xf32>
      return %y : tensor<?x?x?xf32>
    }
    ```
    With `--tern-bind-hyper=define=d_model=16` it becomes
    ```mlir
    func.func @forward(%tokens: tensor<?x?xi32>) -> tensor<?x?x64xf32> {
      %wte = tern.param "wte.weight" [10, 16] normal(0.02) : tensor<10x16xf32>
      %x = tern.embedding %tokens, %wte : tensor<?x?xi32>, tensor<10x16xf32>
      %y = tern.linear %x "fc" out 64 bias : tensor<?x?x16xf32>
      return %y : tensor<?x?x64xf32>
    }
    ```
  }];
  let options = [ListOption<"defines", "define", "std::string", "NAME=VALUE, overrides the default of a hyperparameter">];
}

def Decompose : Pass<"tern-decompose", "::mlir::ModuleOp"> {
  let summary = "Write out ops that are short for others";
  let description = [{
    An op that is a name for a composition, such as the cell of a recurrent network, becomes what it is made of: everything
    after sees products and elementwise ops, with their gradients.

    Refused: an op that still names its parameters, a state whose size is still dynamic.
    ```mlir
    func.func @step(%x: tensor<2x4xf32>, %h: tensor<2x8xf32>, %wi: tensor<8x4xf32>, %wh: tensor<8x8xf32>) -> tensor<2x8xf32> {
      %y = tern.rnn_cell %x, %h weights %wi, %wh : tensor<2x4xf32>, tensor<2x8xf32>, tensor<8x4xf32>, tensor<8x8xf32>
      return %y : tensor<2x8xf32>
    }
    ```
    becomes
    ```mlir
    func.func @step(%x: tensor<2x4xf32>, %h: tensor<2x8xf32>, %wi: tensor<8x4xf32>, %wh: tensor<8x8xf32>) -> tensor<2x8xf32> {
      %a = tern.linear %x tied %wi : tensor<2x4xf32>, tensor<8x4xf32>
      %b = tern.linear %h tied %wh : tensor<2x8xf32>, tensor<8x8xf32>
      %s = tern.add %a, %b : tensor<2x8xf32>, tensor<2x8xf32>
      %y = tern.tanh %s : tensor<2x8xf32>
      return %y : tensor<2x8xf32>
    }
    ```
  }];
}

def HoistParams : Pass<"tern-hoist-params", "::mlir::ModuleOp"> {
  let summary = "Lift parameters to function arguments with a parameter table";
  let description = [{
    Module-form ops become operand-form ops. Every parameter becomes an argument that carries a `#tern.parameter`; those
    declared inside `tern.layers` become one stacked argument (L, ...) named "SCOPE.{i}.NAME"; all steps of a `tern.scan` share
    theirs. Nothing after this pass knows the module form.

    Refused: a name declared twice, a parameter inside `tern.layers` that has no scope or lies in another one, and a size
    that follows from a dynamic dimension.
    ```mlir
    func.func @forward(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
      %y = tern.layers 3 "h" (%h = %x) : tensor<2x8xf32> {
        %n = tern.rms_norm %h "ln" : tensor<2x8xf32>
        tern.yield %n : tensor<2x8xf32>
      }
      return %y : tensor<2x8xf32>
    }
    ```
    becomes
    ```mlir
    #ln = #tern.parameter<name = "h.{i}.ln.weight", layers = 3, first_layer = 0, init = <"ones", []>, trainable = true>
    func.func @forward(%x: tensor<2x8xf32>, %ln: tensor<3x8xf32> {tern.parameter = #ln}) -> tensor<2x8xf32> {
      %y = tern.layers 3 "h" (%h = %x) stacked (%w = %ln) : tensor<2x8xf32>, tensor<3x8xf32> {
        %n = tern.rms_norm %h weight %w : tensor<2x8xf32>, tensor<8xf32>
        tern.yield %n : tensor<2x8xf32>
      }
      return %y : tensor<2x8xf32>
    }
    ```
  }];
}

def RepeatScan : Pass<"tern-repeat-scan", "::mlir::ModuleOp"> {
  let summary = "Write scans over time as repeats whose slices are steps";
  let description = [{
    Time becomes the first dimension of every sequence, so that a step is one piece of memory, and the scan a `tern.layers`
    that repeats once per step. Where rows have lengths, `tern.valid_rows` keeps the state of those that are over and makes
    their outputs zero. Gradients, fusion and lowering of repeats are then those of scans.

    Refused: a scan whose number of steps is still dynamic.
    ```mlir
    func.func @sums(%h0: tensor<2x4xf32>, %xs: tensor<2x5x4xf32>) -> tensor<2x5x4xf32> {
      %last, %all = tern.scan (%h = %h0) over (%x = %xs) : tensor<2x4xf32>, tensor<2x5x4xf32> {
        %y = tern.add %h, %x : tensor<2x4xf32>, tensor<2x4xf32>
        tern.yield %y, %y : tensor<2x4xf32>, tensor<2x4xf32>
      }
      return %all : tensor<2x5x4xf32>
    }
    ```
    becomes
    ```mlir
    func.func @sums(%h0: tensor<2x4xf32>, %xs: tensor<2x5x4xf32>) -> tensor<2x5x4xf32> {
      %xt = tern.transpose %xs [1, 0, 2] : tensor<2x5x4xf32>
      %last, %steps = tern.layers 5 (%h = %h0) stacked (%x = %xt) : tensor<2x4xf32>, tensor<5x2x4xf32> {
        %y = tern.add %h, %x : tensor<2x4xf32>, tensor<2x4xf32>
        tern.yield %y, %y : tensor<2x4xf32>, tensor<2x4xf32>
      }
      %all = tern.transpose %steps [1, 0, 2] : tensor<5x2x4xf32>
      return %all : tensor<2x5x4xf32>
    }
    ```
  }];
}

def SetPrecision : Pass<"tern-set-precision", "::mlir::ModuleOp"> {
  let summary = "Change the floating-point type of the whole program";
  let description = [{
    Models are written in f32. Every f32 of the program becomes the type asked for: arguments, results, constants, the types
    inside of attributes. Gradients are checked in f64.

    Refused: any other precision.
    ```mlir
    func.func @forward(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = tern.gelu %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
    With `--tern-set-precision=precision=f64` it becomes
    ```mlir
    func.func @forward(%x: tensor<4xf64>) -> tensor<4xf64> {
      %y = tern.gelu %x : tensor<4xf64>
      return %y : tensor<4xf64>
    }
    ```
  }];
  let options = [Option<"precision", "precision", "std::string", "\"f32\"", "f32 or f64">];
}

def SpecializeShapes : Pass<"tern-specialize-shapes", "::mlir::ModuleOp"> {
  let summary = "Bind named dimensions of entry arguments and infer all types again";
  let description = [{
    An argument says what its dimensions are: `tern.dims = ["batch", "seq"]`. Function attributes `tern.batch` and `tern.seq`
    override the batch and the sequence of that function; other dimensions bear the name of a `tern.hyper`, and `bind-hyper` has
    bound them. Afterwards every shape is static; a dimension that nothing binds is an error that says how to bind it.
    ```mlir
    func.func @forward(%tokens: tensor<?x?xi32> {tern.dims = ["batch", "seq"]}, %wte: tensor<10x8xf32>)
        -> tensor<?x?x8xf32> {
      %x = tern.embedding %tokens, %wte : tensor<?x?xi32>, tensor<10x8xf32>
      return %x : tensor<?x?x8xf32>
    }
    ```
    With `--tern-specialize-shapes="batch=2 seq=16"` it becomes
    ```mlir
    func.func @forward(%tokens: tensor<2x16xi32> {tern.dims = ["batch", "seq"]}, %wte: tensor<10x8xf32>)
        -> tensor<2x16x8xf32> {
      %x = tern.embedding %tokens, %wte : tensor<2x16xi32>, tensor<10x8xf32>
      return %x : tensor<2x16x8xf32>
    }
    ```
  }];
  let options = [Option<"batch", "batch", "int64_t", "0", "examples in a micro-batch">,
                 Option<"seq", "seq", "int64_t", "0", "tokens in a sequence">];
}

#endif // TERN_COMPILER_SHAPE_PASSES_TD
