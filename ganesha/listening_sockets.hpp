// The TCP sockets on which a process listens, from the kernel: its configuration may have been misread.
// Read while a server starts, by NfsPort and by the supervisor.
#pragma once

#include <sys/types.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace ganesha {

struct ListeningSocket {
  boost::asio::ip::tcp::endpoint address;
  std::uint64_t inode = 0;
  bool operator==(const ListeningSocket&) const = default;
};

// Those in a text like /proc/net/tcp or /proc/net/tcp6. Lines of another form are skipped.
std::vector<ListeningSocket> parse_listening_sockets(std::string_view table);

// Those of the process. Nothing if /proc does not show them: the process belongs to another user, or has
// changed its user.
std::optional<std::vector<ListeningSocket>> listening_sockets(pid_t pid);

}  // namespace ganesha
