# Makes errors in memory end the program instead of giving control to an attacker. Not in Debug builds, where
# the sanitizers look, and which nobody installs. tests/unit/hardening_test.py reads the program.
set(hardening_by_default ON)
if(CMAKE_BUILD_TYPE STREQUAL "Debug" OR CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  set(hardening_by_default OFF)
endif()
option(GANESHA_HARDENING "Compile and link against exploits" ${hardening_by_default})

# The file with the debugging information is found by it.
add_link_options(-Wl,--build-id=sha1)
if(NOT GANESHA_HARDENING)
  return()
endif()

add_compile_options(-fPIE -fstack-protector-strong -fstack-clash-protection)
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|i[3-6]86)$")
  # The linker is told because Debian's crt1.o does not say that it fits a shadow stack, which it does. It does
  # not fit indirect branch tracking: its _start is no valid target.
  add_compile_options(-fcf-protection=full)
  add_link_options(-Wl,-z,shstk)
endif()
# It needs optimization. Some distributions define it already, to another value.
foreach(type RELEASE RELWITHDEBINFO MINSIZEREL)
  string(APPEND CMAKE_CXX_FLAGS_${type} " -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2")
endforeach()
