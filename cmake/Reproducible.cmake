# Equal sources make equal bytes in every directory: no path of this machine gets into the program. Not in Debug
# builds, where a debugger looks for the sources. ccache gives the compiler paths relative to the build directory.
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  file(RELATIVE_PATH sources_from_build ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR}/)
  foreach(map ${PROJECT_SOURCE_DIR}=. ${sources_from_build}=./ ${PROJECT_BINARY_DIR}=./build)
    add_compile_options(-ffile-prefix-map=${map})
  endforeach()
endif()
