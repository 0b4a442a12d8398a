// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which ceiling binds what.

#include "runtime/cli/Roofline.h"
#include "../Support.h"
#include "runtime/abi/tern.h"

namespace tern::rt::test {

namespace {

// A machine of 100 f32, 200 bf16 and 800 tile FLOP/s; 10, 8 and 12 byte/s.
Ceilings machine(bool hasTiles) {
  Ceilings ceilings;
  ceilings.fma32.value = {1, 100};
  ceilings.fma64.value = {1, 50};
  ceilings.dotBf16.value = {1, 200};
  ceilings.tileBf16.value = {1, hasTiles ? 800.0 : 0.0};
  ceilings.read.value = {1, 10};
  ceilings.copy.value = {1, 8};
  ceilings.update.value = {1, 12};
  return ceilings;
}

TEST(Roofline, products_are_bound_by_the_fastest_unit_of_their_precision) {
  auto ceiling = [](uint32_t dtype, bool hasTiles) { return boundOf(machine(hasTiles), {1000, 1, 0, dtype, false}, 10); };
  EXPECT_EQ(ceiling(TERN_F32, true).ceiling, 100);
  EXPECT_EQ(ceiling(TERN_F64, true).ceiling, 50);
  EXPECT_EQ(ceiling(TERN_BF16, true).ceiling, 800);
  EXPECT_STREQ(ceiling(TERN_BF16, true).name, "amx");
  EXPECT_EQ(ceiling(TERN_BF16, false).ceiling, 200);
  EXPECT_STREQ(ceiling(TERN_BF16, false).name, "dot");
  EXPECT_EQ(ceiling(TERN_I8, true).ceiling, 100) << "neither unit for bytes";
  EXPECT_EQ(ceiling(TERN_F32, true).fraction, 1);
}

TEST(Roofline, memory_by_the_way_it_is_moved) {
  auto bound = [](double read, double written, bool updates) {
    return std::string(boundOf(machine(false), {0, read, written, TERN_F32, updates}, 1).name);
  };
  EXPECT_EQ(bound(100, 10, false), "read");
  EXPECT_EQ(bound(100, 100, false), "copy");
  EXPECT_EQ(bound(40, 30, true), "update");
  EXPECT_EQ(boundOf(machine(false), {0, 4, 4, TERN_F32, false}, 2).fraction, 0.5);
}

TEST(Roofline, units_of_this_machine) {
  std::vector<std::string> names;
  auto ceilings = measureCeilings(1, [&](const NamedCeiling &ceiling) { names.push_back(ceiling.name); });
  ASSERT_SUCCESS(ceilings);
  EXPECT_GT(ceilings->fma32.value.perSecond(), 1e6);
  EXPECT_EQ(names.front(), "ceiling.fma.f32");
  EXPECT_EQ(names.back(), "ceiling.update");
  EXPECT_FAILURE(measureCeilings(0, [](const NamedCeiling &) {}), "between 1 and 64");
}

} // namespace

} // namespace tern::rt::test
