// Optimizer ops take numbers where they say so, of the parameter's element type.
// RUN: tern-opt %s -verify-diagnostics -split-input-file

func.func @rate_rank(%p: tensor<4xf32>, %r: tensor<4xf32>) {
  // expected-error @+1 {{'tern.sgd' op learning_rate has rank 1, expected 0}}
  %a, %b = tern.sgd %p, %p, %p learning_rate %r momentum %r decay %r scale %r : tensor<4xf32>, tensor<4xf32>
  return
}

// -----

func.func @rate_element(%p: tensor<4xf32>, %r: tensor<f64>, %t: tensor<i64>) {
  // expected-error @+1 {{'tern.adamw' op learning_rate has element type 'f64', expected 'f32'}}
  %a, %b, %c = tern.adamw %p, %p, %p, %p learning_rate %r beta1 %r beta2 %r epsilon %r decay %r scale %r step %t :
      tensor<4xf32>, tensor<f64>
  return
}

// -----

func.func @state_type(%p: tensor<4xf32>, %m: tensor<5xf32>, %r: tensor<f32>) {
  // expected-note @-1 {{prior use here}}
  // expected-error @+1 {{use of value '%m' expects different type than prior uses: 'tensor<4xf32>' vs 'tensor<5xf32>'}}
  %a, %b = tern.sgd %p, %p, %m learning_rate %r momentum %r decay %r scale %r : tensor<4xf32>, tensor<f32>
  return
}

// -----

func.func @norm_elements(%p: tensor<4xf32>, %s: tensor<f64>) {
  // expected-error @+1 {{'tern.global_norm' op element types 'f32' and 'f64' differ}}
  %y = tern.global_norm %p scale %s : tensor<4xf32> scale tensor<f64>
  return
}

// -----

func.func @decay_rank(%p: tensor<4xf32>) {
  // expected-error @+1 {{'tern.ema' op decay has rank 1, expected 0}}
  %y = tern.ema %p, %p decay %p : tensor<4xf32>, tensor<4xf32>
  return
}

// -----

func.func @two_gradients(%p: tensor<4xf32>, %q: tensor<5xf32>, %f: tensor<i1>) {
  // expected-error @+1 {{'tern.accumulate' op failed to verify that all of {old, value} have same type}}
  %y = "tern.accumulate"(%p, %q, %f) : (tensor<4xf32>, tensor<5xf32>, tensor<i1>) -> tensor<4xf32>
  return
}

// -----

func.func @lion_rate(%p: tensor<4xf32>, %r: tensor<f64>) {
  // expected-error @+1 {{'tern.lion' op learning_rate has element type 'f64', expected 'f32'}}
  %a, %b = tern.lion %p, %p, %p learning_rate %r beta1 %r beta2 %r decay %r scale %r : tensor<4xf32>, tensor<f64>
  return
}

// -----

func.func @adam_rate(%p: tensor<4xf32>, %r: tensor<f64>, %t: tensor<i64>) {
  // expected-error @+1 {{'tern.adam' op learning_rate has element type 'f64', expected 'f32'}}
  %a, %b, %c = tern.adam %p, %p, %p, %p learning_rate %r beta1 %r beta2 %r epsilon %r decay %r scale %r step %t :
      tensor<4xf32>, tensor<f64>
  return
}

// -----

func.func @row_of_a_column(%p: tensor<4x5xf32>, %m: tensor<5xf32>, %r: tensor<f32>, %t: tensor<i64>) {
  // expected-error @+1 {{'tern.adafactor' op row has type 'tensor<5xf32>', expected 'tensor<4xf32>'}}
  %a, %b, %c = tern.adafactor %p, %p, %m column(%m : tensor<5xf32>) learning_rate %r decay %r scale %r step %t :
      tensor<4x5xf32>, tensor<5xf32>, tensor<f32>
  return
}

// -----

func.func @column_of_a_row(%p: tensor<4x5xf32>, %m: tensor<4xf32>, %r: tensor<f32>, %t: tensor<i64>) {
  // expected-error @+1 {{'tern.adafactor' op column has type 'tensor<4xf32>', expected 'tensor<5xf32>'}}
  %a, %b, %c = tern.adafactor %p, %p, %m column(%m : tensor<4xf32>) learning_rate %r decay %r scale %r step %t :
      tensor<4x5xf32>, tensor<4xf32>, tensor<f32>
  return
}

// -----

func.func @whole_moment(%p: tensor<4x5xf32>, %m: tensor<4xf32>, %r: tensor<f32>, %t: tensor<i64>) {
  // expected-error @+1 {{'tern.adafactor' op row has type 'tensor<4xf32>', expected 'tensor<4x5xf32>'}}
  %a, %b = tern.adafactor %p, %p, %m learning_rate %r decay %r scale %r step %t : tensor<4x5xf32>, tensor<4xf32>, tensor<f32>
  return
}

// -----

func.func @stack_of_vectors(%p: tensor<4x5xf32>, %m: tensor<4xf32>, %n: tensor<5xf32>, %r: tensor<f32>, %t: tensor<i64>) {
  // expected-error @+1 {{'tern.adafactor' op has a column moment, but the parameter of rank 1 is no matrix}}
  %a, %b, %c = tern.adafactor %p, %p, %m column(%n : tensor<5xf32>) learning_rate %r decay %r scale %r step %t stacked :
      tensor<4x5xf32>, tensor<4xf32>, tensor<f32>
  return
}

// -----

func.func @muon_bf16(%p: tensor<4x4xbf16>, %r: tensor<bf16>) {
  // expected-error @+1 {{'tern.muon' op has a parameter of 'bf16', expected f32 or f64}}
  %a, %b = tern.muon %p, %p, %p learning_rate %r momentum %r decay %r scale %r : tensor<4x4xbf16>, tensor<bf16>
  return
}

// -----

func.func @muon_vector(%p: tensor<4xf32>, %r: tensor<f32>) {
  // expected-error @+1 {{'tern.muon' op has a parameter of rank 1, expected a matrix or a stack of them}}
  %a, %b = tern.muon %p, %p, %p learning_rate %r momentum %r decay %r scale %r : tensor<4xf32>, tensor<f32>
  return
}

// -----

func.func @norm_and_limit(%n: tensor<f32>, %l: tensor<f64>) {
  // expected-error @+1 {{'tern.clip_factor' op failed to verify that all of {norm, limit} have same type}}
  %y = "tern.clip_factor"(%n, %l) : (tensor<f32>, tensor<f64>) -> tensor<f32>
  return
}
