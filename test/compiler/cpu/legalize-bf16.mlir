// RUN: tern-opt %s -tern-legalize-bf16 | FileCheck %s

// CHECK-LABEL: @store
// CHECK: %[[BITS:.*]] = llvm.bitcast %{{.*}} : vector<8xbf16> to vector<8xi16>
// CHECK: llvm.intr.masked.store %[[BITS]]
llvm.func @store(%value: vector<8xbf16>, %to: !llvm.ptr, %mask: vector<8xi1>) {
  llvm.intr.masked.store %value, %to, %mask {alignment = 2 : i32} : vector<8xbf16>, vector<8xi1> into !llvm.ptr
  llvm.return
}

// Other types are left alone.
// CHECK-LABEL: @other
// CHECK-NOT: bitcast
// CHECK: llvm.return
llvm.func @other(%value: vector<8xf32>, %to: !llvm.ptr, %mask: vector<8xi1>, %zero: vector<8xf32>) -> vector<8xf32> {
  llvm.intr.masked.store %value, %to, %mask {alignment = 4 : i32} : vector<8xf32>, vector<8xi1> into !llvm.ptr
  %x = llvm.intr.masked.load %to, %mask, %zero {alignment = 4 : i32} : (!llvm.ptr, vector<8xi1>, vector<8xf32>) -> vector<8xf32>
  llvm.return %x : vector<8xf32>
}
