// The address that a server listens on, as a flag gives it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ganesha::exporter {

struct ListenAddress {
  std::string host;  ///< a name or an address without brackets; empty: every address of this machine
  std::uint16_t port = 0;
  std::string path = {};  ///< of a unix socket, which has neither host nor port; empty: TCP
  bool operator==(const ListenAddress&) const = default;
};

/// The kernel takes no longer path of a unix socket; bytes.
inline constexpr std::size_t max_socket_path = 107;

/// host:port, an IPv6 address in brackets.
std::string host_and_port(const std::string& host, std::uint16_t port);

/// As a flag gives it: host:port, or unix:/path.
std::string text_of(const ListenAddress& address);

/// `:19587`, `127.0.0.1:19587`, `[::1]:19587`, `localhost:19587`; port 0 lets the system choose. `unix:/path`
/// of any length.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

/// Whether the host is a link-local IPv6 address without its interface, as in fe80::1 for fe80::1%eth0: the
/// system cannot use it.
bool lacks_zone(const ListenAddress& address);

}  // namespace ganesha::exporter
