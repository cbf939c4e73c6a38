#include "exporter/site/healthcheck.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "exporter/http/client.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::chrono::seconds timeout{3};

struct Asked {
  std::string address;
  boost::system::result<HttpClient::Reply> reply;
};

Asked ask(const ClientSettings& settings, Probe probe) {
  boost::asio::io_context loop(1);
  const HttpClient exporter(loop, settings);
  const std::string page = probe == Probe::live ? "/-/healthy" : "/-/ready";
  auto pending = boost::asio::co_spawn(loop, exporter.get(page, {timeout}), boost::asio::use_future);
  loop.run();
  return {exporter.address(), pending.get()};
}

// So an exporter with TLS answers to plain HTTP.
bool wants_tls(const Asked& asked) { return asked.reply && asked.reply->status == 400; }

bool is_about_health(const Asked& asked) { return asked.reply && !wants_tls(asked); }

HealthcheckResult result_of(const Asked& asked) {
  if (!asked.reply)
    return {false, "no response from " + asked.address + ": " + asked.reply.error().message()};
  const auto& reply = *asked.reply;
  const std::string line = reply.body.substr(0, reply.body.find('\n'));
  return {reply.status == 200, line.empty() ? "status " + std::to_string(reply.status) : line};
}

// It lives: it refused plain HTTP. A server must not be restarted because its clients need certificates.
HealthcheckResult result_without_certificate(Probe probe) {
  return {probe == Probe::live,
          "ganesha_exporter responds, but demands a client certificate before it tells its health: give it "
          "--web.health-listen-address, or give --exporter.cert-file and --exporter.key-file here"};
}

}  // namespace

HealthcheckResult healthcheck(const ClientSettings& settings, Probe probe) {
  const Asked first = ask(settings, probe);
  if (settings.check == ServerCheck::all || is_about_health(first)) return result_of(first);
  ClientSettings others = settings;
  others.scheme = settings.scheme == Scheme::http ? Scheme::https : Scheme::http;
  const Asked second = ask(others, probe);
  if (is_about_health(second)) return result_of(second);
  if (wants_tls(first) || wants_tls(second)) return result_without_certificate(probe);
  return result_of(first);
}

}  // namespace ganesha::exporter
