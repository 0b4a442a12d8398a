// RUN: tern-opt %s --split-input-file --tern-destinations-to-buffers --verify-diagnostics --mlir-print-op-on-diagnostic=false

// expected-error @+1 {{argument #0 must be a tensor of static shape, but is 'tensor<?xf32>'}}
func.func @dynamic(%x: tensor<?xf32> {tern.role = "x"}) attributes {tern.entry = "e"} {
  return
}

// -----

// expected-error @+1 {{result #0 has neither `tern.updates` nor `tern.role`: nobody would receive it}}
func.func @nobody(%x: tensor<4xf32> {tern.role = "x"}) -> tensor<4xf32> attributes {tern.entry = "e"} {
  return %x : tensor<4xf32>
}

// -----

// expected-error @+1 {{updates "parameter:w" twice}}
func.func @twice(%x: tensor<4xf32> {tern.role = "x"})
    -> (tensor<4xf32> {tern.updates = "parameter:w"}, tensor<4xf32> {tern.updates = "parameter:w"}) attributes {tern.entry = "e"} {
  return %x, %x : tensor<4xf32>, tensor<4xf32>
}

// -----

// expected-error @+1 {{is an entry and must be one block}}
func.func @blocks() attributes {tern.entry = "e"} {
  cf.br ^next
^next:
  return
}
