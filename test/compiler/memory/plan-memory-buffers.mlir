// RUN: tern-opt %s --tern-plan-memory=record-buffers --mlir-print-local-scope | FileCheck %s
// RUN: tern-opt %s --tern-plan-memory | FileCheck %s --check-prefix=SILENT
// SILENT-NOT: tern.buffers

// The table of buffers has places and lives: the first temporary lives until the second is written.
// CHECK-LABEL: func.func @f(
// CHECK-SAME: tern.buffers = [{begin = [[FIRST:[0-9]+]] : i64, bytes = 192 : i64, class = "io", end = [[FIRST_END:[0-9]+]] : i64,
// CHECK-SAME: from = loc({{[^)]*}}), name = "input:x:memref<48xf32>", offset = 0 : i64, type = memref<48xf32>}
// CHECK-SAME: class = "io", {{[^}]*}}name = "output:y:memref<48xf32>", offset = 192 : i64
// CHECK-SAME: {begin = [[FIRST]] : i64, bytes = 192 : i64, class = "workspace", end = [[SECOND_END:[0-9]+]] : i64, {{[^}]*}}offset = 384 : i64
// CHECK-SAME: {begin = [[SECOND:[0-9]+]] : i64, bytes = 192 : i64, class = "workspace", {{[^}]*}}offset = 576 : i64

// What the entry does meanwhile: statements in order, those of a loop over layers one by one.
// CHECK-SAME: tern.positions = [{begin = [[FIRST]] : i64, depth = 0 : i64, end = [[FIRST_END]] : i64, {{[^}]*}}op = "linalg.exp"}
// CHECK-SAME: {begin = [[SECOND]] : i64, depth = 0 : i64, end = [[SECOND_END]] : i64, {{[^}]*}}op = "linalg.exp"}
// CHECK-SAME: depth = 0 : i64, {{[^}]*}}op = "scf.for"}
// CHECK-SAME: depth = 1 : i64, {{[^}]*}}op = "linalg.exp"}
// CHECK-SAME: depth = 1 : i64, {{[^}]*}}op = "linalg.exp"}
func.func @f(%x: memref<48xf32> {tern.role = "x"}, %y: memref<48xf32> {tern.role = "y", tern.output})
    attributes {tern.entry = "f"} {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %layers = arith.constant 12 : index
  %a = memref.alloc() : memref<48xf32>
  linalg.exp ins(%x : memref<48xf32>) outs(%a : memref<48xf32>)
  %b = memref.alloc() : memref<48xf32>
  linalg.exp ins(%a : memref<48xf32>) outs(%b : memref<48xf32>)
  scf.for %layer = %zero to %layers step %one {
    linalg.exp ins(%b : memref<48xf32>) outs(%y : memref<48xf32>)
    linalg.exp ins(%y : memref<48xf32>) outs(%b : memref<48xf32>)
  }
  return
}
