# One program for several distributions: what they have in different versions is inside of it. libc, libgcc_s,
# libsystemd and OpenSSL stay the system's. packaging/portable/build configures so and makes the archives that Debian
# has no package of; tests/packages/portable_symbols_test.py reads what the program needs.
option(GANESHA_PORTABLE "Link statically what other distributions have in other versions (Debian 12)" OFF)
set(libcrypt crypt)
if(NOT GANESHA_PORTABLE)
  function(link_archives)
  endfunction()
  return()
endif()

set(made_archives ${PROJECT_SOURCE_DIR}/build/portable-libraries)
# Before Debian's, whose headers are of another version.
list(PREPEND CMAKE_PREFIX_PATH ${made_archives}/sdbus-c++)
find_package(PkgConfig REQUIRED)
pkg_check_modules(Systemd REQUIRED IMPORTED_TARGET libsystemd) # which its package names so
set(CMAKE_SKIP_RPATH ON)
set(libcrypt :libcrypt.a)
# The map says which archives are inside: tests/packages/portable_licences_test.py asks it.
add_link_options(-static-libstdc++ LINKER:--gc-sections LINKER:-Map=${PROJECT_BINARY_DIR}/link.map)

# link_archives(TARGET NAME...): links libNAME.a for a target of find_package(). Its headers and flags stay, so that
# ccache knows the objects of the release build.
function(link_archives target)
  file(GLOB folders ${made_archives}/*/lib)
  set(archives)
  foreach(name ${ARGN})
    find_library(archive_of_${name} lib${name}.a HINTS ${folders} REQUIRED)
    list(APPEND archives ${archive_of_${name}})
  endforeach()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    set_target_properties(${target} PROPERTIES INTERFACE_LINK_LIBRARIES "${archives}")
    return()
  endif()
  get_target_property(configurations ${target} IMPORTED_CONFIGURATIONS)
  foreach(configuration "" ${configurations})
    string(REGEX REPLACE "(.+)" "_\\1" suffix "${configuration}")
    set_target_properties(${target} PROPERTIES IMPORTED_LOCATION${suffix} ${archives})
  endforeach()
endfunction()
