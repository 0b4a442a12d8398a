// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Drawings of ordinary and of degenerate curves.

#include "runtime/train/Plot.h"

#include <cmath>
#include <gmock/gmock.h>

namespace tern::rt {

using testing::HasSubstr;
using testing::Not;

static std::vector<PlotPoint> falling(int64_t count) {
  std::vector<PlotPoint> points;
  for (int64_t step = 1; step <= count; ++step)
    points.push_back({step, 10.0 / static_cast<double>(step)});
  return points;
}

TEST(Plot, svg_holds_every_series_and_escapes_text) {
  std::string svg = plotSvg("a < b & c", {{"training", "blue", falling(100)}, {"validation", "red", falling(3)}});
  EXPECT_THAT(svg, testing::StartsWith("<svg"));
  EXPECT_THAT(svg, HasSubstr("a &lt; b &amp; c"));
  EXPECT_THAT(svg, HasSubstr(">training</text>"));
  EXPECT_THAT(svg, HasSubstr(">validation</text>"));
  EXPECT_THAT(svg, testing::EndsWith("</svg>\n"));
}

TEST(Plot, svg_of_a_long_run_stays_small) {
  EXPECT_LT(plotSvg("long", {{"training", "blue", falling(200000)}}).size(), 20000u);
}

TEST(Plot, no_points_one_point_and_flat_curves_are_drawn) {
  EXPECT_THAT(plotSvg("none", {{"training", "blue", {}}}), Not(HasSubstr("polyline")));
  EXPECT_THAT(plotSvg("one", {{"training", "blue", {{1, 2.0}}}}), Not(HasSubstr("nan")));
  EXPECT_THAT(plotSvg("flat", {{"training", "blue", {{1, 2.0}, {9, 2.0}}}}), Not(HasSubstr("nan")));
  EXPECT_EQ(plotTerminal({}, 10, 4), "");
  EXPECT_NE(plotTerminal({{1, 2.0}}, 10, 4), "");
}

TEST(Plot, points_that_are_not_finite_are_left_out) {
  std::string svg = plotSvg("holes", {{"training", "blue", {{1, 1.0}, {2, NAN}, {3, INFINITY}, {4, 2.0}}}});
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

TEST(Plot, terminal_chart_falls_from_the_top_left_to_the_bottom_right) {
  std::string chart = plotTerminal({{1, 4.0}, {2, 1.0}}, 2, 2);
  // U+2801: the dot at the top left. U+2880: the dot at the bottom right.
  EXPECT_EQ(chart, "        4 \u2801\u2800\n        1 \u2800\u2880\n");
}

} // namespace tern::rt
