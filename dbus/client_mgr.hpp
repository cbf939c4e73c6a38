// Ganesha's ClientMgr object: the clients and their counters.
#pragma once

#include "bus.hpp"
#include "decode.hpp"

namespace ganesha::dbus {

class ClientMgr {
 public:
  explicit ClientMgr(Bus& bus) : bus_(bus) {}

  // ShowClients.
  boost::asio::awaitable<result<ClientList>> show_clients();
  // GetNFSv3IO, GetNFSv40IO, GetNFSv41IO, GetNFSv42IO, by `protocol` (one of io_protocols). `address` is
  // exactly the one that show_clients() gave.
  boost::asio::awaitable<result<BasicStats>> get_nfs_io(std::string address, Protocol protocol);
  // The call that it makes, for Bus::call_each(); decode_io() reads the reply.
  static Request nfs_io_request(std::string address, Protocol protocol);

 private:
  Bus& bus_;
};

}  // namespace ganesha::dbus
