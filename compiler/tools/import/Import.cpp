// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command: finds the files, has the family write the model, checks it against the weights, says what became of what.

#include "compiler/tools/import/Import.h"

#include "compiler/emit/Emit.h"
#include "compiler/tools/import/Llama2c.h"
#include "compiler/tools/import/Parameters.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace tern;

static constexpr int usageError = 2;
static constexpr char usage[] = R"(usage: ternc import PATH [-o MODEL.mlir]

Writes a model file from a published model. PATH is its folder (config.json, with model.safetensors or
model.safetensors.index.json beside it where the weights are there too), a config.json, or the .bin file of a llama2.c model.
  -o MODEL.mlir   where the model goes (default: standard output)
)";

namespace {
struct ImportOptions {
  std::string path, output;
};

/// A model file, and what is said about it.
struct Imported {
  std::string text;
  std::vector<std::string> lines;
};
} // namespace

static Expected<ImportOptions> parseArguments(ArrayRef<const char *> arguments) {
  ImportOptions options;
  for (size_t at = 0; at < arguments.size(); ++at) {
    StringRef argument = arguments[at];
    if (argument == "-o" && at + 1 < arguments.size())
      options.output = arguments[++at];
    else if (argument.starts_with("-") && argument.size() > 1)
      return createStringError("import does not know '" + argument + "', or it lacks its value");
    else if (options.path.empty())
      options.path = argument.str();
    else
      return createStringError("import takes one PATH, found '" + options.path + "' and '" + argument + "'");
  }
  if (options.path.empty())
    return createStringError("import: PATH is missing: name the folder of a published model");
  return options;
}

// What may stand in a comment.
static std::string printable(StringRef text) {
  std::string result;
  for (char c : text)
    result += isPrint(c) ? c : '?';
  return result;
}

static std::string nameOfFolder(StringRef path) {
  SmallString<128> absolute(path);
  (void)sys::fs::make_absolute(absolute);
  sys::path::remove_dots(absolute, /*remove_dot_dot=*/true);
  StringRef name = sys::path::filename(absolute);
  return printable(name == "config.json" ? sys::path::filename(sys::path::parent_path(absolute)) : name);
}

static std::string typesOf(const Checkpoint &checkpoint) {
  std::vector<std::string> types;
  for (const StoredTensor &tensor : checkpoint.tensors)
    if (!is_contained(types, tensor.type))
      types.push_back(tensor.type);
  return join(types, ", ");
}

/// The table of the written model, and the first line about it.
static Expected<std::vector<ParameterShape>> tableOf(Imported &result, StringRef family) {
  mlir::FailureOr<std::vector<ParameterShape>> parameters = parametersOf(result.text);
  if (mlir::failed(parameters))
    return createStringError("the model that this configuration asks for is no valid one; nothing was written");
  result.lines = {family.str() + ": " + std::to_string(countNumbers(*parameters)) + " parameters in " +
                  std::to_string(parameters->size()) + " tensors"};
  return std::move(*parameters);
}

static Error describe(Imported &result, const Family &family, const Config &config, const std::optional<Checkpoint> &checkpoint) {
  Expected<std::vector<ParameterShape>> parameters = tableOf(result, family.name);
  if (!parameters)
    return parameters.takeError();
  std::vector<std::string> notes;
  result.lines.push_back("mapped: " + join(config.mapped(), ", "));
  result.lines.push_back("change nothing: " + join(config.leftOut(), ", "));
  if (!checkpoint) {
    result.lines.push_back("weights: none here, shapes were not compared");
    return Error::success();
  }
  if (Error error = compareShapes(*parameters, *checkpoint, family, notes))
    return error;
  result.lines.push_back("weights: " + checkpoint->source + ", " + typesOf(*checkpoint) + ", all shapes as in the model");
  result.lines.insert(result.lines.end(), notes.begin(), notes.end());
  return Error::success();
}

static Expected<Imported> importPublished(StringRef path) {
  bool isFolder = sys::fs::is_directory(path);
  SmallString<128> file(path);
  if (isFolder)
    sys::path::append(file, "config.json");
  Expected<Config> config = Config::read(file);
  if (!config)
    return config.takeError();
  Expected<const Family *> family = familyOf(*config);
  if (!family)
    return family.takeError();
  std::optional<Checkpoint> checkpoint;
  if (isFolder) {
    Expected<std::optional<Checkpoint>> found = readCheckpoint(path);
    if (!found)
      return found.takeError();
    checkpoint = std::move(*found);
  }
  Origin origin{nameOfFolder(path), "tokenizer.json", checkpoint ? std::optional(prefixOf(*checkpoint)) : std::nullopt,
                isFolder ? path.str() : "", checkpoint ? &*checkpoint : nullptr};
  Imported result{(*family)->write(*config, origin), {}};
  if (Error error = config->finish())
    return std::move(error);
  if (Error error = describe(result, **family, *config, checkpoint))
    return std::move(error);
  return result;
}

static Expected<Imported> importLlama2c(StringRef path) {
  Expected<Llama2cFile> file = readLlama2c(path);
  if (!file)
    return file.takeError();
  Imported result{writeLlama(file->config, {nameOfFolder(path), "tokenizer.bin", std::nullopt, "", nullptr}), {}};
  if (Error error = file->config.finish())
    return std::move(error);
  Expected<std::vector<ParameterShape>> parameters = tableOf(result, "llama");
  if (!parameters)
    return parameters.takeError();
  uint64_t expected = file->otherBytes + 4 * countNumbers(*parameters);
  if (file->bytes != expected)
    return createStringError("'" + path + "' has " + Twine(file->bytes) + " bytes, its header asks for " + Twine(expected) +
                             "; it is truncated, damaged or no llama2.c model");
  result.lines.push_back("weights: in that file, F32, version " + std::to_string(file->version) + " of llama2.c's format");
  return result;
}

static Error writeResult(const Imported &imported, StringRef output) {
  bool isFile = !output.empty() && output != "-";
  raw_ostream &report = isFile ? outs() : errs();
  for (const std::string &line : imported.lines)
    report << line << "\n";
  if (!isFile) {
    outs() << imported.text;
    return Error::success();
  }
  return writeAtomically(output, [&](raw_pwrite_stream &out) {
    out << imported.text;
    return Error::success();
  });
}

static int fail(Error error, int status) {
  errs() << "ternc: " << toString(std::move(error)) << "\n";
  return status;
}

int tern::runImport(ArrayRef<const char *> arguments) {
  if (any_of(arguments, [](StringRef argument) { return argument == "--help" || argument == "-h"; })) {
    outs() << usage;
    return 0;
  }
  Expected<ImportOptions> options = parseArguments(arguments);
  if (!options)
    return fail(options.takeError(), usageError);
  bool isLlama2c = StringRef(options->path).ends_with(".bin") && !sys::fs::is_directory(options->path);
  Expected<Imported> imported = isLlama2c ? importLlama2c(options->path) : importPublished(options->path);
  if (!imported)
    return fail(imported.takeError(), 1);
  if (Error error = writeResult(*imported, options->output))
    return fail(std::move(error), 1);
  return 0;
}
