// What random ops refuse.
// RUN: tern-opt %s -verify-diagnostics -split-input-file

func.func @rate(%x: tensor<4xf32>) {
  // expected-error @+1 {{'tern.dropout' op rate}}
  %y = tern.dropout %x rate 1.0 : tensor<4xf32>
  return
}

// -----

func.func @range() {
  // expected-error @+1 {{'tern.uniform' op runs from}}
  %y = tern.uniform [4] from 1.0 to -1.0 : f32
  return
}

// -----

func.func @deviation() {
  // expected-error @+1 {{'tern.normal' op standard deviation}}
  %y = tern.normal [4] std -1.0 : f32
  return
}

// -----

func.func @extent() {
  // expected-error @+1 {{normal, dimension 1: extent 0}}
  %y = tern.normal [4, 0] : f32
  return
}

// -----

func.func @integers() {
  // expected-error @+1 {{uniform: element type 'i32' is not a floating-point type}}
  %y = tern.uniform [4] : i32
  return
}

// -----

func.func @seed_of_another_type(%a: tensor<i32>, %k: tensor<i64>) {
  // expected-error @+1 {{'tern.random_key' op operand #0 must be 0D tensor of 64-bit signless integer values}}
  %y = "tern.random_key"(%a, %k, %k) {site = "h"} : (tensor<i32>, tensor<i64>, tensor<i64>) -> tensor<i64>
  return
}
