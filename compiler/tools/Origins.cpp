// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks the model as it was read, then looks locations up.

#include "compiler/tools/Origins.h"

#include "mlir/IR/Location.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace tern;

Origins::Origins(ModuleOp model, StringRef text) {
  SmallVector<StringRef> pieces;
  text.split(pieces, '\n');
  for (StringRef piece : pieces)
    source.push_back(piece.rtrim('\r').str());
  for (Operation &op : *model.getBody())
    add(&op, -1, "");
}

// What a reader would call the op: a function's symbol, or the name of what it declares.
static std::string symbolOf(Operation *op) {
  if (auto symbol = op->getAttrOfType<StringAttr>(SymbolTable::getSymbolAttrName()))
    return "@" + symbol.str();
  for (StringRef key : {"name", "scope", "site"})
    if (auto name = op->getAttrOfType<StringAttr>(key))
      return name.str();
  return "";
}

void Origins::add(Operation *op, int parent, StringRef function) {
  auto place = op->getLoc()->findInstanceOf<FileLineColRange>();
  int index = parent;
  if (place) {
    index = table.size();
    fileName = place.getFilename().str();
    std::pair<unsigned, unsigned> key(place.getStartLine(), place.getStartColumn());
    table.push_back({key.first, key.second, op->getName().getStringRef().str(), symbolOf(op), function.str(), parent});
    places.insert({key, unsigned(index)});
  }
  std::string inner = isa<FunctionOpInterface>(op) ? SymbolTable::getSymbolName(op).str() : function.str();
  for (Region &region : op->getRegions())
    for (Block &block : region) {
      for (BlockArgument argument : block.getArguments())
        if (auto at = argument.getLoc()->findInstanceOf<FileLineColRange>(); at && index >= 0)
          places.insert({{at.getStartLine(), at.getStartColumn()}, unsigned(index)});
      for (Operation &child : block)
        add(&child, index, inner);
    }
}

void Origins::collect(Location location, std::vector<unsigned> &found) const {
  if (auto place = dyn_cast<FileLineColRange>(location)) {
    if (auto entry = places.find({place.getStartLine(), place.getStartColumn()}); entry != places.end())
      found.push_back(entry->second);
  } else if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      collect(part, found);
  } else if (auto named = dyn_cast<NameLoc>(location)) {
    collect(named.getChildLoc(), found);
  } else if (auto call = dyn_cast<CallSiteLoc>(location)) {
    size_t before = found.size();
    collect(call.getCallee(), found);
    if (found.size() == before)
      collect(call.getCaller(), found);
  } else if (auto opaque = dyn_cast<OpaqueLoc>(location)) {
    collect(opaque.getFallbackLocation(), found);
  }
}

std::vector<unsigned> Origins::of(Location location) const {
  std::vector<unsigned> found;
  collect(location, found);
  llvm::sort(found);
  found.erase(llvm::unique(found), found.end());
  std::vector<unsigned> around;
  for (unsigned index : found)
    for (int parent = table[index].parent; parent >= 0; parent = table[parent].parent)
      around.push_back(parent);
  llvm::erase_if(found, [&](unsigned index) { return llvm::is_contained(around, index); });
  return found;
}

std::vector<unsigned> Origins::of(Operation *op) const {
  std::vector<unsigned> found;
  for (; op && found.empty(); op = op->getParentOp())
    found = of(op->getLoc());
  return found;
}

std::optional<unsigned> Origins::at(Location location) const {
  auto place = dyn_cast<FileLineColRange>(location);
  if (!place)
    return std::nullopt;
  auto entry = places.find({place.getStartLine(), place.getStartColumn()});
  return entry == places.end() ? std::nullopt : std::optional(entry->second);
}
