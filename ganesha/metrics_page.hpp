// Where a server serves its own page of metrics. The supervisor looks once per run of the server.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ganesha/config.hpp"
#include "ganesha/listening_sockets.hpp"

namespace ganesha {

struct MetricsPage {
  std::optional<boost::asio::ip::tcp::endpoint> address;
  std::string why_none;  // where there is no address
};

// Among the sockets that the server listens on: by the configured port, else by the default one. Where /proc
// does not show them, what the configuration says.
MetricsPage find_metrics_page(const Monitoring& configured,
                              const std::optional<std::vector<ListeningSocket>>& sockets);

}  // namespace ganesha
