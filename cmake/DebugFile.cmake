# install_debug_file(TARGET): the component `debug` has what `cmake --install --strip` removes from the program. With
# the prefix /usr, gdb and coredumpctl find it by the build id; else `set debug-file-directory PREFIX/lib/debug`.
function(install_debug_file target)
  set(program $<TARGET_FILE:${target}>)
  install(CODE "
    set(program \"${program}\")
    set(readelf \"${CMAKE_READELF}\")
    set(objcopy \"${CMAKE_OBJCOPY}\")"
    COMPONENT debug EXCLUDE_FROM_ALL)
  install(CODE [[
    execute_process(COMMAND "${readelf}" --notes "${program}" OUTPUT_VARIABLE notes COMMAND_ERROR_IS_FATAL ANY)
    if(NOT notes MATCHES "Build ID: ([0-9a-f][0-9a-f])([0-9a-f]+)")
      message(FATAL_ERROR "${program} has no build id")
    endif()
    set(folder "${CMAKE_INSTALL_PREFIX}/lib/debug/.build-id/${CMAKE_MATCH_1}")
    set(file "${folder}/${CMAKE_MATCH_2}.debug")
    message(STATUS "Installing: $ENV{DESTDIR}${file}")
    file(MAKE_DIRECTORY "$ENV{DESTDIR}${folder}")
    execute_process(
      COMMAND "${objcopy}" --only-keep-debug --compress-debug-sections "${program}" "$ENV{DESTDIR}${file}"
      COMMAND_ERROR_IS_FATAL ANY)
    file(CHMOD "$ENV{DESTDIR}${file}" PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)]]
    COMPONENT debug EXCLUDE_FROM_ALL)
endfunction()
