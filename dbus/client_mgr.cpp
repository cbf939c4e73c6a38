#include "client_mgr.hpp"

namespace ganesha::dbus {

namespace asio = boost::asio;

asio::awaitable<result<ClientList>> ClientMgr::show_clients() {
  co_return decode(co_await bus_.call(methods::show_clients), decode_clients);
}

asio::awaitable<result<BasicStats>> ClientMgr::get_nfs_io(std::string address, Protocol protocol) {
  const Method method{objects::client_mgr, interfaces::client_stats, io_method(protocol)};
  co_return decode(co_await bus_.call(method, std::move(address)), decode_io);
}

}  // namespace ganesha::dbus
