// Ganesha's ClientMgr object, for programs that use the library: the clients and their reads and writes.
#pragma once

#include <string>

#include "ask.hpp"

namespace ganesha::dbus {

class ClientMgr {
 public:
  explicit ClientMgr(Bus& bus) : bus_(bus) {}

  // ShowClients.
  boost::asio::awaitable<result<ClientList>> show_clients() { return ask(bus_, methods::show_clients()); }
  // GetNFSv3IO, GetNFSv40IO, GetNFSv41IO, GetNFSv42IO, by `protocol` (one of io_protocols). `address` is
  // exactly the one that show_clients() gave.
  boost::asio::awaitable<result<BasicStats>> get_nfs_io(std::string address, Protocol protocol) {
    return ask(bus_, methods::client_io(protocol)(std::move(address)));
  }

 private:
  Bus& bus_;
};

}  // namespace ganesha::dbus
