// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The manifest of one variant as LLVM constants. Its types mirror runtime/abi/tern.h field by field; the sizes of the mirror are checked
// against the header.

#include "compiler/emit/Emit.h"

#include "dialects/tern/Tern.h"
#include "runtime/abi/tern.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"

using namespace mlir;
using llvm::Constant;

// Where a variable lies, from the plan.
namespace {
struct Place {
  uint64_t offset, bytes;
  ShapedType type; // as files hold it
  tern::ParameterAttr parameter;
  uint32_t load = 0; // of a packed parameter: 1 + the number of its entry; offset is that of the entry's input then
};

class ManifestBuilder {
public:
  ManifestBuilder(llvm::Module &program, ModuleOp module)
      : program(program), module(module), context(program.getContext()), pointer(llvm::PointerType::get(context, 0)),
        i32(llvm::Type::getInt32Ty(context)), i64(llvm::Type::getInt64Ty(context)) {
    llvm::Type *shape = llvm::ArrayType::get(i64, TERN_MAX_RANK), *states = llvm::ArrayType::get(i64, TERN_MAX_STATES);
    tensorType = structOf({pointer, i32, i32, shape, i64, i64}, sizeof(tern_tensor));
    paramType = structOf({pointer, i32, i32, shape, i64, i32, i32, i64, i64, i64, states, states, i32, i32}, sizeof(tern_param));
    regionType = structOf({pointer, pointer, pointer, i64, i64, i64, i64, i32, i32}, sizeof(tern_region));
    entryType = structOf({pointer, pointer, pointer, pointer, i32, i32, i64, i64, pointer, i32, i32}, sizeof(tern_entry));
    memoryType = structOf(SmallVector<llvm::Type *>(9, i64), sizeof(tern_memory));
  }

  LogicalResult build(const tern::ProgramInfo &info) {
    auto memory = module->getAttrOfType<DictionaryAttr>("tern.memory");
    auto table = module->getAttrOfType<ArrayAttr>("tern.variables");
    if (!memory || !table)
      return module.emitError("has no memory plan (`tern.memory`, `tern.variables`): run plan-memory before emitting");
    for (auto variable : table.getAsRange<DictionaryAttr>())
      variables[variable.getAs<StringAttr>("name")] = placeOf(variable);

    SmallVector<Constant *> params, entries;
    for (auto variable : table.getAsRange<DictionaryAttr>())
      if (StringRef name = variable.getAs<StringAttr>("name").getValue(); name.consume_front("parameter:")) {
        Place place = placeOf(variable);
        if (variable.contains("canonical") && failed(toStaging(name, variable, place)))
          return failure();
        addParams(name, place, params);
      }
    for (auto function : module.getOps<LLVM::LLVMFuncOp>())
      if (function->hasAttr("tern.plan"))
        entries.push_back(entry(function));
    SmallVector<Constant *> states, shapes;
    if (auto names = module->getAttrOfType<ArrayAttr>("tern.states"))
      for (auto name : names.getAsRange<StringAttr>())
        states.push_back(text(name.getValue()));
    for (uint32_t shape : stateShapes())
      shapes.push_back(number(i32, shape));

    auto vocabulary = module->getAttrOfType<IntegerAttr>("tern.vocabulary");
    SmallVector<Constant *> fields = {
        number(i32, TERN_ABI_MAGIC), number(i32, TERN_ABI_VERSION), number(i32, sizeof(tern_manifest)),
        number(i32, sizeof(tern_param)), number(i32, sizeof(tern_entry)), number(i32, sizeof(tern_tensor)),
        text(info.model), text(info.objective), text(info.tokenizer), text(info.optimizer), text(info.precision),
        text(info.isa), text(info.compiler), text(info.sourceHash), pointerTo(pointer, states), pointerTo(i32, shapes),
        number(i32, states.size()), number(i32, params.size()), pointerTo(paramType, params), pointerTo(entryType, entries),
        number(i32, entries.size()), number(i32, contextOfProgram()), number(i64, info.batch), number(i64, info.seq),
        number(i64, vocabulary ? vocabulary.getInt() : 0), memoryPlan(memory)};
    SmallVector<llvm::Type *> types;
    for (Constant *field : fields)
      types.push_back(field->getType());
    auto *manifest = llvm::ConstantStruct::get(structOf(types, sizeof(tern_manifest)), fields);
    (new llvm::GlobalVariable(program, manifest->getType(), true, llvm::GlobalValue::ExternalLinkage, manifest,
                              tern::manifestName(info.isa)))
        ->setVisibility(llvm::GlobalValue::HiddenVisibility);
    return success();
  }

private:
  // Positions of a sequence in generation, 0 where the program has none.
  uint64_t contextOfProgram() {
    auto context = module->getAttrOfType<IntegerAttr>("tern.context");
    return context ? context.getInt() : 0;
  }

  llvm::StructType *structOf(ArrayRef<llvm::Type *> fields, uint64_t bytes) {
    auto *type = llvm::StructType::get(context, fields);
    assert(program.getDataLayout().getTypeAllocSize(type) == bytes && "the mirror differs from the contract");
    (void)bytes;
    return type;
  }

