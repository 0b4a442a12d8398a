// Read by plugin.test.
func.func @forward(%x: tensor<4x8xf32>, %w: tensor<8x8xf32>) -> tensor<4x8xf32> {
  %h = tern.linear %x weight %w : tensor<4x8xf32>, tensor<8x8xf32>
  %y = tern.gelu %h : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
