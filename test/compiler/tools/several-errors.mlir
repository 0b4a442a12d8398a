// RUN: not tern-opt %s --tern-destinations-to-buffers --mlir-print-op-on-diagnostic=false 2>&1 | FileCheck %s

// One run reports what is wrong with every entry.
// CHECK: several-errors.mlir:[[#@LINE+2]]:1: error: {{.*}}argument #0 must be a tensor of static shape
// CHECK: several-errors.mlir:[[#@LINE+4]]:1: error: {{.*}}result #0 has neither
func.func @first(%x: tensor<?xf32> {tern.role = "x"}) attributes {tern.entry = "first"} {
  return
}
func.func @second(%x: tensor<4xf32> {tern.role = "x"}) -> tensor<4xf32> attributes {tern.entry = "second"} {
  return %x : tensor<4xf32>
}
