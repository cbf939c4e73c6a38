#include "exporter/top/status_client.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <stdexcept>

#include "exporter/top/text.hpp"

namespace ganesha::exporter::top {
namespace {

constexpr std::chrono::seconds timeout{2};
constexpr unsigned ok = 200, not_found = 404;

// What helps a person, from a response that is no status.
std::string failure_text(const HttpClient::Reply& reply) {
  if (reply.status == not_found)
    return "it has no /api/v1/status: is it a ganesha_exporter, and recent enough?";
  const std::string line = reply.body.substr(0, std::min(reply.body.find('\n'), std::size_t{200}));
  return "status " + std::to_string(reply.status) + (line.empty() ? "" : ": " + line);
}

std::runtime_error failure(const std::string& text) {
  return std::runtime_error(plain_text({{sanitize(text, Charset::ascii)}}));
}

}  // namespace

boost::asio::awaitable<StatusReply> ask(const HttpClient& exporter, std::string target) {
  const auto reply = co_await exporter.get(target, {timeout});
  if (!reply) throw failure("no response from " + exporter.address() + ": " + reply.error().message());
  if (reply->status != ok)
    throw failure("bad response from " + exporter.address() + ": " + failure_text(*reply));
  co_return parse_status(reply->body);
}

StatusSnapshot ask_now(boost::asio::io_context& loop, const HttpClient& exporter, const std::string& target) {
  auto answer = boost::asio::co_spawn(loop, ask(exporter, target), boost::asio::use_future);
  loop.restart();
  loop.run();
  return {answer.get(), now(), ""};
}

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace ganesha::exporter::top
