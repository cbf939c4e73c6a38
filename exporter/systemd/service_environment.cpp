#include "exporter/systemd/service_environment.hpp"

#include <systemd/sd-daemon.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>

namespace ganesha::exporter {
namespace {

// More is no watchdog, and would not fit a Duration.
constexpr std::chrono::hours longest{24 * 365};

std::string take(const char* name) {
  const char* const given = std::getenv(name);
  std::string value = given ? given : "";
  unsetenv(name);
  return value;
}

std::optional<dbus::Duration> take_watchdog() {
  std::uint64_t interval = 0;
  constexpr int take_it_out = 1;
  if (sd_watchdog_enabled(take_it_out, &interval) <= 0) return std::nullopt;
  const auto most = static_cast<std::uint64_t>(std::chrono::microseconds(longest).count());
  if (interval > most) return std::nullopt;
  return std::chrono::microseconds(interval);
}

std::vector<int> take_sockets() {
  constexpr int take_it_out = 1;
  const int count = sd_listen_fds(take_it_out);
  std::vector<int> sockets(count > 0 ? static_cast<std::size_t>(count) : 0);
  std::iota(sockets.begin(), sockets.end(), SD_LISTEN_FDS_START);
  return sockets;
}

}  // namespace

ServiceEnvironment take_service_environment() {
  return {take("NOTIFY_SOCKET"), take_watchdog(), take_sockets()};
}

}  // namespace ganesha::exporter
