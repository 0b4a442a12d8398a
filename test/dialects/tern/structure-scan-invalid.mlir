// RUN: tern-opt %s -split-input-file -verify-diagnostics

func.func @no_sequence(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{goes over at least one sequence: how many steps it takes follows from that}}
  %r = tern.scan (%h = %x) : tensor<4xf32> {
    tern.yield %h : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

func.func @sequences_of_two_lengths(%a: tensor<2x5xf32>, %b: tensor<2x6xf32>) {
  // expected-error@+1 {{sequence 1, steps: expected 5, found 6}}
  %r = tern.scan () over (%x = %a, %y = %b) : tensor<2x5xf32>, tensor<2x6xf32> {
    tern.yield %x : tensor<2xf32>
  }
  return
}

// -----

func.func @no_time(%a: tensor<2xf32>) {
  // expected-error@+1 {{a sequence has time as dimension 1, found 'tensor<2xf32>'}}
  %r = tern.scan () over (%x = %a) : tensor<2xf32> {
    tern.yield %x : tensor<2xf32>
  }
  return
}

// -----

func.func @negative_dimension(%a: tensor<2x5xf32>) {
  // expected-error@+1 {{time is a dimension from 0 on, found -1}}
  %r = tern.scan () over (%x = %a) dim -1 : tensor<2x5xf32> {
    tern.yield %x : tensor<2xf32>
  }
  return
}

// -----

func.func @nothing_to_stack_along(%a: tensor<2x5xf32>) {
  // expected-error@+1 {{time is dimension 1 of a sequence, but a step gives 'tensor<f32>'}}
  %r = tern.scan () over (%x = %a) : tensor<2x5xf32> {
    %s = tern.sum %x : tensor<2xf32>
    tern.yield %s : tensor<f32>
  }
  return
}

// -----

func.func @state_changes_its_type(%x: tensor<2x4xf32>, %a: tensor<2x5xf32>) {
  // expected-error@+1 {{carried value 0 changes its type from 'tensor<2x4xf32>' to 'tensor<4x4xf32>'}}
  %r = tern.scan (%h = %x) over (%s = %a) : tensor<2x4xf32>, tensor<2x5xf32> {
    %y = tern.concat %h, %h dim 0 : tensor<2x4xf32>, tensor<2x4xf32>
    tern.yield %y : tensor<4x4xf32>
  }
  return
}

// -----

func.func @state_of_another_batch(%x: tensor<3x4xf32>, %a: tensor<2x5xf32>, %n: tensor<2xi32>) {
  // expected-error@+1 {{state 0, batch: expected 2, found 3}}
  %r = tern.scan (%h = %x) over (%s = %a) lengths(%n : tensor<2xi32>) : tensor<3x4xf32>, tensor<2x5xf32> {
    tern.yield %h : tensor<3x4xf32>
  }
  return
}

// -----

func.func @state_without_batch(%x: tensor<f32>, %a: tensor<2x5xf32>, %n: tensor<2xi32>) {
  // expected-error@+1 {{state 0 has no batch dimension, but rows have lengths}}
  %r = tern.scan (%h = %x) over (%s = %a) lengths(%n : tensor<2xi32>) : tensor<f32>, tensor<2x5xf32> {
    tern.yield %h : tensor<f32>
  }
  return
}
