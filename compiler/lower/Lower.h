// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One conversion per op family, from the model floor (tern) to the tensor floor (linalg, tern_kernel, tensor, scf). The
// family's file has its patterns; LowerToLinalg.cpp runs them all.

#ifndef TERN_COMPILER_LOWER_LOWER_H
#define TERN_COMPILER_LOWER_LOWER_H

#include "mlir/IR/PatternMatch.h"

namespace tern {

void populateAttentionLowering(mlir::RewritePatternSet &patterns);
void populateCacheLowering(mlir::RewritePatternSet &patterns);
void populateCompareLowering(mlir::RewritePatternSet &patterns);
void populateElementwiseLowering(mlir::RewritePatternSet &patterns);
void populateGatedLowering(mlir::RewritePatternSet &patterns);
void populateGatherLowering(mlir::RewritePatternSet &patterns);
void populateLinearLowering(mlir::RewritePatternSet &patterns);
void populateLossLowering(mlir::RewritePatternSet &patterns);
void populateNormLowering(mlir::RewritePatternSet &patterns);
void populateOptimLowering(mlir::RewritePatternSet &patterns);
void populatePositionLowering(mlir::RewritePatternSet &patterns);
void populateRandomLowering(mlir::RewritePatternSet &patterns);
void populateRecurrentLowering(mlir::RewritePatternSet &patterns);
void populateReduceLowering(mlir::RewritePatternSet &patterns);
void populateShapeLowering(mlir::RewritePatternSet &patterns);
void populateStructureLowering(mlir::RewritePatternSet &patterns);

} // namespace tern

#endif // TERN_COMPILER_LOWER_LOWER_H
