// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Program: what it derives from a manifest, and the manifests that it refuses.

#include "runtime/core/Program.h"
#include "../FakeProgram.h"
#include "../Support.h"

namespace tern::rt::test {

namespace {

tern_manifest copyOf(const tern_manifest &manifest) { return manifest; }

TEST(Program, expands_layers) {
  Result<Program> program = Program::create(bigramProgram());
  ASSERT_SUCCESS(program);
  ASSERT_EQ(program->parameters().size(), 3u);
  const Parameter *last = program->findParameter("h.1.bias");
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(last->offset, program->findParameter("h.0.bias")->offset + 1024);
  EXPECT_EQ(last->gradient, program->findParameter("h.0.bias")->gradient + 1024);
  EXPECT_EQ(last->state[1], program->findParameter("h.0.bias")->state[1] + 1024);
  EXPECT_EQ(last->state[2], TERN_NONE);
  EXPECT_EQ(last->shape, std::vector<int64_t>{256});
  EXPECT_EQ(program->findParameter("h.{i}.bias"), nullptr);
  EXPECT_EQ(program->parameterElements(), 256u * 256 + 512);
}

TEST(Program, names_layers_from_the_first_one) {
  tern_manifest manifest = copyOf(bigramProgram());
  tern_param params[2] = {manifest.params[0], manifest.params[1]};
  params[1].first_layer = 7;
  manifest.params = params;
  Result<Program> program = Program::create(manifest);
  ASSERT_SUCCESS(program);
  EXPECT_NE(program->findParameter("h.8.bias"), nullptr);
}

TEST(Program, missing_entry_lists_what_there_is) {
  Result<Program> program = Program::create(regressionProgram());
  ASSERT_SUCCESS(program);
  EXPECT_FAILURE(program->entry("decode"), "no entry 'decode'", "init, forward, loss, grad, update");
  EXPECT_EQ(program->findEntry("decode"), nullptr);
}

TEST(Program, refuses_other_versions) {
  tern_manifest manifest = copyOf(bigramProgram());
  manifest.version = 99;
  EXPECT_FAILURE(Program::create(manifest), "version 99", "compile the model again");
  manifest = copyOf(bigramProgram());
  manifest.magic = 1;
  EXPECT_FAILURE(Program::create(manifest), "not a Tern program");
  manifest = copyOf(bigramProgram());
  manifest.param_bytes = 8;
  EXPECT_FAILURE(Program::create(manifest), "structure sizes");
  manifest = copyOf(bigramProgram());
  manifest.isa = nullptr;
  EXPECT_FAILURE(Program::create(manifest), "a text of its manifest is missing");
  manifest = copyOf(bigramProgram());
  manifest.memory.scratch_per_thread = 100;
  EXPECT_FAILURE(Program::create(manifest), "not a multiple of 64");
}

Status createWith(void (*damage)(tern_param &)) {
  tern_manifest manifest = copyOf(bigramProgram());
  tern_param params[2] = {manifest.params[0], manifest.params[1]};
  damage(params[1]);
  manifest.params = params;
  Result<Program> program = Program::create(manifest);
  return program.ok() ? success() : Status(program.takeError());
}

TEST(Program, refuses_damaged_parameters) {
  EXPECT_FAILURE(createWith([](tern_param &p) { p.offset = 1u << 30; }), "'h.{i}.bias' lies outside the arena");
  EXPECT_FAILURE(createWith([](tern_param &p) { p.offset += 2; }), "misaligned");
  EXPECT_FAILURE(createWith([](tern_param &p) { p.layer_stride = UINT64_MAX; }), "lies outside the arena");
  EXPECT_FAILURE(createWith([](tern_param &p) { p.state[1] = UINT64_MAX - 8; }), "lies outside the arena");
  EXPECT_FAILURE(createWith([](tern_param &p) { p.bytes = 4; }), "claims 4 bytes");
  EXPECT_FAILURE(createWith([](tern_param &p) { p.shape[0] = -1; }), "claims 1024 bytes");
  EXPECT_FAILURE(createWith([](tern_param &p) { p.dtype = 77; }), "unknown element type 77");
  EXPECT_FAILURE(createWith([](tern_param &p) { p.rank = 9; }), "rank 9");
  EXPECT_FAILURE(createWith([](tern_param &p) { p.layers = 0; }), "0 layers");
  EXPECT_FAILURE(createWith([](tern_param &p) { p.name = "wte.weight"; }), "2 layers");
  EXPECT_FAILURE(createWith([](tern_param &p) { p.name = nullptr; }), "has no name");
}

TEST(Program, refuses_two_parameters_of_one_name) {
  tern_manifest manifest = copyOf(bigramProgram());
  tern_param params[2] = {manifest.params[0], manifest.params[0]};
  manifest.params = params;
  EXPECT_FAILURE(Program::create(manifest), "two parameters are named 'wte.weight'");
}

TEST(Program, refuses_damaged_entries) {
  tern_manifest manifest = copyOf(bigramProgram());
  tern_entry entry = manifest.entries[1];
  manifest.entries = &entry;
  manifest.entry_count = 1;
  tern_tensor tensor = entry.outputs[0];
  entry.outputs = &tensor;
  tensor.offset = manifest.memory.arena;
  EXPECT_FAILURE(Program::create(manifest), "'logits' of entry 'forward' lies outside the arena");
  tensor.shape[0] = INT64_MAX;
  EXPECT_FAILURE(Program::create(manifest), "claims 8192 bytes");
  entry.run = nullptr;
  EXPECT_FAILURE(Program::create(manifest), "no code");
}

TEST(Program, refuses_damaged_regions) {
  tern_manifest manifest = copyOf(bigramProgram());
  tern_entry entry = manifest.entries[1];
  manifest.entries = &entry;
  manifest.entry_count = 1;
  tern_region region = {"gather", "8x256", "model.mlir:3:1", 100, 8192, 8192, 12, TERN_F32, 0};
  entry.regions = &region;
  entry.region_count = 1;
  ASSERT_SUCCESS(Program::create(manifest));
  region.read = UINT64_MAX / 11;
  EXPECT_FAILURE(Program::create(manifest), "region 'gather' of entry 'forward' claims impossible costs");
  region.dtype = 77;
  EXPECT_FAILURE(Program::create(manifest), "region 'gather' of entry 'forward' has unknown element type 77");
  region.location = nullptr;
  EXPECT_FAILURE(Program::create(manifest), "a region of entry 'forward' has no name");
  entry.regions = nullptr;
  EXPECT_FAILURE(Program::create(manifest), "entry 'forward' has no region table");
}

TEST(Program, shapes_as_text) {
  EXPECT_EQ(shapeText({}), "()");
  EXPECT_EQ(shapeText(std::vector<int64_t>{4, 64}), "(4, 64)");
}

} // namespace

} // namespace tern::rt::test
