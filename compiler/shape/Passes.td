// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape room: sizes and parameters become explicit.

#ifndef TERN_COMPILER_SHAPE_PASSES_TD
#define TERN_COMPILER_SHAPE_PASSES_TD

include "mlir/Pass/PassBase.td"

def BindHyper : Pass<"tern-bind-hyper", "::mlir::ModuleOp"> {
  let summary = "Replace hyperparameters by numbers and infer all types again";
  let description = [{
    Every size that names a `tern.hyper` becomes an integer, every rate a float. Types of parameters follow from their
    sizes and all other types from inference. The `tern.hyper` ops go away. Batch and sequence stay dynamic.
  }];
  let options = [ListOption<"defines", "define", "std::string", "NAME=VALUE, overrides the default of a hyperparameter">];
}

def HoistParams : Pass<"tern-hoist-params", "::mlir::ModuleOp"> {
  let summary = "Lift parameters to function arguments with a parameter table";
  let description = [{
    Module-form ops become operand-form ops. Every parameter becomes an argument that carries a `#tern.parameter`; those
    declared inside `tern.layers` become one stacked argument (L, ...) named "SCOPE.{i}.NAME".
  }];
}

def SetPrecision : Pass<"tern-set-precision", "::mlir::ModuleOp"> {
  let summary = "Change the floating-point type of the whole program";
  let options = [Option<"precision", "precision", "std::string", "\"f32\"", "f32 or f64">];
}

def SpecializeShapes : Pass<"tern-specialize-shapes", "::mlir::ModuleOp"> {
  let summary = "Bind named dimensions of entry arguments and infer all types again";
  let description = [{
    An argument says what its dimensions are: `tern.dims = ["batch", "seq"]`. A function attribute `tern.batch` overrides
    the batch of that function. Afterwards every shape is static; a dimension that nothing binds is an error that says how
    to bind it.
  }];
  let options = [Option<"batch", "batch", "int64_t", "0", "examples in a micro-batch">,
                 Option<"seq", "seq", "int64_t", "0", "tokens in a sequence">];
}

#endif // TERN_COMPILER_SHAPE_PASSES_TD
