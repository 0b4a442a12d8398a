// RUN: tern-opt %s --split-input-file --verify-diagnostics --tern-materialize-layouts

!matrix = tensor<41x101xf32, #tern_kernel.packed<columns = 32, group = 1>>
func.func @elements(%w: !matrix, %i: index) -> f32 {
  // expected-error@+1 {{takes or makes a packed tensor; only whole matrices of it can be sliced, and only tern_kernel.contract and tern_kernel.pack know what is in it}}
  %x = tensor.extract %w[%i, %i] : !matrix
  return %x : f32
}

// -----

!matrix = tensor<41x101xf32, #tern_kernel.packed<columns = 32, group = 1>>
!rows = tensor<7x101xf32, #tern_kernel.packed<columns = 32, group = 1>>
func.func @rows(%w: !matrix) -> !rows {
  // expected-error@+1 {{takes or makes a packed tensor}}
  %x = tensor.extract_slice %w[0, 0] [7, 101] [1, 1] : !matrix to !rows
  return %x : !rows
}
