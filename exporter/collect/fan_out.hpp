// Asking the same of many: the calls of a collector that asks each export or client by itself.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "dbus/bus.hpp"
#include "dbus/decode.hpp"

namespace ganesha::exporter {

// Whether an error only says that there is nothing to tell: no activity, or an entry that went away between
// the list and the call.
inline bool nothing_to_tell(const dbus::Error& error) {
  return error.code == dbus::errc::no_activity || error.code == dbus::errc::refused;
}

// A call for one entry and protocol.
struct Job {
  std::size_t entry;
  dbus::Protocol protocol;
};

// One for each of the protocols that an entry used.
template <class Entry>
std::vector<Job> jobs_for(const std::vector<Entry>& entries, std::span<const dbus::Protocol> protocols) {
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < entries.size(); ++i)
    for (const auto protocol : protocols)
      if (used(entries[i], protocol)) jobs.push_back({i, protocol});
  return jobs;
}

// Makes the calls request(0) to request(count - 1) and decodes the replies; an entry is empty where the error
// was a `tolerated` one. Any other ends it.
template <class T>
boost::asio::awaitable<dbus::result<std::vector<std::optional<T>>>> ask_each(
    dbus::Bus& bus, std::size_t count, dbus::Bus::RequestAt request,
    dbus::result<T> (*decoder)(const dbus::Message&),
    std::function<bool(const dbus::Error&)> tolerated = nothing_to_tell) {
  std::vector<std::optional<T>> found(count);
  std::optional<dbus::Error> error;
  const auto take = [&](std::size_t i, const dbus::result<dbus::Message>& reply) {
    auto decoded = dbus::decode(reply, decoder);
    if (decoded) {
      found[i] = std::move(*decoded);
      return true;
    }
    if (tolerated(decoded.error())) return true;
    // A timeout ends the poll, whatever failed before it.
    if (!error || decoded.error().code == dbus::errc::timed_out) error = std::move(decoded).error();
    return false;
  };
  co_await bus.call_each(count, std::move(request), take);
  if (error) co_return *std::move(error);
  co_return found;
}

}  // namespace ganesha::exporter
