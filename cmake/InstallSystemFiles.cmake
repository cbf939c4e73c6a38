# Run by `cmake --install`; SystemFiles.cmake sets the variables before it.
function(absolute directory)
  cmake_path(ABSOLUTE_PATH ${directory} BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX})
  set(${directory} ${${directory}} PARENT_SCOPE)
endfunction()

function(put file directory name)
  file(INSTALL ${file} DESTINATION ${directory} RENAME ${name}
       PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
endfunction()

# A file of the settings that was edited stays, and the new one is beside it, as .new. A package's tree has no edited one.
function(put_setting file directory name)
  set(there ${directory}/${name})
  if("$ENV{DESTDIR}" STREQUAL "" AND EXISTS ${there})
    file(SHA256 ${there} old)
    file(SHA256 ${file} new)
    if(NOT old STREQUAL new)
      message(STATUS "Kept ${there}; this version's is ${there}.new")
      set(name ${name}.new)
    endif()
  endif()
  put(${file} ${directory} ${name})
endfunction()

# What is below /usr/local is set in /etc too: the bus reads no /usr/local/etc.
if(CMAKE_INSTALL_PREFIX MATCHES "^/usr(/local)?/?$")
  cmake_path(ABSOLUTE_PATH settings_dir BASE_DIRECTORY /)
endif()
foreach(directory program_dir data_dir settings_dir unit_dir)
  absolute(${directory})
endforeach()
# Policies of packages are in /usr/share; the bus reads no /usr/local/share.
set(policy_dir ${data_dir})
if(CMAKE_INSTALL_PREFIX MATCHES "^/usr/local/?$")
  set(policy_dir ${settings_dir})
endif()

foreach(unit ${units})
  file(READ ${unit} text)
  string(REPLACE /usr/bin/ganesha_exporter ${program_dir}/ganesha_exporter text "${text}")
  string(REPLACE /etc/default/ ${settings_dir}/default/ text "${text}")
  cmake_path(GET unit FILENAME name)
  file(WRITE ${binary_dir}/${name} "${text}")
  put(${binary_dir}/${name} ${unit_dir} ${name})
endforeach()
put(${folder}/systemd/ganesha-exporter.sysusers ${CMAKE_INSTALL_PREFIX}/lib/sysusers.d ganesha-exporter.conf)
put_setting(${folder}/systemd/ganesha-exporter.default ${settings_dir}/default ganesha-exporter)
put(${folder}/dbus/ganesha-exporter.conf ${policy_dir}/dbus-1/system.d ganesha-exporter.conf)
