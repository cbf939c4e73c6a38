# Compiles nothing twice. Paths below the base directory are relative in ccache's eyes, so that a build of the same
# sources in another directory, as of a package, finds what this one compiled.
find_program(ccache ccache)
if(ccache AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${ccache})
endif()
