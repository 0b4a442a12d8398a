// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loss curves: an SVG drawing for files and a braille chart for terminals. Builds strings, writes nothing.

#ifndef TERN_RUNTIME_TRAIN_PLOT_H
#define TERN_RUNTIME_TRAIN_PLOT_H

#include <cstdint>
#include <string>
#include <vector>

namespace tern::rt {

struct PlotPoint {
  int64_t step;
  double value;
};

/// One line of a plot. Points that are not finite are left out.
struct PlotSeries {
  std::string name;
  std::string color; // an SVG color
  std::vector<PlotPoint> points;
};

/// A self-contained SVG document with axes, grid, legend and one line per series.
std::string plotSvg(const std::string &title, const std::vector<PlotSeries> &series);

/// A chart of `columns` x `rows` characters (2 x 4 braille dots each) with the value range at the left.
std::string plotTerminal(const std::vector<PlotPoint> &points, int columns, int rows);

} // namespace tern::rt

#endif // TERN_RUNTIME_TRAIN_PLOT_H
