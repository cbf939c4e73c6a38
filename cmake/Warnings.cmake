# One interface target that every target of this project links: warnings that pass with both supported compilers.
add_library(ganesha_warnings INTERFACE)
target_compile_options(ganesha_warnings INTERFACE -Wall -Wextra -Wconversion)
# In files that are compiled together, a parameter may have the name of another file's constant.
target_compile_options(ganesha_warnings INTERFACE $<$<NOT:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wshadow>)
if(GANESHA_WERROR)
  target_compile_options(ganesha_warnings INTERFACE -Werror)
endif()
# g++ 12 and 14 report false positives in Asio's coroutine frames: "maybe uninitialized" and, under sanitizers,
# "mismatched new and delete".
target_compile_options(ganesha_warnings INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-mismatched-new-delete>)
# g++ has this one apart from -Wconversion.
target_compile_options(ganesha_warnings INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>)
# g++ takes a file that is compiled with others for a header, whose types should not use names of that file alone.
target_compile_options(ganesha_warnings INTERFACE
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wno-subobject-linkage>)
