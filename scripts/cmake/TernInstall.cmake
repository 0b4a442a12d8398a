# What `cmake --install` puts into a prefix besides the tools and libraries, which install themselves (tern_tool, libTern,
# ternrt): headers, the CMake package, the lit configuration. Nothing in it names the build tree or the prefix, so that the
# prefix can be moved; LLVM stays where its packages put it.
include(CMakePackageConfigHelpers)

# Headers keep their paths below include/tern, so that an include line reads the same inside and outside of the tree.
file(GLOB_RECURSE headers RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS
     ${CMAKE_SOURCE_DIR}/dialects/*.h ${CMAKE_SOURCE_DIR}/dialects/*.td
     ${CMAKE_SOURCE_DIR}/compiler/Passes.h ${CMAKE_SOURCE_DIR}/compiler/Passes.td)
file(GLOB corridor RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS
     ${CMAKE_SOURCE_DIR}/compiler/*.h ${CMAKE_SOURCE_DIR}/compiler/support/*.h ${CMAKE_SOURCE_DIR}/runtime/abi/*.h)
foreach(header ${headers} ${corridor})
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${CMAKE_SOURCE_DIR}/${header} DESTINATION include/tern/${folder})
endforeach()
get_property(generated GLOBAL PROPERTY TERN_GENERATED)
list(FILTER generated EXCLUDE REGEX "cpp\\.inc$|^test/")
foreach(header ${generated} compiler/support/Version.h)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${CMAKE_BINARY_DIR}/${header} DESTINATION include/tern/${folder})
endforeach()

# The package: find_package(Tern).
set(package lib/cmake/tern)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/TernConfig.cmake.in ${CMAKE_BINARY_DIR}/package/TernConfig.cmake
  INSTALL_DESTINATION ${package} NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/package/TernConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/package/TernConfig.cmake ${CMAKE_BINARY_DIR}/package/TernConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/TernPlugin.cmake ${CMAKE_CURRENT_LIST_DIR}/PdllPlugin.cpp.in
        DESTINATION ${package})
install(EXPORT TernTargets NAMESPACE Tern:: DESTINATION ${package})

# The Python module of lit configurations: import tern.lit.
configure_file(${CMAKE_SOURCE_DIR}/scripts/tern/paths.py.in ${CMAKE_BINARY_DIR}/package/paths.py @ONLY)
install(FILES ${CMAKE_SOURCE_DIR}/scripts/tern/lit.py ${CMAKE_BINARY_DIR}/package/paths.py DESTINATION share/tern/python/tern)

# Models to compile and a plugin to copy.
file(GLOB models RELATIVE ${CMAKE_SOURCE_DIR}/examples CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/examples/*/*.mlir)
foreach(model ${models})
  get_filename_component(folder ${model} DIRECTORY)
  install(FILES ${CMAKE_SOURCE_DIR}/examples/${model} DESTINATION share/tern/examples/${folder})
endforeach()
install(DIRECTORY examples/plugin examples/first-pass DESTINATION share/tern/examples
        PATTERN "build*" EXCLUDE PATTERN "Output" EXCLUDE PATTERN "__pycache__" EXCLUDE PATTERN ".lit*" EXCLUDE)
install(FILES LICENSE DESTINATION share/tern)
