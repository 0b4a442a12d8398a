// RUN: tern-opt %s --split-input-file --tern-plan-memory --verify-diagnostics --mlir-print-op-on-diagnostic=false

// expected-error @+1 {{argument #0 has neither `tern.variable` nor `tern.role`: nobody would write it}}
func.func @nobody(%x: memref<4xf32>) attributes {tern.entry = "e"} {
  return
}

// -----

// expected-error @+1 {{argument #0: unknown kind of variable "weights:w", expected parameter:, gradient:, state0:... or cache:}}
func.func @unknown_kind(%x: memref<4xf32> {tern.variable = "weights:w"}) attributes {tern.entry = "e"} {
  return
}

// -----

func.func @four(%x: memref<4xf32> {tern.variable = "parameter:w"}) attributes {tern.entry = "four"} {
  return
}
// expected-error @+1 {{argument #0: variable "parameter:w" is 'memref<5xf32>' here, but another entry has it as 'memref<4xf32>'}}
func.func @five(%x: memref<5xf32> {tern.variable = "parameter:w"}) attributes {tern.entry = "five"} {
  return
}

// -----

func.func @dynamic(%n: memref<index> {tern.role = "n"}) attributes {tern.entry = "e"} {
  %size = memref.load %n[] : memref<index>
  // expected-error @+1 {{must be dense and of static shape to be planned, but is 'memref<?xf32>'}}
  %t = memref.alloc(%size) : memref<?xf32>
  return
}
