// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The only contract between the compiler and the runtime: what a compiled program exports (`tern_program`), and what the
// runtime hands to a compiled entry (`tern_ctx`). Plain C11, little endian, no ownership: everything here is static data
// of the program or lives as long as the context. Sizes are bytes, offsets are bytes from the start of the arena.

#ifndef TERN_ABI_H
#define TERN_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TERN_ABI_MAGIC 0x4e524554u // "TERN"
#define TERN_ABI_VERSION 4u
#define TERN_MAX_RANK 8
#define TERN_MAX_STATES 4
#define TERN_NONE UINT64_MAX // an offset that does not exist

typedef enum tern_dtype {
  TERN_F32 = 0,
  TERN_F64 = 1,
  TERN_BF16 = 2,
  TERN_F16 = 3,
  TERN_I32 = 4,
  TERN_I64 = 5,
  TERN_I8 = 6,
  TERN_I1 = 7, // one byte, 0 or 1
} tern_dtype;

// A dense row-major tensor in the arena. `name` is a role ("tokens", "targets", "loss", "learning_rate", ...).
typedef struct tern_tensor {
  const char *name;
  uint32_t dtype;
  uint32_t rank;
  int64_t shape[TERN_MAX_RANK];
  uint64_t offset;
  uint64_t bytes;
} tern_tensor;

// One named parameter. With layers > 0 the name holds "{i}", and layer l (named first_layer + l) lies at
// offset + l * layer_stride; shape and bytes are those of one layer. gradient follows the same stride rule with
// its own base, states have strides too; they are TERN_NONE where the program does not train the parameter.
//
// With load > 0 the program keeps the parameter in a form of its own, and entry number load - 1 makes it: its input "value"
// holds the canonical bytes of one layer, of which this parameter's start at offset; its input "layer" (i64) counts from 0.
// layer_stride is 0 then, gradient and state are TERN_NONE. Parameters with the same `load` are parts of one layer: all of
// them are written before the call.
typedef struct tern_param {
  const char *name;
  uint32_t dtype;
  uint32_t rank;
  int64_t shape[TERN_MAX_RANK];
  uint64_t bytes;
  uint32_t layers;
  uint32_t first_layer;
  uint64_t layer_stride;
  uint64_t offset;
  uint64_t gradient;
  uint64_t state[TERN_MAX_STATES]; // in the order of tern_manifest.state_names
  uint64_t state_stride[TERN_MAX_STATES]; // from layer to layer
  uint32_t trainable;
  uint32_t load; // 0, or 1 + the number of the entry that packs a layer
} tern_param;

typedef struct tern_ctx tern_ctx;

struct tern_ctx {
  uint8_t *arena;   // 64-byte aligned, tern_memory.arena bytes, zero at start
  uint8_t *scratch; // 64-byte aligned, threads * tern_memory.scratch_per_thread bytes
  void (*barrier)(tern_ctx *ctx, uint32_t thread, uint32_t threads, uint32_t region); // ends a region of the entry
  void *runtime;  // owned by whoever made the context
  int32_t status; // 0, or the first error
  int32_t reserved;
};

// Every thread calls the entry once with its own `thread` in [0, threads). Returns 0 on success.
typedef int32_t (*tern_entry_fn)(tern_ctx *ctx, uint32_t thread, uint32_t threads);

// What threads do between two barriers of an entry. Costs are those of one execution.
typedef struct tern_region {
  const char *kernel;   // "contract", "attention", "elementwise", ...
  const char *shape;    // for people: "256x2304x768 nn"
  const char *location; // "model.mlir:29:14", or ""
  uint64_t flops;
  uint64_t read;    // bytes
  uint64_t written; // bytes
  uint64_t calls;   // executions in one call of the entry
  uint32_t dtype;   // what products multiply in
  uint32_t updates; // 1: writes where it reads
} tern_region;

