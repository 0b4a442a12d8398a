# For people outside of the tree: passes as plugins, and their tests.

# tern_add_plugin(NAME SOURCE... [TABLEGEN Passes.td] [PDLL patterns.pdll [PASS flag SUMMARY text]])
#
# A shared object NAME.so for --load-pass-plugin. A symbol that neither it nor libTern.so has is an error of the linker.
#   TABLEGEN  Passes.td becomes Passes.h.inc: options and base classes of the passes; registration is registerNAMEPasses(),
#             with "-" as "_".
#   PDLL      patterns.pdll becomes patterns.pdll.inc for the sources to include. Without sources, the pass PASS that applies
#             the patterns greedily in every function is written too.
function(tern_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TABLEGEN;PDLL;PASS;SUMMARY" "")
  set(sources ${arg_UNPARSED_ARGUMENTS})
  if(arg_TABLEGEN)
    string(MAKE_C_IDENTIFIER ${name} group)
    _tern_generate(${arg_TABLEGEN} output ${TERN_MLIR_TBLGEN} -gen-pass-decls -name ${group})
    list(APPEND sources ${output})
  endif()
  if(arg_PDLL)
    _tern_generate(${arg_PDLL} output ${TERN_MLIR_PDLL} -x=cpp)
    list(APPEND sources ${output})
    if(NOT arg_UNPARSED_ARGUMENTS)
      _tern_pdll_pass(${name} "${arg_PASS}" "${arg_SUMMARY}" ${output} wrapper)
      list(APPEND sources ${wrapper})
    endif()
  endif()
  if(NOT sources)
    message(FATAL_ERROR "tern_add_plugin(${name}): name its sources, or the patterns it consists of (PDLL)")
  endif()

  add_library(${name} MODULE ${sources})
  set_target_properties(${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  target_link_libraries(${name} PRIVATE Tern::Tern)
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_compile_options(${name} PRIVATE -fno-exceptions -fno-rtti)
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR})
  target_include_directories(${name} SYSTEM PRIVATE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  target_link_options(${name} PRIVATE -Wl,--no-undefined)
endfunction()

# tern_add_tests(FOLDER [PLUGINS NAME...])
#
# The lit tests of a folder that has a lit.cfg.py (see tern.lit): a target `check` and a test for ctest. In the tests, %NAME is
# the file of the plugin NAME.
function(tern_add_tests folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PLUGINS")
  if(NOT TERN_LIT)
    message(FATAL_ERROR "tern_add_tests(${folder}): there is no lit; install the package llvm-${LLVM_VERSION_MAJOR}-tools")
  endif()
  set(tests ${CMAKE_CURRENT_BINARY_DIR}/${folder})
  set(site "# Written by tern_add_tests.\nimport sys\nsys.path.insert(0, \"${TERN_PYTHON_DIR}\")\n")
  string(APPEND site "config.test_source_root = \"${CMAKE_CURRENT_SOURCE_DIR}/${folder}\"\n")
  string(APPEND site "config.test_exec_root = \"${tests}\"\n")
  foreach(plugin ${arg_PLUGINS})
    string(APPEND site "config.substitutions.append((r\"%${plugin}\\b(?!-)\", \"$<TARGET_FILE:${plugin}>\"))\n")
  endforeach()
  string(APPEND site "lit_config.load_config(config, \"${CMAKE_CURRENT_SOURCE_DIR}/${folder}/lit.cfg.py\")\n")
  file(GENERATE OUTPUT ${tests}/lit.site.cfg.py CONTENT "${site}")
  if(NOT TARGET check)
    add_custom_target(check COMMAND ${TERN_LIT} -sv ${tests} USES_TERMINAL)
  endif()
  if(arg_PLUGINS)
    add_dependencies(check ${arg_PLUGINS})
  endif()
  add_test(NAME lit-${folder} COMMAND ${TERN_LIT} -sv ${tests})
endfunction()

# LLVM's tools, from its packages.
foreach(tool mlir-tblgen mlir-pdll lit)
  string(MAKE_C_IDENTIFIER ${tool} variable)
  string(TOUPPER TERN_${variable} variable)
  find_program(${variable} ${tool} HINTS ${LLVM_TOOLS_BINARY_DIR})
  mark_as_advanced(${variable})
endforeach()

# Runs a generator on FILE of this folder; `output` becomes the name of what it writes.
function(_tern_generate file output generator)
  if(NOT generator)
    message(FATAL_ERROR "${file} needs mlir-tblgen and mlir-pdll: install the package mlir-${LLVM_VERSION_MAJOR}-tools")
  endif()
  get_filename_component(extension ${file} LAST_EXT)
  set(result ${CMAKE_CURRENT_BINARY_DIR}/${file}.inc)
  if(extension STREQUAL ".td")
    string(REGEX REPLACE "\\.td$" ".h.inc" result ${CMAKE_CURRENT_BINARY_DIR}/${file})
  endif()
  add_custom_command(OUTPUT ${result}
    COMMAND ${generator} ${ARGN} -I ${CMAKE_CURRENT_SOURCE_DIR} -I ${TERN_INCLUDE_DIR} -I ${MLIR_INCLUDE_DIRS}
            ${file} -o ${result} -d ${result}.d
    DEPFILE ${result}.d
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file}
    COMMENT "Building ${file}")
  set(${output} ${result} PARENT_SCOPE)
endfunction()

# The C++ around patterns that come alone.
function(_tern_pdll_pass name flag summary patterns wrapper)
  if(NOT flag OR NOT summary)
    message(FATAL_ERROR "tern_add_plugin(${name}): patterns without C++ need the flag of their pass (PASS) and what --help "
                        "says of it (SUMMARY)")
  endif()
  set(result ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  configure_file(${_TERN_PACKAGE_DIR}/PdllPlugin.cpp.in ${result} @ONLY)
  set(${wrapper} ${result} PARENT_SCOPE)
endfunction()

set(_TERN_PACKAGE_DIR ${CMAKE_CURRENT_LIST_DIR})