  Constant *number(llvm::Type *type, uint64_t value) { return llvm::ConstantInt::get(type, value); }

  Constant *global(Constant *value) {
    auto *variable = new llvm::GlobalVariable(program, value->getType(), true, llvm::GlobalValue::PrivateLinkage, value);
    variable->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    return variable;
  }

  Constant *text(StringRef value) {
    Constant *&known = texts[value];
    if (!known)
      known = global(llvm::ConstantDataArray::getString(context, value));
    return known;
  }

  // A pointer to the rows, or null when there are none.
  Constant *pointerTo(llvm::Type *type, ArrayRef<Constant *> rows) {
    if (rows.empty())
      return llvm::ConstantPointerNull::get(pointer);
    return global(llvm::ConstantArray::get(llvm::ArrayType::get(type, rows.size()), rows));
  }

  static uint32_t dtypeOf(Type type) {
    if (type.isF32()) return TERN_F32;
    if (type.isF64()) return TERN_F64;
    if (type.isBF16()) return TERN_BF16;
    if (type.isF16()) return TERN_F16;
    if (type.isInteger(64)) return TERN_I64;
    if (type.isInteger(8)) return TERN_I8;
    if (type.isInteger(1)) return TERN_I1;
    return TERN_I32;
  }

  static Place placeOf(DictionaryAttr row) {
    return {uint64_t(row.getAs<IntegerAttr>("offset").getInt()), uint64_t(row.getAs<IntegerAttr>("bytes").getInt()),
            cast<ShapedType>(row.getAs<TypeAttr>("type").getValue()), row.getAs<tern::ParameterAttr>("parameter")};
  }

  // A packed parameter is written where its entry expects a layer, in the type that files hold.
  LogicalResult toStaging(StringRef name, DictionaryAttr variable, Place &place) {
    std::string entryName = ("tern_entry_load." + name).str();
    uint32_t number = 0;
    for (auto function : module.getOps<LLVM::LLVMFuncOp>()) {
      auto plan = function->getAttrOfType<DictionaryAttr>("tern.plan");
      number += plan != nullptr;
      if (!plan || function.getName() != entryName)
        continue;
      place.type = cast<ShapedType>(variable.getAs<TypeAttr>("canonical").getValue());
      place.bytes = place.type.getNumElements() * (place.type.getElementTypeBitWidth() / 8);
      place.load = number;
      for (auto input : plan.getAs<ArrayAttr>("inputs").getAsRange<DictionaryAttr>())
        if (input.getAs<StringAttr>("name") == "value")
          place.offset = placeOf(input).offset;
      return success();
    }
    return module.emitError() << "parameter '" << name << "' is packed, but there is no entry `load." << name << "`";
  }

  Constant *shapeOf(ArrayRef<int64_t> extents) {
    SmallVector<uint64_t> padded(extents.begin(), extents.end());
    padded.resize(TERN_MAX_RANK, 0);
    return llvm::ConstantDataArray::get(context, padded);
  }

  uint64_t offsetOf(const Twine &name) {
    auto found = variables.find(name.str());
    return found == variables.end() ? TERN_NONE : found->second.offset;
  }

  ArrayRef<int32_t> stateShapes() {
    auto shapes = module->getAttrOfType<DenseI32ArrayAttr>("tern.state_shapes");
    return shapes ? shapes.asArrayRef() : ArrayRef<int32_t>();
  }

  // Where the part of a state lies whose parameter starts `shift` bytes after its variable. A row of the parameter is
  // one number of a state without the last dimension; all rows share a state without the one before.
  uint64_t stateOffset(unsigned index, StringRef variable, int64_t rowLength, uint64_t shift) {
    uint64_t offset = offsetOf("state" + Twine(index) + ":" + variable);
    int32_t kind = index < stateShapes().size() ? stateShapes()[index] : 0;
    if (offset == TERN_NONE || kind == 2)
      return offset;
    return offset + (kind == 1 ? shift / rowLength : shift);
  }

  uint64_t stateStride(unsigned index, StringRef variable, uint64_t layers) {
    auto found = variables.find(("state" + Twine(index) + ":" + variable).str());
    return found == variables.end() || layers == 0 ? 0 : found->second.bytes / layers;
  }

  // One row for a parameter, or one for every part of a packed one.
  void addParams(StringRef variable, const Place &place, SmallVectorImpl<Constant *> &params) {
    uint64_t layers = place.parameter ? place.parameter.getLayers() : 0;
    SmallVector<int64_t> shape(place.type.getShape().drop_front(layers ? 1 : 0));
    uint64_t bytes = layers ? place.bytes / layers : place.bytes;
    if (!place.parameter || place.parameter.getParts().empty())
      return params.push_back(param(variable, place, variable, shape, bytes, /*shift=*/0));
    uint64_t rowBytes = bytes / shape[0], shift = 0;
    for (tern::PartAttr part : place.parameter.getParts()) {
      shape[0] = part.getRows();
      params.push_back(param(variable, place, part.getName(), shape, part.getRows() * rowBytes, shift));
      shift += part.getRows() * rowBytes;
    }
  }

