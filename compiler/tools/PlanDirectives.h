// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a program may cost, as its file says it in comments:
//   // MEM: peak <= 412 KiB
//   // FLOPS: @grad <= 12 GFLOP
//   // BYTES: @forward <= 1.5 MiB
// Here they are read; PlanCheck.h compares them with the plan.

#ifndef TERN_COMPILER_TOOLS_PLANDIRECTIVES_H
#define TERN_COMPILER_TOOLS_PLANDIRECTIVES_H

#include "mlir/IR/Location.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace tern {

enum class Relation { AtMost, AtLeast, Equal, Below, Above };

/// numerator / denominator of a byte or of an operation, exact: 1.5 MiB is 1572864 / 1, written 15 * 2^20 / 10.
struct Limit {
  unsigned __int128 numerator = 0;
  uint64_t denominator = 1;

  bool allows(uint64_t value, Relation relation) const;
};

struct Directive {
  enum Kind { Memory, Flops, Bytes };
  Kind kind;
  std::string subject; // a class of memory, or an entry without its @
  Relation relation;
  Limit limit;
  std::string expected; // "<= 412 KiB"
  mlir::Location location; // of the keyword
  mlir::Location subjectLocation;
};

/// "MEM", "FLOPS", "BYTES"
llvm::StringRef keywordOf(Directive::Kind kind);

/// The directives of a file: lines that start with a keyword, after // or nothing. Whatever else follows a keyword is
/// an error at its place.
mlir::FailureOr<std::vector<Directive>> readDirectives(llvm::StringRef file, llvm::StringRef text,
                                                       mlir::MLIRContext &context);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_PLANDIRECTIVES_H
