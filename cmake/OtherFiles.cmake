# What is installed beside the program. Component `program`: examples. Component `dashboards`: what Grafana and
# Prometheus read.
install(FILES examples/web-config.yml DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT program)

set(shared ${CMAKE_INSTALL_DATADIR}/ganesha-exporter)
file(GLOB dashboards CONFIGURE_DEPENDS dashboards/*.json)
install(FILES ${dashboards} DESTINATION ${shared}/dashboards COMPONENT dashboards)
install(FILES dashboards/ganesha.alerts.yml dashboards/ganesha.rules.yml dashboards/gandi.rules.yml
        DESTINATION ${shared}/rules COMPONENT dashboards)
install(FILES docs/runbooks.md DESTINATION ${shared}/runbooks COMPONENT dashboards)
