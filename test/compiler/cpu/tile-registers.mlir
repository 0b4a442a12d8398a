// Products on tile registers, down to the instructions: a step of k loads two tiles of A and two of B for four products, each of
// which has sums of its own, and no sums leave the registers between steps.
// DEFINE: %{expand} = tern-opt %s --tern-expand-contract=target=x86-64-v4+amx-tile+amx-bf16+amx-int8+l1=48k
// RUN: %{expand} --remarks=expand-contract -o %t.mlir 2>&1 | FileCheck %s --check-prefix=PLAN
// RUN: FileCheck %s --input-file=%t.mlir
// RUN: tern-opt %t.mlir --tern-plan-memory --canonicalize --cse --tern-llvm-pipeline | mlir-translate --mlir-to-llvmir \
// RUN:   | llc -O3 -mtriple=x86_64 -mattr=+avx512f,+avx512bw,+avx512vl,+avx512dq,+amx-tile,+amx-bf16,+amx-int8 -o %t.s
// RUN: FileCheck %s --check-prefix=ASM --input-file=%t.s --implicit-check-not=tileload --implicit-check-not=tilestore --implicit-check-not=tdp

// Bytes: a tile holds 64 k, a row of the panel of B four k of each of 32 columns.
// CHECK-LABEL: func.func @bytes
// CHECK: memref.alloc() {{.*}}: memref<1x96x128xi8>
// CHECK: memref.alloc() {{.*}}: memref<{{[0-9]+}}x1x6x32x64xi8>
// CHECK: scf.for {{.*}} -> (!amx.tile<16x16xi32>, !amx.tile<16x16xi32>, !amx.tile<16x16xi32>, !amx.tile<16x16xi32>)
// CHECK-COUNT-4: amx.tile_muli {{.*}} : !amx.tile<16x64xi8>, !amx.tile<16x64xi8>, !amx.tile<16x16xi32>
// CHECK-NOT: tern_kernel
// PLAN: plan: 256 x 768 by 768 x 768: register tiles of 32 x 32, k in 2 blocks of 384, {{.*}} on tile registers, packs both
// ASM-LABEL: {{^}}tern_entry_bytes_share_0:
// ASM-COUNT-4: tileloadd
// ASM: tileloadd {{.*}}, [[LEFT0:%tmm[0-9]]]
// ASM: tileloadd {{.*}}, [[LEFT1:%tmm[0-9]]]
// ASM: tileloadd {{.*}}, [[RIGHT:%tmm[0-9]]]
// ASM: tdpbssd [[RIGHT]], [[LEFT0]], %tmm0
// ASM: tdpbssd [[RIGHT]], [[LEFT1]], %tmm2
// ASM: tileloadd {{.*}}, [[RIGHT]]
// ASM: tdpbssd [[RIGHT]], [[LEFT0]], %tmm1
// ASM: tdpbssd [[RIGHT]], [[LEFT1]], %tmm3
// ASM-COUNT-4: tilestored
func.func @bytes(%a: memref<256x768xi8> {tern.role = "a"}, %b: memref<768x768xi8> {tern.role = "b"},
                 %o: memref<256x768xi32> {tern.role = "o", tern.output}) attributes {tern.entry = "bytes"} {
  tern_kernel.contract init(zero) ins(%a, %b : memref<256x768xi8>, memref<768x768xi8>) outs(%o : memref<256x768xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  }
  return
}

