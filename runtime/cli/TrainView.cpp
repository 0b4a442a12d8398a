// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every line is flushed: a run that is killed has shown what it did.

#include "runtime/cli/TrainView.h"

#include "runtime/cli/Setup.h"
#include "runtime/core/Json.h"

#include <cmath>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace tern::rt {

static constexpr int kBarCells = 24;
static constexpr auto kRedraw = std::chrono::milliseconds(100);

static void printLine(const std::string &text) {
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);
}

static std::string durationText(double seconds) {
  char text[48];
  long long whole = std::llround(std::max(0.0, seconds));
  if (whole >= 3600)
    std::snprintf(text, sizeof(text), "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
  else
    std::snprintf(text, sizeof(text), "%lld:%02lld", whole / 60, whole % 60);
  return text;
}

TrainView::TrainView(const TrainViewOptions &options)
    : options(options), progress(options.firstStep, options.lastStep) {}

void TrainView::clearBar() {
  if (hasBar)
    std::printf("\r\x1b[2K");
  hasBar = false;
}

void TrainView::note(const std::string &text) {
  if (options.json)
    return;
  clearBar();
  printLine(text);
}

void TrainView::stepJson(const StepReport &report) {
  double items = static_cast<double>(options.itemsPerStep);
  JsonObject line;
  line.add("step", report.step).add("loss", report.loss).add("lr", report.learningRate);
  if (report.gradientNorm)
    line.add("grad_norm", *report.gradientNorm);
  line.add(options.itemName, report.step * options.itemsPerStep);
  line.add(options.itemName + "_per_s", report.seconds > 0 ? items / report.seconds : 0.0);
  line.add("peak_rss_bytes", peakResidentBytes());
  printLine(line.text());
}

/// "step 120/2000  loss 3.2101  lr 9.80e-04  norm 1.23  12,345 tokens/s  0:42 left"
static std::string figures(const StepReport &report, const TrainViewOptions &options, const Progress &progress,
                           double loss) {
  char text[256];
  int length =
      std::snprintf(text, sizeof(text), "step %lld/%lld  loss %.4f  lr %.2e", static_cast<long long>(report.step),
                    static_cast<long long>(options.lastStep), loss, report.learningRate);
  std::string line(text, static_cast<size_t>(length));
  if (report.gradientNorm) {
    length = std::snprintf(text, sizeof(text), "  norm %.3g", *report.gradientNorm);
    line.append(text, static_cast<size_t>(length));
  }
  line += "  " + withSeparators(static_cast<uint64_t>(progress.itemsPerSecond())) + " " + options.itemName + "/s";
  return line + "  " + durationText(progress.secondsLeft()) + " left";
}

static int terminalColumns() {
  struct winsize size = {};
  bool isKnown = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return isKnown ? size.ws_col : 80;
}

void TrainView::drawBar(const StepReport &report) {
  auto now = std::chrono::steady_clock::now();
  if (report.step != options.lastStep && now - lastDrawn < kRedraw)
    return;
  lastDrawn = now;
  int full = static_cast<int>(progress.fraction() * kBarCells);
  std::string bar;
  for (int i = 0; i < kBarCells; ++i)
    bar += i < full ? "━" : "─";
  std::string text = figures(report, options, progress, progress.smoothLoss());
  int room = terminalColumns() - kBarCells - 2; // a wrapped bar could not be redrawn
  if (static_cast<int>(text.size()) > room)
    text.resize(static_cast<size_t>(std::max(0, room)));
  std::printf("\r\x1b[2K%s %s", bar.c_str(), text.c_str());
  std::fflush(stdout);
  hasBar = true;
}

void TrainView::step(const StepReport &report) {
  progress.update(report.step, report.loss, options.itemsPerStep, report.seconds);
  bool isDue =
      report.step == options.firstStep + 1 || report.step == options.lastStep || report.step % options.logEvery == 0;
  if (options.isTerminal && !options.json)
    drawBar(report);
  else if (isDue && options.json)
    stepJson(report);
  else if (isDue)
    printLine(figures(report, options, progress, report.loss));
}

void TrainView::validation(int64_t step, double loss) {
  if (options.json)
    return printLine(JsonObject().add("step", step).add("val_loss", loss).text());
  char text[96];
  std::snprintf(text, sizeof(text), "step %lld  validation loss %.4f", static_cast<long long>(step), loss);
  note(text);
}

void TrainView::sample(int64_t step, const std::string &text) {
  if (options.json)
    return printLine(JsonObject().add("step", step).add("sample", text).text());
  note("step " + std::to_string(step) + "  sample:\n" + text + "\n");
}

void TrainView::saved(int64_t step, const std::string &path) {
  if (options.json)
    return printLine(JsonObject().add("step", step).add("checkpoint", path).text());
  note("step " + std::to_string(step) + "  saved to " + path);
}

void TrainView::finish(const std::vector<PlotPoint> &losses) {
  if (options.json || losses.size() < 2)
    return;
  clearBar();
  std::printf("\nloss, steps %lld to %lld\n%s", static_cast<long long>(losses.front().step),
              static_cast<long long>(losses.back().step), plotTerminal(losses, 60, 10).c_str());
  std::fflush(stdout);
}

} // namespace tern::rt
