// Memory of attention as sequences grow by four: forwards a thread's scratch stays the same; backwards the parts of dq, which
// tasks of one head share here, grow by four. Nothing has T times S elements.
// RUN: tern-opt %s -tern-expand-attention -tern-plan-memory | FileCheck %s

// CHECK-LABEL: func.func @forward_4096
// CHECK-SAME: scratch = [[SCRATCH:[0-9]+]] : i64
func.func @forward_4096(%q: memref<1x4096x128xf32> {tern.role = "q"}, %o: memref<1x4096x128xf32> {tern.role = "o", tern.output}, %l: memref<1x2x4096xf32> {tern.role = "l", tern.output})
    attributes {tern.entry = "forward_4096"} {
  tern_kernel.attention heads 2 kv_heads 2 causal scale 0.125 ins(%q, %q, %q : memref<1x4096x128xf32>, memref<1x4096x128xf32>, memref<1x4096x128xf32>) outs(%o, %l : memref<1x4096x128xf32>, memref<1x2x4096xf32>)
  return
}

// CHECK-LABEL: func.func @gradient_4096
// CHECK-SAME: peak = 8486912 : i64{{.*}}scratch = 352128 : i64
func.func @gradient_4096(%q: memref<1x4096x128xf32> {tern.role = "q"}, %l: memref<1x2x4096xf32> {tern.role = "l"}, %o: memref<1x4096x128xf32> {tern.role = "o", tern.output},
    %k: memref<1x4096x128xf32> {tern.role = "k", tern.output}, %v: memref<1x4096x128xf32> {tern.role = "v", tern.output}) attributes {tern.entry = "gradient_4096"} {
  tern_kernel.attention_grad heads 2 kv_heads 2 causal scale 0.125 ins(%q, %q, %q, %q, %l, %q : memref<1x4096x128xf32>, memref<1x4096x128xf32>, memref<1x4096x128xf32>, memref<1x4096x128xf32>, memref<1x2x4096xf32>, memref<1x4096x128xf32>)
      outs(%o, %k, %v : memref<1x4096x128xf32>, memref<1x4096x128xf32>, memref<1x4096x128xf32>)
  return
}

// CHECK-LABEL: func.func @forward_16384
// CHECK-SAME: scratch = [[SCRATCH]] : i64
func.func @forward_16384(%q: memref<1x16384x128xf32> {tern.role = "q"}, %o: memref<1x16384x128xf32> {tern.role = "o", tern.output}, %l: memref<1x2x16384xf32> {tern.role = "l", tern.output})
    attributes {tern.entry = "forward_16384"} {
  tern_kernel.attention heads 2 kv_heads 2 causal scale 0.125 ins(%q, %q, %q : memref<1x16384x128xf32>, memref<1x16384x128xf32>, memref<1x16384x128xf32>) outs(%o, %l : memref<1x16384x128xf32>, memref<1x2x16384xf32>)
  return
}

// CHECK-LABEL: func.func @gradient_16384
// CHECK-SAME: peak = 33718272 : i64{{.*}}scratch = 352128 : i64
func.func @gradient_16384(%q: memref<1x16384x128xf32> {tern.role = "q"}, %l: memref<1x2x16384xf32> {tern.role = "l"}, %o: memref<1x16384x128xf32> {tern.role = "o", tern.output},
    %k: memref<1x16384x128xf32> {tern.role = "k", tern.output}, %v: memref<1x16384x128xf32> {tern.role = "v", tern.output}) attributes {tern.entry = "gradient_16384"} {
  tern_kernel.attention_grad heads 2 kv_heads 2 causal scale 0.125 ins(%q, %q, %q, %q, %l, %q : memref<1x16384x128xf32>, memref<1x16384x128xf32>, memref<1x16384x128xf32>, memref<1x16384x128xf32>, memref<1x2x16384xf32>, memref<1x16384x128xf32>)
      outs(%o, %k, %v : memref<1x16384x128xf32>, memref<1x16384x128xf32>, memref<1x16384x128xf32>)
  return
}
