#include "exporter/supervisor/dependency_commands.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include "exporter/base/text.hpp"
#include "exporter/base/url.hpp"

namespace ganesha::exporter {
namespace {

bool connects(int family, const void* address, std::size_t size) {
  const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const bool connected =
      connect(fd, static_cast<const sockaddr*>(address), static_cast<socklen_t>(size)) == 0;
  close(fd);
  return connected;
}

// An abstract name begins with a zero byte.
bool unix_connects(std::string_view name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, name.data(), name.size());
  return connects(AF_UNIX, &address, offsetof(sockaddr_un, sun_path) + name.size() + (name[0] ? 1 : 0));
}

bool loopback_connects(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connects(AF_INET, &address, sizeof address);
}

// The value of `key` in `kind:key=value,...`; DBus writes odd characters as %xx.
std::string value_of(std::string_view address, std::string_view key) {
  const auto start = address.find(key);
  if (start == address.npos) return {};
  auto raw = address.substr(start + key.size());
  return percent_decoded(raw.substr(0, raw.find(',')));
}

bool one_reachable(std::string_view address) {
  if (!address.starts_with("unix:")) return !address.empty();
  const auto path = value_of(address, "path="), abstract = value_of(address, "abstract=");
  if (!path.empty()) return unix_connects(path);
  return !abstract.empty() && unix_connects('\0' + abstract);
}

// Without a <policy> that lets other users connect, a bus takes connections of its own user alone.
constexpr std::string_view bus_config =
    R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>@ADDRESS@</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow own="@SERVICE@"/>
    <allow send_destination="@SERVICE@"/>
    <allow send_destination="org.freedesktop.DBus"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
  </policy>
</busconfig>
)";

std::string filled(std::string text, std::string_view place, std::string_view value) {
  for (auto at = text.find(place); at != text.npos; at = text.find(place, at))
    text.replace(at, place.size(), escape_markup(value));
  return text;
}

}  // namespace

bool bus_reachable(const std::string& address) {
  std::string_view rest = address;
  while (!rest.empty()) {
    const auto one = rest.substr(0, rest.find(';'));
    if (one_reachable(one)) return true;
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
  }
  return false;
}

bool rpcbind_reachable() { return unix_connects("/run/rpcbind.sock") || loopback_connects(111); }

Command private_bus_command(const std::filesystem::path& folder, const std::string& address,
                            const std::string& service) {
  const auto file = folder / "bus.conf";
  std::ofstream stream(file);
  stream << filled(filled(std::string(bus_config), "@ADDRESS@", address), "@SERVICE@", service);
  stream.close();
  if (!stream) throw std::runtime_error("cannot write " + file.string());
  Command command;
  command.argv = {"dbus-daemon", "--config-file=" + file.string(), "--nofork", "--nopidfile", "--nosyslog"};
  return command;
}

Command rpcbind_command() {
  Command command;
  command.argv = {"rpcbind", "-f"};
  return command;
}

}  // namespace ganesha::exporter
