#include "client_mgr.hpp"

namespace ganesha::dbus {

namespace asio = boost::asio;

asio::awaitable<result<ClientList>> ClientMgr::show_clients() {
  co_return decode(co_await bus_.call(methods::show_clients), decode_clients);
}

asio::awaitable<result<BasicStats>> ClientMgr::get_nfs_io(std::string address, Protocol protocol) {
  auto request = nfs_io_request(std::move(address), protocol);
  co_return decode(co_await bus_.call(request.method, std::move(request.argument)), decode_io);
}

Request ClientMgr::nfs_io_request(std::string address, Protocol protocol) {
  return {Method{objects::client_mgr, interfaces::client_stats, io_method(protocol)}, std::move(address)};
}

}  // namespace ganesha::dbus
