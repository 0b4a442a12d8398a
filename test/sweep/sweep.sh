#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# sweep.sh ISA [OPTION of tern-sweep...]: compiles a program per function for the instructions of one --mcpu, and compares
# its results with libm's. FUNCTIONS names some of them only.
set -e
isa=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
programs=
for function in ${FUNCTIONS:-exp expm1 log log1p tanh erf sin cos sigmoid silu gelu gelu_tanh}; do
  case $function in
  expm1 | log1p | sin | cos) op="math.$function %x" ;;
  gelu_tanh) op="tern.gelu %x tanh" ;;
  *) op="tern.$function %x" ;;
  esac
  cat >"$folder/$function.mlir" <<MODEL
module @$function {
  func.func @forward(%x: tensor<65536xf32> {tern.role = "x"}) -> (tensor<65536xf32> {tern.role = "y"}) {
    %y = $op : tensor<65536xf32>
    return %y : tensor<65536xf32>
  }
}
MODEL
  ternc "$folder/$function.mlir" --emit=shared --mcpu="$isa" --quiet -o "$folder/$function.so"
  programs="$programs $folder/$function.so"
done
tern-sweep "$@" $programs
