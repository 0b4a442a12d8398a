// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The check dialect: what a test program expects. `tern-run` performs it.

#ifndef TERN_CHECK_TD
#define TERN_CHECK_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Check_Dialect : Dialect {
  let name = "check";
  let cppNamespace = "::tern::check";
  let summary = "Expectations of numerical test programs";
  let description = [{
    A test is a program: `@test_*` functions without arguments compute something and say what it must be; module-level
    checks name a function whose gradient must be right.
  }];
}

// Operands: a ranked tensor before bufferization, a strided memref after it.
def Check_Values : AnyTypeOf<[RankedTensorOf<[F32, F64, I1, I32, I64]>, StridedMemRefOf<[F32, F64, I1, I32, I64]>],
                             "a tensor or memref of f32, f64, i1, i32 or i64">;

// Two tensors side by side. The second type is written where it differs from the first: strides of buffers may.
class Check_ComparisonOp<string mnemonic> : Op<Check_Dialect, mnemonic, [MemoryEffects<[MemRead, MemWrite]>]> {
  let hasVerifier = 1;
}

def Check_EqualOp : Check_ComparisonOp<"equal"> {
  let summary = "two tensors are the same, bit for bit";
  let description = [{
    For results that must be exact: integers, copies, permutations, masks, and whatever two programs must compute alike.
    Floating-point elements have the same bits, so 0.0 and -0.0 differ; only NaNs agree whatever their bits, because no
    operation promises them. The first element that differs is reported with its position and both values. Where 0.0 and
    -0.0 should agree, say `check.almost_equal` with `rtol 0.0 atol 0.0`.

    * Refused: different shapes or element types.
    ```mlir
    check.equal %actual, %expected : tensor<4xi32>
    ```
  }];
  let arguments = (ins Check_Values:$actual, Check_Values:$expected);
  let assemblyFormat = [{$actual `,` $expected attr-dict `:` custom<OneOrTwoTypes>(type($actual), type($expected))}];
}

def Check_AlmostEqualOp : Check_ComparisonOp<"almost_equal"> {
  let summary = "two tensors agree element by element";
  let description = [{
    `|actual - expected| <= atol + rtol |expected|` for every element; integers are equal; a NaN agrees with a NaN only.
    The worst element is reported with its position and both values.

    * Refused: different shapes or element types, a negative tolerance.
    ```mlir
    check.almost_equal %actual, %expected rtol 1.0e-5 atol 1.0e-8 : tensor<4xf32>
    ```
  }];
  let arguments = (ins Check_Values:$actual, Check_Values:$expected, DefaultValuedAttr<F64Attr, "1e-5">:$rtol,
                       DefaultValuedAttr<F64Attr, "1e-8">:$atol);
  let assemblyFormat = [{$actual `,` $expected (`rtol` $rtol^)? (`atol` $atol^)? attr-dict `:`
                        custom<OneOrTwoTypes>(type($actual), type($expected))}];
}

def Check_GradientOp : Op<Check_Dialect, "gradient", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the derived gradient of a function agrees with central differences in f64";
  let description = [{
    The function returns one number. Its floating-point arguments are drawn uniformly from [low, high) with `seed`; for
    `directions` random directions v of length one, and for sampled elements, of every argument, `g = grad . v` is compared
    with a central difference g' of fourth order (the best of the steps 100 step, 10 step and step):
    `|g - g'| <= tolerance max(|g'|, 1e-6 |all gradients|)`. Integer arguments are drawn from [0, classes).

    * Refused: a name that is no function, one that does not return one floating-point number, dynamic shapes, a range that
      runs downwards, fewer directions or classes than one, a step or a tolerance that is not above zero.
    ```mlir
    func.func private @error(tensor<4x3xf64>, tensor<4xi32>) -> tensor<f64>
    func.func @test_error() {
      check.gradient @error seed 1 directions 4 step 1.0e-5 tolerance 1.0e-6 low -1.0 high 1.0 classes 3
      return
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$function, DefaultValuedAttr<I64Attr, "0">:$seed,
                       DefaultValuedAttr<I64Attr, "4">:$directions, DefaultValuedAttr<F64Attr, "1e-5">:$step,
                       DefaultValuedAttr<F64Attr, "1e-6">:$tolerance, DefaultValuedAttr<F64Attr, "-1.0">:$low,
                       DefaultValuedAttr<F64Attr, "1.0">:$high, DefaultValuedAttr<I64Attr, "2">:$classes);
  let assemblyFormat = [{$function (`seed` $seed^)? (`directions` $directions^)? (`step` $step^)?
    (`tolerance` $tolerance^)? (`low` $low^)? (`high` $high^)? (`classes` $classes^)? attr-dict}];
  let hasVerifier = 1;
}

def Check_DeterministicOp : Op<Check_Dialect, "deterministic", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a function returns the same bits on every run, at any number of threads";
  let description = [{
    The function's floating-point arguments are drawn uniformly from [low, high) with `seed`, its integer arguments from
    [0, classes). It runs `runs` times with each number of threads; all results must have the bits of the first run, those
    of NaNs too. Before each run the rest of its memory is filled with something else, so that what it reads and nobody
    wrote is noticed. The first element that differs is reported with both values, both numbers of threads and runs.

    * Refused: a name that is no function, one that returns nothing, dynamic shapes, a range that runs downwards, fewer
      classes than one, threads that are none or too many, fewer than two runs in all.
    ```mlir
    func.func private @mean(tensor<64x48xf32>) -> tensor<f32>
    func.func @test_mean() {
      check.deterministic @mean threads [1, 2, 5] runs 3 seed 1 low -1.0 high 1.0 classes 2
      return
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$function, DefaultValuedAttr<DenseI64ArrayAttr, "{1, 2, 3}">:$threads,
                       DefaultValuedAttr<I64Attr, "2">:$runs, DefaultValuedAttr<I64Attr, "0">:$seed,
                       DefaultValuedAttr<F64Attr, "-1.0">:$low, DefaultValuedAttr<F64Attr, "1.0">:$high,
                       DefaultValuedAttr<I64Attr, "2">:$classes);
  let assemblyFormat = [{$function (`threads` $threads^)? (`runs` $runs^)? (`seed` $seed^)? (`low` $low^)?
    (`high` $high^)? (`classes` $classes^)? attr-dict}];
  let hasVerifier = 1;
}

#endif // TERN_CHECK_TD
