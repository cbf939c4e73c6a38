// The sockets that HttpServer listens on: TCP, unix, or inherited ones.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "exporter/base/listen_address.hpp"
#include "exporter/http/unix_socket_file.hpp"

namespace ganesha::exporter {

struct Listener {
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

  explicit Listener(const boost::asio::any_io_executor& executor) : acceptor(executor) {}
  /// Nobody can connect from now on, and a file of ours is removed.
  void close();
  /// Where it listens, with the real port.
  ListenAddress address() const;

  Acceptor acceptor;
  std::optional<UnixSocketFile> file;  ///< of a unix socket that we made
};

using ListenerPtr = std::shared_ptr<Listener>;

/// One for each address that the host name stands for; an empty one: all of IPv6 and IPv4. Throws
/// std::system_error whose text names the address.
std::vector<ListenerPtr> open_listeners(const boost::asio::any_io_executor& executor,
                                        const ListenAddress& address);

/// Takes a listening stream socket over. Throws std::system_error.
ListenerPtr adopt_listener(const boost::asio::any_io_executor& executor, int descriptor);

}  // namespace ganesha::exporter
