# What is installed beside the program. Component `program`: man page, completion in bash,
# example. Component `dashboards`: what Grafana and Prometheus read.
install(FILES packaging/man/ganesha_exporter.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
install(FILES packaging/bash-completion/ganesha_exporter
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program)
install(FILES examples/web-config.yml DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT program)

set(shared ${CMAKE_INSTALL_DATADIR}/ganesha-exporter)
file(GLOB dashboards CONFIGURE_DEPENDS dashboards/*.json)
install(FILES ${dashboards} DESTINATION ${shared}/dashboards COMPONENT dashboards)
install(FILES dashboards/ganesha.alerts.yml dashboards/ganesha.rules.yml dashboards/gandi.rules.yml
        DESTINATION ${shared}/rules COMPONENT dashboards)
install(CODE "execute_process(COMMAND \"${PROJECT_SOURCE_DIR}/packaging/dashboards/runbooks\"
                              OUTPUT_FILE \"${PROJECT_BINARY_DIR}/runbooks.md\" COMMAND_ERROR_IS_FATAL ANY)"
        COMPONENT dashboards)
install(FILES ${PROJECT_BINARY_DIR}/runbooks.md DESTINATION ${shared}/runbooks COMPONENT dashboards)
