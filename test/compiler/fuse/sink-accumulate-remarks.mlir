// A gradient that is added after it was made says why; one that a product makes waits for its epilogue and says nothing.
// RUN: tern-opt %s -tern-sink-accumulate --remarks=sink-accumulate --verify-diagnostics --mlir-print-op-on-diagnostic=false -o %t

func.func @waits(%old: tensor<4x8xf32>, %a: tensor<4x3xf32>, %b: tensor<3x8xf32>, %flag: tensor<i1>) -> tensor<4x8xf32> {
  %g = tern.matmul %a, %b : tensor<4x3xf32>, tensor<3x8xf32>
  %new = tern.accumulate %old, %g if %flag : tensor<4x8xf32>
  return %new : tensor<4x8xf32>
}

func.func @sum_is_read(%old: tensor<4xf32>, %a: tensor<4xf32>, %b: tensor<4xf32>, %flag: tensor<i1>) -> (tensor<4xf32>, tensor<4xf32>) {
  %sum = tern.add %a, %b : tensor<4xf32>, tensor<4xf32>
  // expected-remark @+1 {{[missed] sink-accumulate: not sunk: somebody else reads the sum of gradients}}
  %new = tern.accumulate %old, %sum if %flag : tensor<4xf32>
  return %new, %sum : tensor<4xf32>, tensor<4xf32>
}

func.func @sum_broadcasts(%old: tensor<4xf32>, %a: tensor<4xf32>, %b: tensor<f32>, %flag: tensor<i1>) -> tensor<4xf32> {
  %sum = tern.add %a, %b : tensor<4xf32>, tensor<f32>
  // expected-remark @+1 {{the sum of gradients broadcasts}}
  %new = tern.accumulate %old, %sum if %flag : tensor<4xf32>
  return %new : tensor<4xf32>
}

func.func @table_under_a_flag(%old: tensor<10x4xf32>, %d: tensor<3x4xf32>, %t: tensor<3xi32>, %flag: tensor<i1>) -> tensor<10x4xf32> {
  %g = tern.embedding_grad %t, %d rows 10 : tensor<3xi32>, tensor<3x4xf32>
  // expected-remark @+1 {{the gradient of a table can only add unconditionally}}
  %new = tern.accumulate %old, %g if %flag : tensor<10x4xf32>
  return %new : tensor<10x4xf32>
}

func.func @table_is_read(%old: tensor<10x4xf32>, %d: tensor<3x4xf32>, %t: tensor<3xi32>) -> (tensor<10x4xf32>, tensor<10x4xf32>) {
  %true = arith.constant dense<true> : tensor<i1>
  %g = tern.embedding_grad %t, %d rows 10 : tensor<3xi32>, tensor<3x4xf32>
  // expected-remark @+1 {{somebody else reads the gradient of the table, or it adds to another already}}
  %new = tern.accumulate %old, %g if %true : tensor<10x4xf32>
  return %new, %g : tensor<10x4xf32>, tensor<10x4xf32>
}

func.func @head_is_read(%old: tensor<10x4xf32>, %x: tensor<3x4xf32>, %w: tensor<10x4xf32>, %t: tensor<3xi32>, %d: tensor<f32>, %flag: tensor<i1>) -> (tensor<10x4xf32>, tensor<10x4xf32>) {
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %t, %d : tensor<3x4xf32>, tensor<10x4xf32>, tensor<3xi32>, tensor<f32>
  // expected-remark @+1 {{somebody else reads the gradient of the head, or it adds to another already}}
  %new = tern.accumulate %old, %dw if %flag : tensor<10x4xf32>
  return %new, %dw : tensor<10x4xf32>, tensor<10x4xf32>
}

func.func @flag_comes_late(%old: tensor<10x4xf32>, %x: tensor<3x4xf32>, %w: tensor<10x4xf32>, %t: tensor<3xi32>, %d: tensor<f32>) -> tensor<10x4xf32> {
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %t, %d : tensor<3x4xf32>, tensor<10x4xf32>, tensor<3xi32>, tensor<f32>
  %late = tern.exp %old : tensor<10x4xf32>
  %flag = arith.constant dense<true> : tensor<i1>
  // expected-remark @+1 {{what it adds to is not known before the gradient of the head}}
  %new = tern.accumulate %late, %dw if %flag : tensor<10x4xf32>
  return %new : tensor<10x4xf32>
}

func.func @layers_are_read(%old: tensor<3x4xf32>, %x: tensor<4xf32>, %flag: tensor<i1>) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %r:2 = tern.layers 3 (%h = %x) : tensor<4xf32> {
    %y = tern.tanh %h : tensor<4xf32>
    tern.yield %y, %h : tensor<4xf32>, tensor<4xf32>
  }
  // expected-remark @+1 {{somebody else reads the gradient that the layers make}}
  %new = tern.accumulate %old, %r#1 if %flag : tensor<3x4xf32>
  return %new, %r#1 : tensor<3x4xf32>, tensor<3x4xf32>
}

func.func @carried_by_layers(%old: tensor<4xf32>, %x: tensor<4xf32>, %flag: tensor<i1>) -> tensor<4xf32> {
  %r = tern.layers 3 (%h = %x) : tensor<4xf32> {
    %y = tern.tanh %h : tensor<4xf32>
    tern.yield %y : tensor<4xf32>
  }
  // expected-remark @+1 {{the gradient is carried from layer to layer, not made by each}}
  %new = tern.accumulate %old, %r if %flag : tensor<4xf32>
  return %new : tensor<4xf32>
}

func.func @adds_to_no_argument(%old: tensor<3x4xf32>, %x: tensor<4xf32>, %flag: tensor<i1>) -> tensor<3x4xf32> {
  %r:2 = tern.layers 3 (%h = %x) : tensor<4xf32> {
    %y = tern.tanh %h : tensor<4xf32>
    tern.yield %y, %h : tensor<4xf32>, tensor<4xf32>
  }
  %sum = tern.exp %old : tensor<3x4xf32>
  // expected-remark @+1 {{what it adds to is not an argument}}
  %new = tern.accumulate %sum, %r#1 if %flag : tensor<3x4xf32>
  return %new : tensor<3x4xf32>
}
