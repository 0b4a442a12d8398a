// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fraction of a class is the time that its regions would take at their ceilings over the time that they take.

#include "runtime/cli/Profile.h"

#include "runtime/core/Json.h"

#include <algorithm>
#include <cstdio>
#include <map>

namespace tern::rt {

namespace {

struct Row {
  std::string kernel, shape, location;
  int64_t region = -1; // -1: a class
  uint64_t regions = 1, calls = 0;
  double seconds = 0, flops = 0, bytes = 0;
  double atCeiling = 0; // seconds that it would take at its ceilings
  double busy = 0;      // seconds of work, of all threads together, by thread
  double ceiling = 0;   // of the region that takes longest, as is the bound
  double longest = 0;
  std::string bound;

  double fraction() const { return seconds > 0 ? atCeiling / seconds : 0; }
  double occupancy() const { return seconds > 0 ? busy / seconds : 1; }
};

} // namespace

static Row rowOf(const TimedCall &call, size_t index, const Ceilings &ceilings) {
  const tern_region &region = regions(*call.entry)[index];
  double calls = static_cast<double>(region.calls);
  Work work{calls * static_cast<double>(region.flops), calls * static_cast<double>(region.read),
            calls * static_cast<double>(region.written), region.dtype, region.updates != 0};
  double seconds = call.clock.elapsed(index);
  Bound bound = boundOf(ceilings, work, seconds);
  Row row;
  row.kernel = region.kernel;
  row.shape = region.shape;
  row.location = region.location;
  row.region = static_cast<int64_t>(index);
  row.calls = region.calls;
  row.seconds = row.longest = seconds;
  row.flops = work.flops;
  row.bytes = work.bytes();
  row.atCeiling = seconds > 0 ? bound.fraction * seconds : 0;
  row.busy = call.clock.occupancy(index) * seconds;
  row.ceiling = bound.ceiling;
  row.bound = bound.name;
  return row;
}

static void add(Row &sum, const Row &row) {
  sum.kernel = row.kernel;
  if (row.longest >= sum.longest) {
    sum.longest = row.longest;
    sum.bound = row.bound;
    sum.ceiling = row.ceiling;
  }
  sum.regions += 1;
  sum.calls += row.calls;
  sum.seconds += row.seconds;
  sum.flops += row.flops;
  sum.bytes += row.bytes;
  sum.atCeiling += row.atCeiling;
  sum.busy += row.busy;
}

static std::vector<Row> classesOf(const std::vector<Row> &rows) {
  std::map<std::string, Row> byKernel;
  for (const Row &row : rows) {
    auto [found, isNew] = byKernel.try_emplace(row.kernel);
    if (isNew)
      found->second.regions = 0;
    add(found->second, row);
  }
  std::vector<Row> classes;
  for (auto &[kernel, row] : byKernel)
    classes.push_back(std::move(row));
  return classes;
}

static void sortByTime(std::vector<Row> &rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const Row &left, const Row &right) { return left.seconds > right.seconds; });
}

static void printJson(const std::string &name, const Row &row, double total, const ProfileStyle &style) {
  bool isClass = row.region < 0;
  double perSecond = row.seconds > 0 ? 1e-9 / row.seconds : 0;
  JsonObject line;
  line.add("name", name).add("kernel", isClass ? "class" : "region").add("class", row.kernel);
  if (isClass)
    line.add("regions", row.regions);
  else
    line.add("region", static_cast<uint64_t>(row.region)).add("shape", row.shape).add("location", row.location);
  line.add("calls", row.calls).add("threads", style.threads).add("time_s", row.seconds).add("share", row.seconds / total);
  line.add("flops", static_cast<uint64_t>(row.flops)).add("bytes", static_cast<uint64_t>(row.bytes));
  line.add("gflops", row.flops * perSecond).add("gbs", row.bytes * perSecond).add("bound", row.bound);
  line.add("ceiling", row.ceiling / 1e9).add("fraction", row.fraction()).add("occupancy", row.occupancy());
  std::printf("%s\n", line.text().c_str());
}

static void printText(const Row &row, double total) {
  double perSecond = row.seconds > 0 ? 1e-9 / row.seconds : 0;
  std::string what = row.region < 0 ? row.kernel : "  " + row.kernel + " " + row.shape;
  std::printf("  %-44s %6llu %10.3f ms %5.1f %% %9.2f GFLOP/s %7.2f GB/s %6.1f %% of %-6s %5.1f %% busy", what.c_str(),
              static_cast<unsigned long long>(row.calls), row.seconds * 1e3, 100 * row.seconds / total,
              row.flops * perSecond, row.bytes * perSecond, 100 * row.fraction(), row.bound.c_str(),
              100 * row.occupancy());
  std::printf("%s%s\n", row.location.empty() ? "" : "  ", row.location.c_str());
}

void printProfile(const std::string &name, double seconds, std::span<const TimedCall> calls, const Ceilings &ceilings,
                  const ProfileStyle &style) {
  std::vector<Row> rows;
  double inside = 0;
  for (const TimedCall &call : calls)
    for (size_t index = 0; index < call.clock.regions(); ++index) {
      rows.push_back(rowOf(call, index, ceilings));
      inside += rows.back().seconds;
    }
  std::vector<Row> classes = classesOf(rows);
  Row rest; // before the first region and after the last one
  rest.kernel = "rest";
  rest.regions = 0;
  rest.seconds = std::max(0.0, seconds - inside);
  rest.bound = "none";
  rest.busy = rest.seconds;
  classes.push_back(rest);
  sortByTime(classes);
  sortByTime(rows);
  bool showsRegions = style.json || style.everyRegion;
  for (const Row &one : classes) {
    style.json ? printJson(name, one, seconds, style) : printText(one, seconds);
    for (const Row &row : rows)
      if (showsRegions && row.kernel == one.kernel)
        style.json ? printJson(name, row, seconds, style) : printText(row, seconds);
  }
  std::fflush(stdout);
}

} // namespace tern::rt
