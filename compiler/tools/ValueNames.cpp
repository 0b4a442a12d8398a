// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From names in the source over locations to names in the output.

#include "compiler/tools/ValueNames.h"

#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace tern;

// "%qkv" of the source; numbers say nothing.
static StringRef nameAt(SMRange range) {
  StringRef text(range.Start.getPointer(), range.End.getPointer() - range.Start.getPointer());
  text.consume_front("%");
  return llvm::all_of(text, llvm::isDigit) ? StringRef() : text;
}

static Location named(StringRef name, Location location) {
  return name.empty() ? location : NameLoc::get(StringAttr::get(location.getContext(), name), location);
}

void tern::keepSourceNames(const AsmParserState &source) {
  for (const AsmParserState::OperationDefinition &definition : source.getOpDefs())
    if (!definition.resultGroups.empty())
      definition.op->setLoc(named(nameAt(definition.resultGroups.front().definition.loc), definition.op->getLoc()));
  for (const AsmParserState::BlockDefinition &definition : source.getBlockDefs())
    for (auto [argument, place] : llvm::zip(definition.block->getArguments(), definition.arguments))
      argument.setLoc(named(nameAt(place.loc), argument.getLoc()));
}

static StringRef sourceNameOf(Location location) {
  StringRef name;
  location->walk([&](Location each) {
    auto nameLoc = dyn_cast<NameLoc>(each);
    if (nameLoc)
      name = nameLoc.getName();
    return nameLoc ? WalkResult::interrupt() : WalkResult::advance();
  });
  return name;
}

namespace {

class Namer {
public:
  explicit Namer(FunctionOpInterface function) {
    function.walk([&](Operation *op) { collectOwnNames(op); });
    // A rewrite makes several ops of one, all with its location: the last one has its value.
    function.walk([&](Operation *op) {
      if (op->getNumResults())
        holders[sourceNameOf(op->getLoc())] = op;
    });
    nameArguments(function, function.getFunctionBody());
    function.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (op->getNumResults())
        names.push_back({op, nullptr, unique(nameOf(op))});
      for (Region &region : op->getRegions())
        if (op != function)
          nameArguments(op, region);
    });
    for (auto &[op, argument, name] : names)
      if (op)
        op->setLoc(named(name, UnknownLoc::get(op->getContext())));
      else
        argument.setLoc(named(name, UnknownLoc::get(argument.getContext())));
  }

private:
  struct Named {
    Operation *op; // or null
    BlockArgument argument;
    std::string name;
  };

  // What the op's printer would call its values.
  void collectOwnNames(Operation *op) {
    auto interface = dyn_cast<OpAsmOpInterface>(op);
    if (!interface)
      return;
    auto collect = [&](Value value, StringRef name) { ownNames[value] = name.str(); };
    interface.getAsmResultNames(collect);
    for (Region &region : op->getRegions())
      interface.getAsmBlockArgumentNames(region, collect);
  }

  void nameArguments(Operation *parent, Region &region) {
    for (Block &block : region)
      for (BlockArgument argument : block.getArguments())
        names.push_back({nullptr, argument, unique(nameOf(argument, parent))});
  }

  std::string nameOf(Operation *op) {
    StringRef source = sourceNameOf(op->getLoc());
    if (!source.empty() && holders.lookup(source) == op)
      return source.str();
    std::string own = ownNames.lookup(op->getResult(0));
    return own.empty() ? op->getName().stripDialect().str() : own;
  }

  std::string nameOf(BlockArgument argument, Operation *parent) {
    StringRef source = sourceNameOf(argument.getLoc());
    bool isInherited = source == sourceNameOf(parent->getLoc()); // the location of the op, for want of another
    if (!source.empty() && !isInherited)
      return source.str();
    std::string own = ownNames.lookup(argument);
    return own.empty() ? "ARG" : own;
  }

  // "layer_norm" -> LAYER_NORM, then LAYER_NORM_2
  std::string unique(StringRef hint) {
    std::string name = hint.upper();
    for (char &c : name)
      if (!llvm::isAlnum(c))
        c = '_';
    if (llvm::isDigit(name.front()))
      name = "V" + name;
    unsigned &count = counts[name];
    ++count;
    return count == 1 ? name : unique(name + "_" + std::to_string(count));
  }

  llvm::DenseMap<Value, std::string> ownNames;
  llvm::StringMap<Operation *> holders; // of a name of the source
  llvm::StringMap<unsigned> counts;
  std::vector<Named> names;
};

} // namespace

void tern::nameValues(FunctionOpInterface function) { Namer namer(function); }
