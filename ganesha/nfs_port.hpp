// The sockets on which a server accepts NFS over TCP, and whether it answers there. Ganesha owns one per run.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dbus/clock.hpp"
#include "ganesha/config.hpp"
#include "ganesha/listening_sockets.hpp"

namespace ganesha {

// The sockets to probe: those on the configured port, if there are any; else all but those known to serve
// something else.
std::vector<ListeningSocket> nfs_candidates(std::vector<ListeningSocket> sockets,
                                            std::optional<std::uint16_t> configured_port);

// Addresses that reach these sockets. A loopback address stands for all addresses; where a machine has no
// IPv6, a socket for all of IPv6 takes IPv4 too.
std::vector<boost::asio::ip::tcp::endpoint> reachable(const std::vector<ListeningSocket>& sockets);

class NfsPort {
 public:
  enum class Answer { yes, none, unknown };  // unknown: nothing could be probed

  NfsPort(dbus::Clock& clock, const Config& config);

  // Finds the sockets of the process. To be called early: once the server has acted for a user, /proc may no
  // longer show them.
  void find(pid_t pid);
  // Sends NULL calls, a few seconds at most for each address.
  boost::asio::awaitable<Answer> ask();
  bool known() const noexcept { return !addresses_.empty(); }
  // False if /proc did not show the sockets.
  bool readable() const noexcept { return readable_; }
  // The addresses that are probed, or why there are none.
  std::string text() const;

 private:
  boost::asio::awaitable<bool> answers(boost::asio::ip::tcp::endpoint address);

  dbus::Clock& clock_;
  std::optional<std::uint16_t> configured_port_;
  std::vector<std::uint32_t> versions_;  // the likely one first
  std::vector<boost::asio::ip::tcp::endpoint> addresses_;
  bool readable_ = true;
};

}  // namespace ganesha
