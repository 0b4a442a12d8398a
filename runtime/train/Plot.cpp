// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both drawings share the range computation; long runs are thinned to the resolution of the drawing by averaging, so
// that a file written at every checkpoint stays small.

#include "runtime/train/Plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace tern::rt {

namespace {

struct Range {
  double firstStep = std::numeric_limits<double>::infinity();
  double lastStep = -std::numeric_limits<double>::infinity();
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  bool empty() const { return firstStep > lastStep; }

  void include(const PlotPoint &point) {
    if (!std::isfinite(point.value))
      return;
    double step = static_cast<double>(point.step);
    firstStep = std::min(firstStep, step);
    lastStep = std::max(lastStep, step);
    low = std::min(low, point.value);
    high = std::max(high, point.value);
  }

  // A flat or single-point curve still needs an area to be drawn in.
  void widen() {
    if (lastStep == firstStep)
      lastStep = firstStep + 1;
    if (high == low) {
      high += 0.5;
      low -= 0.5;
    }
  }

  double across(double step) const { return (step - firstStep) / (lastStep - firstStep); }
  double up(double value) const { return (value - low) / (high - low); }
};

struct Canvas {
  static constexpr double width = 760, height = 420;
  static constexpr double left = 64, right = 20, top = 44, bottom = 44;

  static double x(double fraction) { return left + fraction * (width - left - right); }
  static double y(double fraction) { return height - bottom - fraction * (height - top - bottom); }
};

} // namespace

template <typename... Args>
static std::string format(const char *pattern, Args... args) {
  char buffer[512];
  int length = std::snprintf(buffer, sizeof(buffer), pattern, args...);
  return std::string(buffer, static_cast<size_t>(std::clamp(length, 0, 511)));
}

/// The points of one curve averaged into at most `buckets` points of equal step width.
static std::vector<std::pair<double, double>> thin(const std::vector<PlotPoint> &points, const Range &range,
                                                   int buckets) {
  std::vector<double> steps(buckets, 0), values(buckets, 0);
  std::vector<int64_t> counts(buckets, 0);
  for (const PlotPoint &point : points) {
    if (!std::isfinite(point.value))
      continue;
    double step = static_cast<double>(point.step);
    int bucket = std::min(buckets - 1, static_cast<int>(range.across(step) * buckets));
    steps[bucket] += step;
    values[bucket] += point.value;
    ++counts[bucket];
  }
  std::vector<std::pair<double, double>> result;
  for (int i = 0; i < buckets; ++i)
    if (counts[i] > 0)
      result.emplace_back(steps[i] / static_cast<double>(counts[i]), values[i] / static_cast<double>(counts[i]));
  return result;
}

static std::string escapeXml(const std::string &text) {
  std::string result;
  for (char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else
      result += c;
  }
  return result;
}

/// The largest of 1, 2, 5 times a power of ten that divides `span` into at least four parts.
static double niceInterval(double span) {
  double magnitude = std::pow(10.0, std::floor(std::log10(span)));
  for (double factor : {2.0, 1.0, 0.5, 0.2})
    if (span / (factor * magnitude) >= 4)
      return factor * magnitude;
  return 0.1 * magnitude;
}

static std::string gridSvg(const Range &range) {
  std::string svg;
  double interval = niceInterval(range.high - range.low);
  for (double v = std::ceil(range.low / interval) * interval; v <= range.high + interval * 1e-6; v += interval) {
    double y = Canvas::y(range.up(v));
    svg +=
        format("<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='#e3e3e3'/>\n", Canvas::x(0), y, Canvas::x(1), y);
    svg += format("<text x='%.1f' y='%.1f' text-anchor='end'>%.4g</text>\n", Canvas::x(0) - 8, y + 4, v);
  }
  interval = std::max(1.0, niceInterval(range.lastStep - range.firstStep));
  for (double s = std::ceil(range.firstStep / interval) * interval; s <= range.lastStep; s += interval) {
    double x = Canvas::x(range.across(s));
    svg +=
        format("<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='#f0f0f0'/>\n", x, Canvas::y(0), x, Canvas::y(1));
    svg += format("<text x='%.1f' y='%.1f' text-anchor='middle'>%.0f</text>\n", x, Canvas::y(0) + 18, s);
  }
  svg += format("<text x='%.1f' y='%.1f' text-anchor='middle'>step</text>\n", Canvas::x(0.5), Canvas::height - 8);
  return svg;
}

static std::string seriesSvg(const PlotSeries &series, const Range &range, size_t index) {
  std::string svg = "<polyline fill='none' stroke-width='1.6' stroke='" + escapeXml(series.color) + "' points='";
  for (auto [step, value] : thin(series.points, range, 500))
    svg += format("%.1f,%.1f ", Canvas::x(range.across(step)), Canvas::y(range.up(value)));
  svg += "'/>\n";
  double y = Canvas::top + 14 + 18 * static_cast<double>(index);
  svg += format("<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke-width='3' stroke='%s'/>\n", Canvas::width - 160,
                y - 4, Canvas::width - 136, y - 4, series.color.c_str());
  svg += format("<text x='%.1f' y='%.1f'>", Canvas::width - 130, y) + escapeXml(series.name) + "</text>\n";
  return svg;
}

std::string plotSvg(const std::string &title, const std::vector<PlotSeries> &series) {
  Range range;
  for (const PlotSeries &one : series)
    for (const PlotPoint &point : one.points)
      range.include(point);
  std::string svg = format("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %.0f %.0f' font-family='sans-serif' "
                           "font-size='12' fill='#444'>\n<rect width='100%%' height='100%%' fill='white'/>\n",
                           Canvas::width, Canvas::height);
  svg += format("<text x='%.1f' y='24' font-size='15'>", Canvas::left) + escapeXml(title) + "</text>\n";
  if (!range.empty()) {
    range.widen();
    svg += gridSvg(range);
    for (size_t i = 0; i < series.size(); ++i)
      if (!series[i].points.empty())
        svg += seriesSvg(series[i], range, i);
  }
  return svg + "</svg>\n";
}

/// U+2800 plus the dot mask of one character cell, as UTF-8.
static std::string brailleCell(unsigned mask) {
  return {'\xe2', static_cast<char>(0xa0 | (mask >> 6)), static_cast<char>(0x80 | (mask & 0x3f))};
}

std::string plotTerminal(const std::vector<PlotPoint> &points, int columns, int rows) {
  Range range;
  for (const PlotPoint &point : points)
    range.include(point);
  if (range.empty())
    return "";
  range.widen();
  // The dot numbering of a braille cell: two columns of four rows, the last row added later in the standard.
  static constexpr unsigned dots[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
  std::vector<unsigned> cells(static_cast<size_t>(columns) * rows, 0);
  for (auto [step, value] : thin(points, range, columns * 2)) {
    int x = std::clamp(static_cast<int>(range.across(step) * (columns * 2 - 1) + 0.5), 0, columns * 2 - 1);
    int y = std::clamp(static_cast<int>((1 - range.up(value)) * (rows * 4 - 1) + 0.5), 0, rows * 4 - 1);
    cells[static_cast<size_t>(y / 4) * columns + x / 2] |= dots[y % 4][x % 2];
  }
  std::string chart;
  for (int row = 0; row < rows; ++row) {
    chart += row == 0 ? format("%9.3g ", range.high) : row == rows - 1 ? format("%9.3g ", range.low) : "          ";
    for (int column = 0; column < columns; ++column)
      chart += brailleCell(cells[static_cast<size_t>(row) * columns + column]);
    chart += '\n';
  }
  return chart;
}

} // namespace tern::rt
