# The component `system`: what makes the program a service of the machine. The paths in the units follow the prefix that
# is given to `cmake --install`, so that /usr and /usr/local both work as they are.
set(GANESHA_UNIT_DIR lib/systemd/system CACHE STRING "Directory of the systemd units, from the prefix or absolute")
set(folder ${PROJECT_SOURCE_DIR}/packaging)
set(units ${folder}/systemd/ganesha-exporter.service ${folder}/systemd/ganesha-exporter@.service
          ${folder}/systemd/ganesha-exporter.socket)
install(CODE "
    set(binary_dir \"${PROJECT_BINARY_DIR}/system\")
    set(program_dir \"${CMAKE_INSTALL_BINDIR}\")
    set(data_dir \"${CMAKE_INSTALL_DATADIR}\")
    set(settings_dir \"${CMAKE_INSTALL_SYSCONFDIR}\")
    set(unit_dir \"${GANESHA_UNIT_DIR}\")
    set(folder \"${folder}\")
    set(units \"${units}\")"
    COMPONENT system)
install(SCRIPT ${CMAKE_CURRENT_LIST_DIR}/InstallSystemFiles.cmake COMPONENT system)
