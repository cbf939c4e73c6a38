# One interface target that every target of ours links: the warnings that both supported compilers pass.
add_library(ganesha_warnings INTERFACE)
target_compile_options(ganesha_warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion)
if(GANESHA_WERROR)
  target_compile_options(ganesha_warnings INTERFACE -Werror)
endif()
# g++ 12 and 14 do not yet see through Asio's coroutine frames: their "maybe uninitialized" there, and under
# sanitizers their "mismatched new and delete", are noise.
target_compile_options(ganesha_warnings INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-mismatched-new-delete>)