typedef struct tern_entry {
  const char *name; // "init", "forward", "loss", "grad", "update", "prefill", "decode", "encode", "fork"
  tern_entry_fn run;
  const tern_tensor *inputs; // written by the runtime before the call
  const tern_tensor *outputs; // read by the runtime after the call
  uint32_t input_count;
  uint32_t output_count;
  uint64_t flops; // of one call, from the static plan
  uint64_t bytes; // least traffic of one call: every distinct operand once
  const tern_region *regions; // by the number that the barrier is told
  uint32_t region_count;
  uint32_t carries; // 1: keeps a state of each sequence, which goes on or starts anew, but not back
} tern_entry;

// The memory plan, exact. arena = persistent classes + the transient peak, alignment included.
typedef struct tern_memory {
  uint64_t parameters;
  uint64_t gradients;
  uint64_t optimizer;
  uint64_t activations; // kept from forward to backward, at the peak
  uint64_t workspace;   // the rest of the transient peak
  uint64_t cache;       // key-value cache
  uint64_t io;          // inputs and outputs of entries
  uint64_t scratch_per_thread;
  uint64_t arena;
} tern_memory;

typedef struct tern_manifest {
  uint32_t magic;
  uint32_t version;
  uint32_t manifest_bytes; // sizeof(tern_manifest) of the compiler that wrote it
  uint32_t param_bytes;    // sizeof(tern_param)
  uint32_t entry_bytes;    // sizeof(tern_entry)
  uint32_t tensor_bytes;   // sizeof(tern_tensor)
  const char *model;       // the module's symbol name
  const char *objective;   // "causal-lm", "loss", "none"
  const char *tokenizer;   // default tokenizer, may be ""
  const char *optimizer;   // "adamw", "sgd", ..., ""
  const char *precision;   // "f32", "f64"
  const char *isa;         // target CPU and features the code needs
  const char *compiler;    // "tern 0.1.0"
  const char *source_hash; // of the model text and every option that changes the program
  const char *const *state_names; // optimizer state, e.g. {"m", "v"}
  const uint32_t *state_shapes;   // per state: 0 the parameter's shape, 1 without its last dimension, 2 without the one
                                  // before; null: all 0
  uint32_t state_count;
  uint32_t param_count;
  const tern_param *params;
  const tern_entry *entries;
  uint32_t entry_count;
  uint32_t context; // positions of a sequence in the caches of "prefill" and "decode", 0 if there are none
  int64_t batch;   // micro-batch
  int64_t seq;     // sequence length of training entries, 0 if the model has none
  int64_t vocab;   // token ids lie below: rows of the table they are looked up in, width of logits; 0 if there is no bound
  tern_memory memory;
} tern_manifest;

