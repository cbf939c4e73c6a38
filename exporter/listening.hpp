// Where the HTTP servers listen, by the flags. Used by Exporter when it begins to serve.
#pragma once

#include <string_view>
#include <vector>

#include "exporter/base/log.hpp"
#include "exporter/http/server.hpp"
#include "exporter/model/options.hpp"

namespace ganesha::exporter {

// `passed` are the sockets of the service manager. Throws std::runtime_error that names the address and the
// flag.
void listen_for_all(HttpServer& server, const Options& options, const std::vector<int>& passed);
void listen_for_probes(HttpServer& server, const Options& options);

// One line for each address.
void log_addresses(Log& log, std::string_view message, const HttpServer& server);

}  // namespace ganesha::exporter
