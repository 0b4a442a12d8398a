// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which variant a machine gets, told by feature bits alone: the machines here are made up.

#include "runtime/core/Variants.h"
#include "../FakeProgram.h"
#include "../Support.h"

namespace tern::rt::test {

namespace {

constexpr uint64_t kAvx2 = uint64_t(1) << 13, kAvx512 = uint64_t(1) << 15, kTile = uint64_t(1) << 38;

class Variants : public testing::Test {
protected:
  tern_variant rows[4] = {{"x86-64", 0, &bigramProgram()},
                          {"x86-64-v3", kAvx2, &bigramProgram()},
                          {"x86-64-v4", kAvx2 | kAvx512, &bigramProgram()},
                          {"x86-64-v4 +amx-tile", kAvx2 | kAvx512 | kTile, &bigramProgram()}};
  tern_variants program{TERN_ABI_MAGIC, TERN_ABI_VERSION, sizeof(tern_variant), 4, rows};

  Processor machine(uint64_t features, bool hasPermission = true) {
    return {features, [this, hasPermission] {
              ++asked;
              return hasPermission;
            }};
  }
  std::string picked(const Processor &processor, std::string_view wanted = "") {
    Result<const tern_variant *> variant = pickVariant(program, wanted, processor);
    return variant ? (*variant)->isa : "error: " + variant.message();
  }
  int asked = 0;
};

TEST_F(Variants, the_most_demanding_one_that_fits) {
  EXPECT_EQ(picked(machine(0)), "x86-64");
  EXPECT_EQ(picked(machine(kAvx2)), "x86-64-v3");
  EXPECT_EQ(picked(machine(kAvx512)), "x86-64"); // half of what v4 needs
  EXPECT_EQ(picked(machine(kAvx2 | kAvx512)), "x86-64-v4");
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(picked(machine(~uint64_t(0))), "x86-64-v4 +amx-tile");
  EXPECT_EQ(asked, 1);
}

TEST_F(Variants, refused_tiles_are_no_tiles) {
  EXPECT_EQ(picked(machine(~uint64_t(0), false)), "x86-64-v4");
  EXPECT_FAILURE(pickVariant(program, "x86-64-v4+amx-tile", machine(~uint64_t(0), false)), "cannot be used",
                 "the system refuses the use of tile registers", "x86-64-v4: can be used");
}

TEST_F(Variants, tiles_are_asked_for_only_where_they_are_used) {
  EXPECT_EQ(picked(machine(~uint64_t(0)), "x86-64-v3"), "x86-64-v3");
  EXPECT_EQ(asked, 0);
}

TEST_F(Variants, wanted_by_name) {
  EXPECT_EQ(picked(machine(~uint64_t(0)), "x86-64-v4 +amx-tile"), "x86-64-v4 +amx-tile");
  EXPECT_EQ(picked(machine(~uint64_t(0)), "x86-64-v4+amx-tile"), "x86-64-v4 +amx-tile");
  EXPECT_FAILURE(pickVariant(program, "x86-64-v9", machine(kAvx2)), "no variant 'x86-64-v9'", "x86-64-v3: can be used",
                 "x86-64-v4: this machine lacks avx512f");
  EXPECT_FAILURE(pickVariant(program, "x86-64-v4", machine(kAvx2)), "'x86-64-v4' cannot be used: this machine lacks avx512f",
                 "x86-64-v3: can be used");
}

TEST_F(Variants, no_usable_one_names_what_is_missing) {
  program.variants = rows + 2;
  program.count = 2;
  EXPECT_FAILURE(pickVariant(program, "", machine(kAvx2)), "cannot run the program",
                 "x86-64-v4: this machine lacks avx512f", "x86-64-v4+amx-tile: this machine lacks avx512f amx-tile",
                 "--mcpu=x86-64");
}

TEST_F(Variants, damaged_tables) {
  program.version = 1;
  EXPECT_FAILURE(pickVariant(program, "", machine(0)), "has version 1", "compile the model again");
  program.version = TERN_ABI_VERSION;
  program.magic = 1;
  EXPECT_FAILURE(pickVariant(program, "", machine(0)), "not a Tern program");
  program.magic = TERN_ABI_MAGIC;
  program.count = 0;
  EXPECT_FAILURE(pickVariant(program, "", machine(0)), "table of variants is not whole");
  program.count = 4;
  rows[2].manifest = nullptr;
  EXPECT_FAILURE(pickVariant(program, "", machine(0)), "table of variants is not whole");
}

#if defined(__x86_64__) && defined(__has_builtin)
TEST(ThisProcessor, agrees_with_the_compiler) {
  auto has = [](unsigned bit) { return (thisProcessor().features >> bit & 1) != 0; };
  EXPECT_EQ(has(3), __builtin_cpu_supports("sse4.2") != 0);
  EXPECT_EQ(has(9), __builtin_cpu_supports("fma") != 0);
  EXPECT_EQ(has(13), __builtin_cpu_supports("avx2") != 0);
  EXPECT_EQ(has(14), __builtin_cpu_supports("bmi2") != 0);
  EXPECT_EQ(has(15), __builtin_cpu_supports("avx512f") != 0);
  EXPECT_EQ(has(19), __builtin_cpu_supports("avx512vl") != 0);
  EXPECT_EQ(has(23), __builtin_cpu_supports("avx512vnni") != 0);
  EXPECT_EQ(has(27), __builtin_cpu_supports("avx512bf16") != 0);
}
#endif

} // namespace

} // namespace tern::rt::test