// Features of x86-64 that code may need: bit of tern_variant.features, LLVM's name, and where CPUID tells it (leaf, subleaf,
// register 0..3 for a..d, bit). A bit keeps its meaning for ever; new ones are added at the end.
#define TERN_X86_FEATURES(FEATURE) \
  FEATURE(0, "sse3", 1, 0, 2, 0) \
  FEATURE(1, "ssse3", 1, 0, 2, 9) \
  FEATURE(2, "sse4.1", 1, 0, 2, 19) \
  FEATURE(3, "sse4.2", 1, 0, 2, 20) \
  FEATURE(4, "popcnt", 1, 0, 2, 23) \
  FEATURE(5, "cx16", 1, 0, 2, 13) \
  FEATURE(6, "sahf", 0x80000001, 0, 2, 0) \
  FEATURE(7, "avx", 1, 0, 2, 28) \
  FEATURE(8, "f16c", 1, 0, 2, 29) \
  FEATURE(9, "fma", 1, 0, 2, 12) \
  FEATURE(10, "movbe", 1, 0, 2, 22) \
  FEATURE(11, "lzcnt", 0x80000001, 0, 2, 5) \
  FEATURE(12, "bmi", 7, 0, 1, 3) \
  FEATURE(13, "avx2", 7, 0, 1, 5) \
  FEATURE(14, "bmi2", 7, 0, 1, 8) \
  FEATURE(15, "avx512f", 7, 0, 1, 16) \
  FEATURE(16, "avx512dq", 7, 0, 1, 17) \
  FEATURE(17, "avx512cd", 7, 0, 1, 28) \
  FEATURE(18, "avx512bw", 7, 0, 1, 30) \
  FEATURE(19, "avx512vl", 7, 0, 1, 31) \
  FEATURE(20, "avx512ifma", 7, 0, 1, 21) \
  FEATURE(21, "avx512vbmi", 7, 0, 2, 1) \
  FEATURE(22, "avx512vbmi2", 7, 0, 2, 6) \
  FEATURE(23, "avx512vnni", 7, 0, 2, 11) \
  FEATURE(24, "avx512bitalg", 7, 0, 2, 12) \
  FEATURE(25, "avx512vpopcntdq", 7, 0, 2, 14) \
  FEATURE(26, "avx512fp16", 7, 0, 3, 23) \
  FEATURE(27, "avx512bf16", 7, 1, 0, 5) \
  FEATURE(28, "avxvnni", 7, 1, 0, 4) \
  FEATURE(29, "avxifma", 7, 1, 0, 23) \
  FEATURE(30, "avxvnniint8", 7, 1, 3, 4) \
  FEATURE(31, "avxvnniint16", 7, 1, 3, 10) \
  FEATURE(32, "avxneconvert", 7, 1, 3, 5) \
  FEATURE(33, "gfni", 7, 0, 2, 8) \
  FEATURE(34, "aes", 1, 0, 2, 25) \
  FEATURE(35, "pclmul", 1, 0, 2, 1) \
  FEATURE(36, "sha", 7, 0, 1, 29) \
  FEATURE(37, "adx", 7, 0, 1, 19) \
  FEATURE(38, "amx-tile", 7, 0, 3, 24) \
  FEATURE(39, "amx-bf16", 7, 0, 3, 22) \
  FEATURE(40, "amx-int8", 7, 0, 3, 25) \
  FEATURE(41, "amx-fp16", 7, 1, 0, 21) \
  FEATURE(42, "amx-complex", 7, 1, 3, 8)

// The same model for one set of instructions: code, memory plan and all.
typedef struct tern_variant {
  const char *isa;   // as in the manifest: "x86-64-v4 +avx512bf16"
  uint64_t features; // bits of TERN_X86_FEATURES that the code needs; 0 on other architectures
  const tern_manifest *manifest;
} tern_variant;

typedef struct tern_variants {
  uint32_t magic;
  uint32_t version;
  uint32_t variant_bytes; // sizeof(tern_variant)
  uint32_t count;
  const tern_variant *variants; // the more features one needs, the later it stands
} tern_variants;

// Defined by every compiled program.
extern const tern_variants tern_program;

#ifdef __cplusplus
static_assert(sizeof(tern_tensor) == 96 && sizeof(tern_ctx) == 40, "layout is part of the contract");
static_assert(sizeof(tern_param) == 192 && sizeof(tern_entry) == 72, "layout is part of the contract");
static_assert(sizeof(tern_memory) == 72 && sizeof(tern_manifest) == 232, "layout is part of the contract");
static_assert(sizeof(tern_variant) == 24 && sizeof(tern_variants) == 24, "layout is part of the contract");
static_assert(sizeof(tern_region) == 64, "layout is part of the contract");
}
#else
_Static_assert(sizeof(tern_tensor) == 96 && sizeof(tern_ctx) == 40, "layout is part of the contract");
_Static_assert(sizeof(tern_param) == 192 && sizeof(tern_entry) == 72, "layout is part of the contract");
_Static_assert(sizeof(tern_memory) == 72 && sizeof(tern_manifest) == 232, "layout is part of the contract");
_Static_assert(sizeof(tern_variant) == 24 && sizeof(tern_variants) == 24, "layout is part of the contract");
_Static_assert(sizeof(tern_region) == 64, "layout is part of the contract");
#endif

#endif // TERN_ABI_H