  // A parameter that starts `shift` bytes after its variable and after that variable's gradient and states.
  Constant *param(StringRef variable, const Place &place, StringRef name, ArrayRef<int64_t> shape, uint64_t bytes,
                  uint64_t shift) {
    uint64_t layers = place.parameter ? place.parameter.getLayers() : 0;
    uint64_t gradient = offsetOf("gradient:" + variable);
    uint64_t states[TERN_MAX_STATES], strides[TERN_MAX_STATES];
    for (unsigned index = 0; index < TERN_MAX_STATES; ++index) {
      states[index] = stateOffset(index, variable, shape.empty() ? 1 : shape.back(), shift);
      strides[index] = stateStride(index, variable, layers);
    }
    return llvm::ConstantStruct::get(
        paramType, {text(name), number(i32, dtypeOf(place.type.getElementType())), number(i32, shape.size()), shapeOf(shape),
                    number(i64, bytes), number(i32, layers), number(i32, layers ? place.parameter.getFirstLayer() : 0),
                    number(i64, layers && !place.load ? place.bytes / layers : 0), number(i64, place.offset + shift),
                    number(i64, gradient == TERN_NONE ? gradient : gradient + shift),
                    llvm::ConstantDataArray::get(context, ArrayRef<uint64_t>(states)),
                    llvm::ConstantDataArray::get(context, ArrayRef<uint64_t>(strides)),
                    number(i32, !place.parameter || place.parameter.getTrainable()), number(i32, place.load)});
  }

  Constant *tensors(ArrayAttr rows) {
    SmallVector<Constant *> constants;
    for (auto row : rows.getAsRange<DictionaryAttr>()) {
      Place place = placeOf(row);
      StringRef name = row.getAs<StringAttr>("name").getValue();
      constants.push_back(llvm::ConstantStruct::get(
          tensorType, {text(name), number(i32, dtypeOf(place.type.getElementType())), number(i32, place.type.getRank()),
                       shapeOf(place.type.getShape()), number(i64, place.offset), number(i64, place.bytes)}));
    }
    return pointerTo(tensorType, constants);
  }

  Constant *region(DictionaryAttr row) {
    auto words = [&](StringRef name) { return text(row.getAs<StringAttr>(name).getValue()); };
    auto count = [&](StringRef name) { return number(i64, row.getAs<IntegerAttr>(name).getInt()); };
    uint32_t dtype = dtypeOf(row.getAs<TypeAttr>("type").getValue());
    return llvm::ConstantStruct::get(regionType, {words("kernel"), words("shape"), words("location"), count("flops"),
                                                  count("read"), count("written"), count("calls"), number(i32, dtype),
                                                  number(i32, row.getAs<BoolAttr>("updates").getValue())});
  }

  Constant *entry(LLVM::LLVMFuncOp function) {
    auto plan = function->getAttrOfType<DictionaryAttr>("tern.plan");
    auto inputs = plan.getAs<ArrayAttr>("inputs"), outputs = plan.getAs<ArrayAttr>("outputs");
    auto count = [&](StringRef name) {
      auto value = function->getAttrOfType<IntegerAttr>(name);
      return number(i64, value ? value.getInt() : 0);
    };
    SmallVector<Constant *> regions;
    if (auto rows = function->getAttrOfType<ArrayAttr>("tern.regions"))
      for (auto row : rows.getAsRange<DictionaryAttr>())
        regions.push_back(region(row));
    StringRef name = function.getName();
    name.consume_front("tern_entry_");
    return llvm::ConstantStruct::get(entryType,
                                     {text(name), program.getFunction(function.getName()), tensors(inputs), tensors(outputs),
                                      number(i32, inputs.size()), number(i32, outputs.size()), count("tern.flops"),
                                      count("tern.bytes"), pointerTo(regionType, regions), number(i32, regions.size()),
                                      number(i32, function->hasAttr("tern.carries"))});
  }

  Constant *memoryPlan(DictionaryAttr memory) {
    SmallVector<Constant *> fields;
    for (StringRef name : {"parameters", "gradients", "optimizer", "activations", "workspace", "cache", "io",
                           "scratch_per_thread", "arena"})
      fields.push_back(number(i64, memory.getAs<IntegerAttr>(name).getInt()));
    return llvm::ConstantStruct::get(memoryType, fields);
  }

  llvm::Module &program;
  ModuleOp module;
  llvm::LLVMContext &context;
  llvm::PointerType *pointer;
  llvm::Type *i32, *i64;
  llvm::StructType *tensorType, *paramType, *regionType, *entryType, *memoryType;
  llvm::StringMap<Constant *> texts;
  llvm::StringMap<Place> variables;
};
} // namespace

LogicalResult tern::addManifest(llvm::Module &program, ModuleOp module, const ProgramInfo &info) {
  return ManifestBuilder(program, module).build(info);
}
