// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Collects what a pass says, and hands it to the context's remarks.

#include "compiler/support/Remarks.h"

using namespace mlir;
using namespace tern;

static bool isHeard(Location loc) { return loc->getContext()->getRemarkEngine() != nullptr; }

Location tern::placeOf(Location loc) {
  Location place = loc;
  loc->walk([&](Location inner) {
    if (!isa<FileLineColRange>(inner))
      return WalkResult::advance();
    place = inner;
    return WalkResult::interrupt();
  });
  return place;
}

std::string tern::nameOfPlace(Location loc) {
  auto place = dyn_cast<FileLineColRange>(placeOf(loc));
  return place ? "of line " + std::to_string(place.getStartLine()) : "of an unknown line";
}

Remarks::Remarks(const Pass &pass, StringLiteral done, StringLiteral declined) : done(done), declined(declined) {
  StringRef flag = pass.getArgument();
  flag.consume_front("tern-");
  category = flag.str();
}

remark::RemarkOpts Remarks::options(StringRef name) const { return remark::RemarkOpts::name(name).category(category); }

void Remarks::passed(Location loc, const Twine &text) {
  if (!isHeard(loc))
    return;
  if (inPattern)
    held.emplace_back(loc, text.str());
  else
    remark::passed(loc, options(done)) << StringRef(text.str());
}

void Remarks::missed(Location loc, const Twine &reason) {
  if (isHeard(loc))
    refusals.emplace_back(loc, reason.str());
}

void Remarks::analysis(Location loc, StringLiteral name, const Twine &text, ArrayRef<Count> counts) {
  if (!isHeard(loc))
    return;
  auto remark = remark::analysis(loc, options(name));
  remark << StringRef(text.str());
  for (auto [key, value] : counts)
    remark << remark::metric(key, value);
}

void Remarks::flush() {
  for (const auto &[loc, reason] : refusals)
    remark::missed(loc, options(declined)) << StringRef(reason);
  refusals.clear();
}

void Remarks::notifyMatchFailure(Location loc, function_ref<void(Diagnostic &)> reason) {
  if (!isHeard(loc))
    return;
  Diagnostic text(loc, DiagnosticSeverity::Remark);
  reason(text);
  missed(loc, text.str());
}

void Remarks::notifyPatternBegin(const Pattern &, Operation *) {
  inPattern = true;
  held.clear();
  replacement.reset();
}

void Remarks::notifyOperationReplaced(Operation *op, ValueRange values) {
  programChanged();
  Operation *maker = inPattern && !values.empty() ? values.front().getDefiningOp() : nullptr;
  bool isNews = maker && maker->getName() != op->getName() && !replacement && isHeard(op->getLoc());
  if (isNews)
    replacement.emplace(op->getLoc(), (op->getName().getStringRef() + " became " + maker->getName().getStringRef()).str());
}

void Remarks::notifyPatternEnd(const Pattern &, LogicalResult status) {
  inPattern = false;
  if (failed(status))
    return;
  if (held.empty() && replacement)
    held.push_back(*replacement);
  for (const auto &[loc, text] : held)
    passed(loc, text);
}
