# A folder is a library: `tern_room()` compiles every .cpp of the current folder into one object library that libTern.so
# takes in, generates pass declarations from a Passes.td and patterns from every .pdll. Rooms list no sources and no
# dependencies: every generated file joins `tern-headers`, and every room waits for it.

add_custom_target(tern-headers)
define_property(GLOBAL PROPERTY TERN_ROOMS BRIEF_DOCS "object libraries of libTern.so" FULL_DOCS "object libraries of libTern.so")
define_property(GLOBAL PROPERTY TERN_GENERATED BRIEF_DOCS "generated headers, relative to the build tree"
                FULL_DOCS "generated headers, relative to the build tree")

# tern_tablegen(TD OUTPUT GENERATOR...) runs mlir-tblgen on a file of this folder.
function(tern_tablegen td output)
  set(LLVM_TARGET_DEFINITIONS ${td})
  mlir_tablegen(${output} ${ARGN} EXTRA_INCLUDES ${CMAKE_SOURCE_DIR})
  string(MAKE_C_IDENTIFIER "tern-gen-${CMAKE_CURRENT_SOURCE_DIR}-${output}" name)
  add_custom_target(${name} DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${output})
  add_dependencies(tern-headers ${name})
  file(RELATIVE_PATH header ${CMAKE_BINARY_DIR} ${CMAKE_CURRENT_BINARY_DIR}/${output})
  set_property(GLOBAL APPEND PROPERTY TERN_GENERATED ${header})
endfunction()

# tern_pdll(FILE) compiles the patterns of FILE.pdll into FILE.pdll.inc, which the pass of that name includes.
function(tern_pdll file)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${file}.inc)
  # The name as it is given becomes the location of each pattern, so it is bare; what it includes is found by -I, whole.
  add_custom_command(OUTPUT ${output}
    COMMAND ${MLIR_PDLL_TABLEGEN_EXE} -x=cpp -I ${CMAKE_SOURCE_DIR} -I ${MLIR_INCLUDE_DIRS}
            ${file} -o ${output} -d ${output}.d --write-if-changed
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    DEPFILE ${output}.d
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file}
    COMMENT "Building ${file}.inc")
  string(MAKE_C_IDENTIFIER "tern-gen-${CMAKE_CURRENT_SOURCE_DIR}-${file}" name)
  add_custom_target(${name} DEPENDS ${output})
  add_dependencies(tern-headers ${name})
endfunction()

# The precompiled header of all rooms, compiled once.
function(tern_precompiled_header)
  file(WRITE ${CMAKE_BINARY_DIR}/tern-pch.cpp "// carries the precompiled header\n")
  add_library(tern-pch OBJECT ${CMAKE_BINARY_DIR}/tern-pch.cpp)
  target_compile_options(tern-pch PRIVATE "SHELL:-Xclang -fno-pch-timestamp" -fno-exceptions)
  target_precompile_headers(tern-pch PRIVATE ${CMAKE_SOURCE_DIR}/compiler/support/Precompiled.h)
endfunction()

function(tern_room)
  file(RELATIVE_PATH path ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  string(REPLACE "/" "-" name "tern-${path}")
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/Passes.td)
    get_filename_component(room ${CMAKE_CURRENT_SOURCE_DIR} NAME)
    tern_tablegen(Passes.td Passes.h.inc -gen-pass-decls -name ${room})
  endif()
  file(GLOB patterns RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS *.pdll)
  foreach(file ${patterns})
    tern_pdll(${file})
  endforeach()
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  if(NOT sources)
    return()
  endif()
  add_library(${name} OBJECT ${sources})
  target_compile_options(${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp" -fno-exceptions)
  target_precompile_headers(${name} REUSE_FROM tern-pch)
  add_dependencies(${name} tern-headers)
  set_property(GLOBAL APPEND PROPERTY TERN_ROOMS ${name})
endfunction()
