// RUN: tern-opt %s -tern-emulate-amx | FileCheck %s

// Rows of a tile are vectors; an explicit stride counts elements.
// CHECK-LABEL: @stride
// CHECK-SAME: %[[ZEROS:.*]]: memref<16xf32>, %[[OUT:.*]]: memref<16x16xf32>
// CHECK-COUNT-16: vector.load %[[ZEROS]][{{.*}}] : memref<16xf32>, vector<16xf32>
// CHECK-COUNT-16: vector.store {{.*}}, %[[OUT]]
// CHECK-NOT: amx
func.func @stride(%zeros: memref<16xf32>, %out: memref<16x16xf32>) {
  %c0 = arith.constant 0 : index
  %t = amx.tile_load %zeros[%c0], %c0 : memref<16xf32> into !amx.tile<16x16xf32>
  amx.tile_store %out[%c0, %c0], %t : memref<16x16xf32>, !amx.tile<16x16xf32>
  return
}

// Loops carry vectors of vectors.
// CHECK-LABEL: @loop
// CHECK: scf.for {{.*}} -> (vector<16x16xf32>)
// CHECK: %[[SUM:.*]] = func.call @tern_emulated_tile_mulf_16x16x32({{.*}}) : (vector<16x32xbf16>, vector<16x32xbf16>, vector<16x16xf32>) -> vector<16x16xf32>
// CHECK: scf.yield %[[SUM]] : vector<16x16xf32>
func.func @loop(%a: memref<4x16x32xbf16>, %b: memref<4x16x32xbf16>, %c: memref<16x16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %s = amx.tile_load %c[%c0, %c0] : memref<16x16xf32> into !amx.tile<16x16xf32>
  %t = scf.for %i = %c0 to %c4 step %c1 iter_args(%sum = %s) -> (!amx.tile<16x16xf32>) {
    %x = amx.tile_load %a[%i, %c0, %c0] : memref<4x16x32xbf16> into !amx.tile<16x32xbf16>
    %y = amx.tile_load %b[%i, %c0, %c0] : memref<4x16x32xbf16> into !amx.tile<16x32xbf16>
    %next = amx.tile_mulf %x, %y, %sum : !amx.tile<16x32xbf16>, !amx.tile<16x32xbf16>, !amx.tile<16x16xf32>
    scf.yield %next : !amx.tile<16x16xf32>
  }
  amx.tile_store %c[%c0, %c0], %t : memref<16x16xf32>, !amx.tile<16x16xf32>
  return
}

// Another shape is another function.
// CHECK-LABEL: @few_rows
// CHECK: call @tern_emulated_tile_mulf_8x16x32
func.func @few_rows(%a: memref<8x32xbf16>, %b: memref<16x32xbf16>, %c: memref<8x16xf32>) {
  %c0 = arith.constant 0 : index
  %x = amx.tile_load %a[%c0, %c0] : memref<8x32xbf16> into !amx.tile<8x32xbf16>
  %y = amx.tile_load %b[%c0, %c0] : memref<16x32xbf16> into !amx.tile<16x32xbf16>
  %s = amx.tile_load %c[%c0, %c0] : memref<8x16xf32> into !amx.tile<8x16xf32>
  %t = amx.tile_mulf %x, %y, %s : !amx.tile<8x32xbf16>, !amx.tile<16x32xbf16>, !amx.tile<8x16xf32>
  amx.tile_store %c[%c0, %c0], %t : memref<8x16xf32>, !amx.tile<8x16xf32>
  return
}

// Bytes are widened by their signs, or by zeros where a factor is unsigned: "us" is unsigned by signed.
// CHECK-LABEL: @bytes
// CHECK: call @tern_emulated_tile_muli_16x16x64(%[[X:.*]], %[[Y:.*]], %{{.*}}) : (vector<16x64xi8>, vector<16x64xi8>, vector<16x16xi32>) -> vector<16x16xi32>
// CHECK: call @tern_emulated_tile_muli_us_16x16x64(%[[X]], %[[Y]], %{{.*}})
func.func @bytes(%a: memref<16x64xi8>, %b: memref<16x64xi8>, %c: memref<16x16xi32>) {
  %c0 = arith.constant 0 : index
  %x = amx.tile_load %a[%c0, %c0] : memref<16x64xi8> into !amx.tile<16x64xi8>
  %y = amx.tile_load %b[%c0, %c0] : memref<16x64xi8> into !amx.tile<16x64xi8>
  %s = amx.tile_load %c[%c0, %c0] : memref<16x16xi32> into !amx.tile<16x16xi32>
  %t = amx.tile_muli %x, %y, %s : !amx.tile<16x64xi8>, !amx.tile<16x64xi8>, !amx.tile<16x16xi32>
  %u = amx.tile_muli %x zext, %y, %t : !amx.tile<16x64xi8>, !amx.tile<16x64xi8>, !amx.tile<16x16xi32>
  amx.tile_store %c[%c0, %c0], %u : memref<16x16xi32>, !amx.tile<16x16xi32>
  return
}

// CHECK: func.func private @tern_emulated_tile_mulf_16x16x32
// CHECK-SAME: passthrough = ["noinline"]
// CHECK: func.func private @tern_emulated_tile_muli_16x16x64
// CHECK-NOT: arith.extui
// CHECK: arith.extsi {{.*}} : vector<16xi8> to vector<16xi32>
// CHECK-NOT: arith.extui
// CHECK: return
// CHECK: func.func private @tern_emulated_tile_muli_us_16x16x64
// CHECK: arith.extsi {{.*}} : vector<16xi8> to vector<16xi32>
// CHECK: arith.extui {{.*}} : vector<64xi8> to vector<64xi32>
