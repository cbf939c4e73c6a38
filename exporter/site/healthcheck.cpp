#include "exporter/site/healthcheck.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "exporter/http/client.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::chrono::seconds timeout{3};

HealthcheckResult result_of(const HttpClient::Reply& reply) {
  const std::string line = reply.body.substr(0, reply.body.find('\n'));
  return {reply.status == 200, line.empty() ? "status " + std::to_string(reply.status) : line};
}

}  // namespace

HealthcheckResult healthcheck(const ClientSettings& settings, const std::string& page) {
  boost::asio::io_context loop(1);
  const HttpClient exporter(loop, settings);
  auto pending = boost::asio::co_spawn(loop, exporter.get(page, timeout), boost::asio::use_future);
  loop.run();
  const auto reply = pending.get();
  if (!reply) return {false, "no response from " + exporter.address() + ": " + reply.error().message()};
  return result_of(*reply);
}

}  // namespace ganesha::exporter
