// Ganesha's ClientMgr object: the clients and their counters.
#pragma once

#include "bus.hpp"
#include "decode_details.hpp"

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

  // GetClientIOops (3.0 on).
  boost::asio::awaitable<result<Details>> details(std::string address);
  static Request details_request(std::string address);  // for decode_details()
  // GetAllClientIOops (15.2): every client in one call.
  boost::asio::awaitable<result<std::vector<ClientDetails>>> all_details();
  // GetAllClientAllops (15.2): every client in one call.
  boost::asio::awaitable<result<std::vector<ClientProcedures>>> all_procedures();
  // GetDelegations.
  boost::asio::awaitable<result<Delegations>> delegations(std::string address);
  static Request delegations_request(std::string address);  // for decode_delegations()
  // GetNFSv41Layouts, GetNFSv42Layouts (4.0 on), by `protocol`.
  boost::asio::awaitable<result<Layouts>> layouts(std::string address, Protocol protocol);
  static Request layouts_request(std::string address, Protocol protocol);  // for decode_layouts()

 private:
  Bus& bus_;
};

}  // namespace ganesha::dbus