// bf16: 32 k, pairs of columns.
// CHECK-LABEL: func.func @halves
// CHECK: memref.alloc() {{.*}}: memref<1x128x64xbf16>
// CHECK-COUNT-4: amx.tile_mulf {{.*}} : !amx.tile<16x32xbf16>, !amx.tile<16x32xbf16>, !amx.tile<16x16xf32>
// PLAN: k in 3 blocks of 256, {{.*}} on tile registers, packs both
// ASM-LABEL: {{^}}tern_entry_halves_share_0:
// ASM-COUNT-4: tileloadd
// ASM-COUNT-3: tileloadd
// ASM: tdpbf16ps
// ASM: tdpbf16ps
// ASM: tileloadd
// ASM: tdpbf16ps
// ASM: tdpbf16ps
// ASM-COUNT-4: tilestored
func.func @halves(%a: memref<256x768xbf16> {tern.role = "a"}, %b: memref<768x768xbf16> {tern.role = "b"},
                  %o: memref<256x768xf32> {tern.role = "o", tern.output}) attributes {tern.entry = "halves"} {
  tern_kernel.contract init(zero) ins(%a, %b : memref<256x768xbf16>, memref<768x768xbf16>) outs(%o : memref<256x768xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// f32 in three parts: an element is loaded once and split; six times four products, and two of the six find their tiles of A
// in the registers. Where the range is left, the elements are multiplied as they are.
// CHECK-LABEL: func.func @parts
// CHECK: memref.alloc() {{.*}}: memref<3x48x64xbf16>
// CHECK: memref.alloc() {{.*}}: memref<{{[0-9]+}}x3x3x32x32xbf16>
// CHECK: %[[X:.*]] = vector.load %arg0{{.*}} : memref<256x768xf32>, vector<16xf32>
// CHECK-NEXT: %[[HIGH:.*]] = arith.truncf %[[X]]
// CHECK-NEXT: %[[WIDE:.*]] = arith.extf %[[HIGH]]
// CHECK-NEXT: %[[LEFT:.*]] = arith.subf %[[X]], %[[WIDE]]
// CHECK-NEXT: %[[MIDDLE:.*]] = arith.truncf %[[LEFT]]
// CHECK-NEXT: %[[WIDE_MIDDLE:.*]] = arith.extf %[[MIDDLE]]
// CHECK-NEXT: %[[REST:.*]] = arith.subf %[[LEFT]], %[[WIDE_MIDDLE]]
// CHECK-NEXT: arith.truncf %[[REST]]
// CHECK-COUNT-24: amx.tile_mulf
// PLAN: k in 8 blocks of 96, {{.*}} on tile registers in 3 parts, packs both
// ASM-LABEL: {{^}}tern_entry_parts_share_0:
// ASM-COUNT-4: tileloadd
// ASM: tileloadd
// ASM: tileloadd
// ASM: tileloadd
// ASM: tdpbf16ps
// ASM: tdpbf16ps
// ASM: tileloadd
// ASM: tdpbf16ps
// ASM: tdpbf16ps
// ASM: tileloadd
// ASM: tileloadd
// ASM: tileloadd
// ASM: tdpbf16ps
// ASM: tdpbf16ps
// ASM: tileloadd
// ASM: tdpbf16ps
// ASM: tdpbf16ps
// ASM: tileloadd
// ASM: tileloadd
// ASM: tileloadd
// ASM: tdpbf16ps
// ASM: tdpbf16ps
// ASM: tileloadd
// ASM: tdpbf16ps
// ASM: tdpbf16ps
// ASM: tileloadd
// ASM: tdpbf16ps
// ASM: tdpbf16ps
// ASM: tileloadd
// ASM: tdpbf16ps
// ASM: tdpbf16ps
// ASM: tileloadd
// ASM: tileloadd
// ASM: tileloadd
// ASM: tdpbf16ps
// ASM: tdpbf16ps
// ASM: tileloadd
// ASM: tdpbf16ps
// ASM: tdpbf16ps
// ASM: tileloadd
// ASM: tdpbf16ps
// ASM: tdpbf16ps
// ASM: tileloadd
// ASM: tdpbf16ps
// ASM: tdpbf16ps
// ASM-COUNT-4: tilestored
func.func @parts(%a: memref<256x768xf32> {tern.role = "a"}, %b: memref<768x768xf32> {tern.role = "b"},
                 %o: memref<256x768xf32> {tern.role = "o", tern.output}) attributes {tern.entry = "parts"} {
  tern_kernel.contract init(zero) ins(%a, %b : memref<256x768xf32>, memref<768x768xf32>) outs(%o : memref<256x768xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}
