// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cache family: cache_write, cache_read, last_row.

#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include <limits>

using namespace mlir;

namespace tern {

static LogicalResult expectRank(std::optional<Location> loc, const Twine &what, Value value) {
  size_t rank = shapeOf(value.getType()).size();
  return rank == 3 ? success() : emitOptionalError(loc, what.str(), " has rank ", rank, ", expected 3");
}

//===-- cache_write --------------------------------------------------------------------------------------------------===//

LogicalResult CacheWriteOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  Type cache = adaptor.getCache().getType(), rows = adaptor.getRows().getType();
  if (failed(expectRank(loc, "cache_write: the cache", adaptor.getCache())) ||
      failed(expectRank(loc, "cache_write: rows", adaptor.getRows())))
    return failure();
  if (elementOf(cache) != elementOf(rows))
    return emitOptionalError(loc, "cache_write: rows of ", elementOf(rows), " into a cache of ", elementOf(cache));
  int64_t batch = shapeOf(rows)[0];
  if (failed(expectExtent(loc, "cache_write, batch of rows", adaptor.getSlot() ? 1 : shapeOf(cache)[0], batch)) ||
      failed(expectExtent(loc, "cache_write, channels of rows", shapeOf(cache)[2], shapeOf(rows)[2])) ||
      failed(expectExtent(loc, "cache_write, elements of position", batch, shapeOf(adaptor.getPosition().getType())[0])))
    return failure();
  bool known = !ShapedType::isDynamic(shapeOf(cache)[1]) && !ShapedType::isDynamic(shapeOf(rows)[1]);
  if (known && shapeOf(rows)[1] > shapeOf(cache)[1])
    return emitOptionalError(loc, "cache_write: ", shapeOf(rows)[1], " rows do not fit into the ", shapeOf(cache)[1],
                             " of the cache");
  types.push_back(cache);
  return success();
}

//===-- cache_read ---------------------------------------------------------------------------------------------------===//

LogicalResult CacheReadOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  if (failed(expectRank(loc, "cache_read: the cache", adaptor.getCache())))
    return failure();
  ArrayRef<int64_t> cache = shapeOf(adaptor.getCache().getType());
  types.push_back(withShape(adaptor.getCache().getType(), {1, cache[1], cache[2]}));
  return success();
}

//===-- last_row -----------------------------------------------------------------------------------------------------===//

LogicalResult LastRowOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  if (failed(expectRank(loc, "last_row: the operand", adaptor.getInput())))
    return failure();
  ArrayRef<int64_t> input = shapeOf(adaptor.getInput().getType());
  if (failed(expectExtent(loc, "last_row, elements of count", input[0], shapeOf(adaptor.getCount().getType())[0])))
    return failure();
  if (input[1] == 0)
    return emitOptionalError(loc, "last_row: sequences of no tokens have no last one");
  bool isKnown = !ShapedType::isDynamic(input[0]) && !ShapedType::isDynamic(input[1]);
  if (isKnown && input[0] > std::numeric_limits<int32_t>::max() / input[1]) // rows are numbered in i32
    return emitOptionalError(loc, "last_row: ", input[0], " sequences of ", input[1], " tokens, at most 2147483647 in all");
  types.push_back(withShape(adaptor.getInput().getType(), {input[0], 1, input[2]}));
  return success();
}

} // namespace tern
