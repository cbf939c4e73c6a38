#include "exporter/systemd/service_environment.hpp"

#include <systemd/sd-daemon.h>

#include <cstdint>
#include <cstdlib>

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

}  // namespace

ServiceEnvironment take_service_environment() { return {take("NOTIFY_SOCKET"), take_watchdog()}; }

}  // namespace ganesha::exporter
