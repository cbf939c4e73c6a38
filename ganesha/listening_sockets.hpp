// The TCP sockets on which a process listens, as the kernel knows them: what its configuration says may have
// been read wrongly. NfsPort reads them once in a server's life.
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

// Those of the process. Nothing where /proc does not show them: another user's process, or one that changed
// its user and so may not be looked into.
std::optional<std::vector<ListeningSocket>> listening_sockets(pid_t pid);

}  // namespace ganesha
