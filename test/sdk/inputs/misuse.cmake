# cmake -DPLUGIN=ARGUMENTS -P misuse.cmake PREFIX: calls tern_add_plugin with arguments that it refuses.
include(${CMAKE_ARGV4}/lib/cmake/tern/TernPlugin.cmake)
set(TERN_MLIR_PDLL mlir-pdll)
function(add_custom_command) # there is none in a script
endfunction()
tern_add_plugin(${PLUGIN})
