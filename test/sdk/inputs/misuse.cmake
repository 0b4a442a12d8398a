# cmake -DPREFIX=P [-DPLUGIN=ARGUMENTS] [-DMISSING=ON] -P misuse.cmake: calls tern_add_plugin with arguments that it refuses, or
# tern_add_tests; MISSING: as if LLVM's tools were not there.
include(${PREFIX}/lib/cmake/tern/TernPlugin.cmake)
set(TERN_MLIR_PDLL mlir-pdll)
set(LLVM_VERSION_MAJOR 22)
if(MISSING)
  set(TERN_MLIR_PDLL TERN_MLIR_PDLL-NOTFOUND)
  set(TERN_LIT TERN_LIT-NOTFOUND)
endif()
function(add_custom_command) # there is none in a script
endfunction()
if(PLUGIN)
  tern_add_plugin(${PLUGIN})
endif()
tern_add_tests(test)
