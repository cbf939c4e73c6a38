#include "exporter/listening.hpp"

#include <stdexcept>
#include <string>
#include <system_error>

namespace ganesha::exporter {
namespace {

void listen_at(HttpServer& server, const std::vector<ListenAddress>& addresses, const char* flag) {
  try {
    for (const auto& address : addresses) server.listen(address);
  } catch (const std::system_error& error) {
    throw std::runtime_error(std::string(error.what()) + "; choose another with " + flag);
  }
}

}  // namespace

void listen_for_all(HttpServer& server, const Options& options, const std::vector<int>& passed) {
  if (!options.systemd_sockets) return listen_at(server, options.listen, "--web.listen-address");
  for (const int socket : passed) server.adopt(socket);
}

void listen_for_probes(HttpServer& server, const Options& options) {
  listen_at(server, options.health_listen, "--web.health-listen-address");
}

void log_addresses(Log& log, std::string_view message, const HttpServer& server) {
  for (const auto& address : server.addresses()) log.info(message, {{"address", text_of(address)}});
}

}  // namespace ganesha::exporter
