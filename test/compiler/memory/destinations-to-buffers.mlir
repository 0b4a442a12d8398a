// RUN: tern-opt %s --split-input-file --tern-destinations-to-buffers | FileCheck %s

// A variable that is updated is writable, and its new value goes where the old one was; an input is only read.
// CHECK-LABEL: func.func @update(
// CHECK-SAME: %[[RATE:.*]]: memref<f32> {tern.role = "learning_rate"},
// CHECK-SAME: %[[W:.*]]: memref<4xf32> {tern.variable = "parameter:w"})
// CHECK-DAG: %[[OLD:.*]] = bufferization.to_tensor %[[W]] restrict writable
// CHECK-DAG: bufferization.to_tensor %[[RATE]] restrict :
// CHECK: %[[NEW:.*]] = linalg.exp ins(%[[OLD]] : tensor<4xf32>) outs(%[[OLD]] : tensor<4xf32>)
// CHECK: bufferization.materialize_in_destination %[[NEW]] in writable %[[W]]
// CHECK: return{{$}}
func.func @update(%rate: tensor<f32> {tern.role = "learning_rate"}, %w: tensor<4xf32> {tern.variable = "parameter:w"})
    -> (tensor<4xf32> {tern.updates = "parameter:w"}) attributes {tern.entry = "update"} {
  %empty = tensor.empty() : tensor<4xf32>
  %new = linalg.exp ins(%w : tensor<4xf32>) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
  return %new : tensor<4xf32>
}

// -----

// A variable that is only written becomes an argument; so does an output. Reshapes do not hide the destination.
// CHECK-LABEL: func.func @write_only(
// CHECK-SAME: %[[W:.*]]: memref<4xf32> {tern.variable = "parameter:w"},
// CHECK-SAME: %[[OUT:.*]]: memref<2x2xf32> {tern.output, tern.role = "logits"})
// CHECK: %[[PLACE:.*]] = bufferization.to_tensor %[[OUT]] restrict writable
// CHECK: %[[FLAT:.*]] = tensor.collapse_shape %[[PLACE]]
// CHECK: linalg.fill {{.*}} outs(%[[FLAT]] : tensor<4xf32>)
func.func @write_only() -> (tensor<4xf32> {tern.updates = "parameter:w"}, tensor<2x2xf32> {tern.role = "logits"})
    attributes {tern.entry = "init"} {
  %zero = arith.constant 0.0 : f32
  %a = tensor.empty() : tensor<4xf32>
  %b = tensor.empty() : tensor<4xf32>
  %w = linalg.fill ins(%zero : f32) outs(%a : tensor<4xf32>) -> tensor<4xf32>
  %flat = linalg.fill ins(%zero : f32) outs(%b : tensor<4xf32>) -> tensor<4xf32>
  %out = tensor.expand_shape %flat [[0, 1]] output_shape [2, 2] : tensor<4xf32> into tensor<2x2xf32>
  return %w, %out : tensor<4xf32>, tensor<2x2xf32>
}

// -----

// One destination must not be overwritten before it has been read for another.
// CHECK-LABEL: func.func @swap(
// CHECK: bufferization.alloc_tensor() copy(
// CHECK: bufferization.alloc_tensor() copy(
func.func @swap(%a: tensor<4xf32> {tern.variable = "parameter:a"}, %b: tensor<4xf32> {tern.variable = "parameter:b"})
    -> (tensor<4xf32> {tern.updates = "parameter:a"}, tensor<4xf32> {tern.updates = "parameter:b"}) attributes {tern.entry = "swap"} {
  return %b, %a : tensor<4xf32>, tensor<4xf32>
}

// -----

// What a loop carries stays where it was.
// CHECK-LABEL: func.func @carried(
// CHECK: scf.for {{.*}} iter_args(%[[H:.*]] =
// CHECK: %[[NEXT:.*]] = linalg.exp ins(%[[H]] : tensor<4xf32>) outs(%[[H]] : tensor<4xf32>)
// CHECK: %[[SETTLED:.*]] = linalg.copy ins(%[[NEXT]] : tensor<4xf32>) outs(%[[H]] : tensor<4xf32>)
// CHECK: scf.yield %[[SETTLED]]
func.func @carried(%x: tensor<4xf32> {tern.role = "x"}) -> (tensor<4xf32> {tern.role = "y"}) attributes {tern.entry = "forward"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %y = scf.for %i = %c0 to %c3 step %c1 iter_args(%h = %x) -> tensor<4xf32> {
    %empty = tensor.empty() : tensor<4xf32>
    %next = linalg.exp ins(%h : tensor<4xf32>) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %next : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// -----

// Functions that are not entries stay as they are.
// CHECK-LABEL: func.func @not_an_entry(%{{.*}}: tensor<4xf32>) -> tensor<4xf32>
func.func @not_an_entry(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// Two results that start in the memory of one: the second is copied out before the first is written.
// CHECK-LABEL: func.func @one_start(
// CHECK-SAME: %[[A:[^:]*]]: memref<4xf32> {tern.output, tern.role = "a"}, %[[B:[^:]*]]: memref<4xf32> {tern.output, tern.role = "b"}
// CHECK: %[[APART:.*]] = bufferization.alloc_tensor() copy(
// CHECK: bufferization.materialize_in_destination %{{.*}} in writable %[[A]]
// CHECK: bufferization.materialize_in_destination %[[APART]] in writable %[[B]]
func.func @one_start(%x: tensor<4xf32> {tern.role = "x"}) -> (tensor<4xf32> {tern.role = "a"}, tensor<4xf32> {tern.role = "b"}) attributes {tern.entry = "forward"} {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<4xf32>
  %start = linalg.fill ins(%zero : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
  %a = linalg.add ins(%x, %x : tensor<4xf32>, tensor<4xf32>) outs(%start : tensor<4xf32>) -> tensor<4xf32>
  %b = linalg.exp ins(%x : tensor<4xf32>) outs(%start : tensor<4xf32>) -> tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}
