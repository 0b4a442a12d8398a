// RUN: tern-opt %s -split-input-file -verify-diagnostics

// expected-error @+1 {{parameter "w" takes either an initializer or parts}}
func.func private @neither(tensor<4xf32> {tern.parameter = #tern.parameter<name = "w", layers = 0, first_layer = 0, trainable = true>})

// -----

// expected-error @+1 {{parameter "a|b" takes either an initializer or parts}}
func.func private @both(tensor<4xf32> {tern.parameter = #tern.parameter<name = "a|b", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true, parts = <name = "a", rows = 2, init = <"zeros", []>>, <name = "b", rows = 2, init = <"zeros", []>>>})
