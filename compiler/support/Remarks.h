// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a pass says about its work: done, declined and why, and numbers. Heard with --remarks, counted with
// --mlir-pass-statistics; costs nothing when nobody listens.

#ifndef TERN_COMPILER_SUPPORT_REMARKS_H
#define TERN_COMPILER_SUPPORT_REMARKS_H

#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Pass/Pass.h"

namespace tern {

/// A number beside a text: statistics add up numbers of one name.
using Count = std::pair<llvm::StringLiteral, uint64_t>;

/// The remarks of one pass on one op, in the category of its flag without `tern-`.
///
///   Remarks remarks(*this, "fused", "not fused");
///   applyPatternsGreedily(getOperation(), patterns, GreedyRewriteConfig().setListener(&remarks));
///
/// As a listener it hears `notifyMatchFailure`, which says why something that nearly matched stays as it is; a pattern that
/// meets something else returns plain `failure()`. A reason stands until the program changes: what is reported at the end
/// is true of what is left. A pattern that succeeds and says nothing itself is reported as what it replaced by what.
class Remarks : public mlir::RewriterBase::Listener {
public:
  /// `done` and `declined` say in a word or two what happened: "fused", "not fused".
  Remarks(const mlir::Pass &pass, llvm::StringLiteral done, llvm::StringLiteral declined);
  ~Remarks() override { flush(); }

  /// Something was done. Within a pattern it is only said when the pattern succeeds.
  void passed(mlir::Location loc, const llvm::Twine &text);
  /// Something was left, and why. Said by `flush`, unless the program changes under a rewriter before.
  void missed(mlir::Location loc, const llvm::Twine &reason);
  /// What was found or chosen: "plan", "copy".
  void analysis(mlir::Location loc, llvm::StringLiteral name, const llvm::Twine &text, llvm::ArrayRef<Count> counts = {});
  /// Says why things were left; they are settled then.
  void flush();
  /// Forgets why things were left: they may not be any more, and will be asked again. A rewriter calls it with each change.
  void programChanged() { refusals.clear(); }

  void notifyMatchFailure(mlir::Location loc, llvm::function_ref<void(mlir::Diagnostic &)> reason) override;
  void notifyPatternBegin(const mlir::Pattern &pattern, mlir::Operation *op) override;
  void notifyPatternEnd(const mlir::Pattern &pattern, llvm::LogicalResult status) override;
  void notifyOperationReplaced(mlir::Operation *op, mlir::ValueRange values) override;
  void notifyOperationInserted(mlir::Operation *, mlir::OpBuilder::InsertPoint) override { programChanged(); }
  void notifyOperationModified(mlir::Operation *) override { programChanged(); }
  void notifyOperationErased(mlir::Operation *) override { programChanged(); }

private:
  using Said = std::pair<mlir::Location, std::string>;
  mlir::remark::RemarkOpts options(llvm::StringRef name) const;

  std::string category;
  llvm::StringLiteral done, declined;
  llvm::SmallVector<Said> refusals;
  bool inPattern = false;
  llvm::SmallVector<Said> held;     // what the pattern under way says it does
  std::optional<Said> replacement;  // the first that it made
};

/// The place in a file that a location means: of an op made of several, the first.
mlir::Location placeOf(mlir::Location loc);
/// "of line 24", for a text about another op.
std::string nameOfPlace(mlir::Location loc);

} // namespace tern

#endif // TERN_COMPILER_SUPPORT_REMARKS_H
