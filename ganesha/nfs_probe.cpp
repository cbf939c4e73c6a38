#include "ganesha/nfs_probe.hpp"

#include <algorithm>
#include <stdexcept>

#include "ganesha/null_call.hpp"

namespace ganesha {

namespace asio = boost::asio;
using asio::ip::tcp;

// glibc names 127.0.0.1 twice where localhost is ::1 too.
std::vector<tcp::endpoint> addresses_of(asio::any_io_executor loop, const std::string& host,
                                        std::uint16_t port) {
  boost::system::error_code error;
  std::vector<tcp::endpoint> found;
  for (const auto& entry : tcp::resolver(loop).resolve(host, std::to_string(port), error))
    if (std::ranges::find(found, entry.endpoint()) == found.end()) found.push_back(entry.endpoint());
  if (found.empty()) throw std::runtime_error("cannot resolve " + host + ": " + error.message());
  return found;
}

NfsProbe::NfsProbe(dbus::Clock& clock, const std::vector<tcp::endpoint>& addresses) : clock_(clock) {
  for (const auto& address : addresses)
    for (const std::uint32_t version : {4U, 3U}) attempts_.push_back({address, version});
}

// A version that is not served, and a port without a server, are refused at once.
asio::awaitable<bool> NfsProbe::answers(dbus::TimePoint deadline) {
  for (std::size_t i = 0; i < attempts_.size(); ++i) {
    const auto [address, version] = attempts_[i];
    const bool answered = co_await answers_null_call(address, version, end_of(i, deadline));
    if (!answered) continue;
    const auto found = attempts_.begin() + static_cast<std::ptrdiff_t>(i);
    std::rotate(attempts_.begin(), found, found + 1);
    co_return answered_ = true;
  }
  co_return answered_ = false;
}

dbus::TimePoint NfsProbe::end_of(std::size_t attempt, dbus::TimePoint deadline) const {
  if (answered_ && attempt == 0) return deadline;
  const auto now = clock_.now();
  return now + (deadline - now) / static_cast<std::int64_t>(attempts_.size() - attempt);
}

}  // namespace ganesha
