#include "exporter/healthcheck.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace ganesha::exporter {
namespace {

constexpr std::chrono::seconds patience{3};

// An exporter that listens on every address answers on loopback.
std::string reachable(const std::string& host) {
  if (host.empty() || host == "0.0.0.0") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

}  // namespace

HealthcheckResult healthcheck(const ListenAddress& address) {
  const auto host = reachable(address.host);
  const auto port = std::to_string(address.port);
  boost::asio::ip::tcp::iostream exporter;
  exporter.expires_after(patience);
  exporter.connect(host, port);
  exporter << "GET /-/ready HTTP/1.0\r\nHost: localhost\r\n\r\n" << std::flush;
  std::string version, status, line, text;
  exporter >> version >> status;
  if (!exporter) return {false, "no answer from " + host + ":" + port + ": " + exporter.error().message()};
  while (std::getline(exporter, line) && line != "\r") continue;
  std::getline(exporter, text);
  return {status == "200", text.empty() ? "status " + status : text};
}

}  // namespace ganesha::exporter
