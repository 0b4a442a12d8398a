// RUN: tern-opt %s --split-input-file --tern-plan-memory | FileCheck %s

// Two temporaries that never live together share their bytes; one that lives with both does not.
// CHECK: module attributes {tern.memory = {activations = 0 : i64, arena = 896 : i64, cache = 0 : i64, gradients = 0 : i64,
// CHECK-SAME: io = 384 : i64, optimizer = 0 : i64, parameters = 0 : i64, scratch_per_thread = 0 : i64, workspace = 512 : i64}
// CHECK-LABEL: func.func @lifetimes(
// CHECK-SAME: %[[ARENA:.*]]: memref<?xi8>, %{{.*}}: memref<?xi8>, %{{.*}}: index, %{{.*}}: index)
// CHECK-SAME: inputs = [{bytes = 192 : i64, name = "x", offset = 0 : i64, type = memref<48xf32>}]
// CHECK-SAME: outputs = [{bytes = 192 : i64, name = "y", offset = 192 : i64, type = memref<48xf32>}]
// CHECK-SAME: peak = 512 : i64
// CHECK-SAME: transient = 512 : i64
// CHECK-DAG: %[[C384:.*]] = arith.constant 384 : index
// CHECK-DAG: memref.view %[[ARENA]][%[[C384]]][] : memref<?xi8> to memref<48xf32>
// CHECK-NOT: memref.alloc
func.func @lifetimes(%x: memref<48xf32> {tern.role = "x"}, %y: memref<48xf32> {tern.role = "y", tern.output})
    attributes {tern.entry = "e"} {
  %long = memref.alloc() : memref<20xf32>
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%long : memref<20xf32>)
  %a = memref.alloc() : memref<48xf32>
  linalg.exp ins(%x : memref<48xf32>) outs(%a : memref<48xf32>)
  linalg.exp ins(%a : memref<48xf32>) outs(%y : memref<48xf32>)
  %b = memref.alloc() : memref<48xf32>
  linalg.exp ins(%y : memref<48xf32>) outs(%b : memref<48xf32>)
  %c = memref.alloc() : memref<48xf32>
  linalg.exp ins(%b : memref<48xf32>) outs(%c : memref<48xf32>)
  linalg.exp ins(%c : memref<48xf32>) outs(%y : memref<48xf32>)
  linalg.fill ins(%zero : f32) outs(%long : memref<20xf32>)
  return
}

// -----

// Entries share variables and the region of their temporaries. Each class lies together; the gradient has its own place.
// CHECK: tern.memory = {activations = 0 : i64, arena = 448 : i64, cache = 0 : i64, gradients = 64 : i64, io = 64 : i64,
// CHECK-SAME: optimizer = 64 : i64, parameters = 128 : i64, scratch_per_thread = 0 : i64, workspace = 128 : i64}
// CHECK-SAME: tern.variables = [
// CHECK-SAME: {bytes = 16 : i64, name = "parameter:a", offset = 0 : i64, type = memref<4xf32>}
// CHECK-SAME: {bytes = 16 : i64, name = "gradient:a", offset = 128 : i64, type = memref<4xf32>}
// CHECK-SAME: {bytes = 16 : i64, name = "parameter:b", offset = 64 : i64, type = memref<4xf32>}
// CHECK-SAME: {bytes = 16 : i64, name = "state0:a", offset = 192 : i64, type = memref<4xf32>}]
// CHECK-LABEL: func.func @first
// CHECK-SAME: transient = 128 : i64
func.func @first(%a: memref<4xf32> {tern.variable = "parameter:a"}, %g: memref<4xf32> {tern.variable = "gradient:a"},
                 %x: memref<4xf32> {tern.role = "x"}) attributes {tern.entry = "first"} {
  %t = memref.alloc() : memref<32xf32>
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%t : memref<32xf32>)
  return
}
// CHECK-LABEL: func.func @second
// CHECK-SAME: inputs = [{bytes = 16 : i64, name = "x", offset = 256 : i64,
// CHECK-SAME: transient = 64 : i64
func.func @second(%x: memref<4xf32> {tern.role = "x"}, %b: memref<4xf32> {tern.variable = "parameter:b"},
                  %m: memref<4xf32> {tern.variable = "state0:a"}, %a: memref<4xf32> {tern.variable = "parameter:a"})
    attributes {tern.entry = "second"} {
  %t = memref.alloc() : memref<4xf32>
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%t : memref<4xf32>)
  return
}

// -----

// A buffer that a loop uses lives as long as the loop; one made in the loop lives within an iteration; one made in a
// parallel region is scratch of its thread.
// CHECK: scratch_per_thread = 256 : i64, workspace = 192 : i64
// CHECK-LABEL: func.func @loops(
// CHECK-SAME: %[[ARENA:.*]]: memref<?xi8>, %[[SCRATCH:.*]]: memref<?xi8>,
// CHECK: scf.for
// CHECK: memref.view %[[ARENA]]
// CHECK: memref.view %[[ARENA]]
// CHECK: scf.forall
// CHECK: memref.view %[[SCRATCH]]
func.func @loops() attributes {tern.entry = "e"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %zero = arith.constant 0.0 : f32
  %outer = memref.alloc() : memref<16xf32>
  scf.for %i = %c0 to %c3 step %c1 {
    %a = memref.alloc() : memref<16xf32>
    linalg.exp ins(%outer : memref<16xf32>) outs(%a : memref<16xf32>)
    %b = memref.alloc() : memref<16xf32>
    linalg.exp ins(%a : memref<16xf32>) outs(%b : memref<16xf32>)
  }
  scf.forall (%j) in (8) {
    %own = memref.alloc() : memref<64xf32>
    linalg.fill ins(%zero : f32) outs(%own : memref<64xf32>)
  }
  return
}

// -----

// Activations: alive when the loss is written, in an entry that has gradients.
// CHECK: tern.memory = {activations = 64 : i64
func.func @grad(%x: memref<16xf32> {tern.role = "x"}, %g: memref<16xf32> {tern.variable = "gradient:w"},
                %loss: memref<f32> {tern.role = "loss", tern.output}) attributes {tern.entry = "grad"} {
  %zero = arith.constant 0.0 : f32
  %kept = memref.alloc() : memref<16xf32>
  linalg.exp ins(%x : memref<16xf32>) outs(%kept : memref<16xf32>)
  %before = memref.alloc() : memref<16xf32>
  linalg.exp ins(%x : memref<16xf32>) outs(%before : memref<16xf32>)
  memref.store %zero, %loss[] : memref<f32>
  linalg.exp ins(%kept : memref<16xf32>) outs(%g : memref<16xf32>)
  return
}
