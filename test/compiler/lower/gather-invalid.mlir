// A look-up that the kernel has no numbers for.
// RUN: tern-opt %s --tern-lower-to-linalg -split-input-file -verify-diagnostics

func.func @too_many_rows(%x: tensor<65536x32769xf32>, %i: tensor<65536x1xi32>) -> tensor<65536x1xf32> {
  // expected-error @+2 {{looks up in 2147549184 rows, 2147483647 at most}}
  // expected-error @+1 {{failed to legalize operation 'tern.gather'}}
  %y = tern.gather %x, %i dim 1 : tensor<65536x32769xf32>, tensor<65536x1xi32>
  return %y : tensor<65536x1xf32>
}
