// Asks a server that is known by its address alone whether it answers NFS. The exporter owns one where there
// is no bus.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "dbus/clock.hpp"

namespace ganesha {

// The addresses of this host, each once; blocks. Throws std::runtime_error that names it.
std::vector<boost::asio::ip::tcp::endpoint> addresses_of(boost::asio::any_io_executor loop,
                                                         const std::string& host, std::uint16_t port);

class NfsProbe {
 public:
  // Asks at each of the addresses, in turn, for NFSv4 and for NFSv3.
  NfsProbe(dbus::Clock& clock, const std::vector<boost::asio::ip::tcp::endpoint>& addresses);

  // Whether a NULL call is accepted before `deadline`. The address and version that answered last are asked
  // first, and have all the time; else each one has its share.
  boost::asio::awaitable<bool> answers(dbus::TimePoint deadline);

 private:
  struct Attempt {
    boost::asio::ip::tcp::endpoint address;
    std::uint32_t version;
  };

  dbus::TimePoint end_of(std::size_t attempt, dbus::TimePoint deadline) const;

  dbus::Clock& clock_;
  std::vector<Attempt> attempts_;  // the one to begin with first
  bool answered_ = false;          // the first one, when it was asked last
};

}  // namespace ganesha
