// What threads share among themselves comes out with the same bits at any number of them: fixed shares, fixed trees. Sizes
// are no multiples of tiles or of threads.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3

func.func @reductions(%x: tensor<37x53xf32>) -> (tensor<f32>, tensor<53xf32>, tensor<37xf32>) {
  %all = tern.sum %x : tensor<37x53xf32>
  %columns = tern.mean %x dims [0] : tensor<37x53xf32>
  %rows = tern.sum %x dims [1] : tensor<37x53xf32>
  return %all, %columns, %rows : tensor<f32>, tensor<53xf32>, tensor<37xf32>
}
check.deterministic @reductions threads [1, 2, 3, 5]

func.func @products(%x: tensor<67x129xf32>, %w: tensor<129x45xf32>) -> (tensor<67x45xf32>, tensor<129x129xf32>) {
  %y = tern.linear %x weight %w : tensor<67x129xf32>, tensor<129x45xf32>
  %z = tern.matmul %x, %x transpose_a : tensor<67x129xf32>, tensor<67x129xf32>
  return %y, %z : tensor<67x45xf32>, tensor<129x129xf32>
}
check.deterministic @products threads [1, 2, 3, 5] seed 1

func.func @attention(%qkv: tensor<3x17x48xf32>) -> tensor<3x17x16xf32> {
  %y = tern.attention %qkv heads 4 causal : tensor<3x17x48xf32>
  return %y : tensor<3x17x16xf32>
}
check.deterministic @attention threads [1, 2, 3, 5] seed 2

func.func @loss(%h: tensor<3x7x19xf32>, %table: tensor<61x19xf32>, %targets: tensor<3x7xi32>) -> tensor<f32> {
  %loss = tern.linear_cross_entropy %h, %table, %targets : tensor<3x7x19xf32>, tensor<61x19xf32>, tensor<3x7xi32>
  return %loss : tensor<f32>
}
check.deterministic @loss threads [1, 2, 3, 5] seed 3 classes 61

// Loops over rows that several ops share, with partial sums over rows.
func.func @rows(%x: tensor<131x67xf32>, %weight: tensor<67xf32>) -> (tensor<131x67xf32>, tensor<131x67xf32>, tensor<67xf32>) {
  %n = tern.rms_norm %x weight %weight : tensor<131x67xf32>, tensor<67xf32>
  %s = tern.softmax %n : tensor<131x67xf32>
  %p = tern.mul %n, %s : tensor<131x67xf32>, tensor<131x67xf32>
  %columns = tern.sum %p dims [0] : tensor<131x67xf32>
  return %n, %s, %columns : tensor<131x67xf32>, tensor<131x67xf32>, tensor<67xf32>
}
check.deterministic @rows threads [1, 2, 3, 5] seed 4
