#include "export_mgr.hpp"

namespace ganesha::dbus {

namespace asio = boost::asio;

asio::awaitable<result<ExportList>> ExportMgr::show_exports() {
  co_return decode(co_await bus_.call(methods::show_exports), decode_exports);
}

asio::awaitable<result<ExportIO>> ExportMgr::get_io_stats() {
  co_return decode(co_await bus_.call(methods::get_nfs_io), decode_export_io);
}

asio::awaitable<result<BasicStats>> ExportMgr::get_nfs_io(std::uint16_t export_id, Protocol protocol) {
  const auto request = nfs_io_request(export_id, protocol);
  co_return decode(co_await bus_.call(request.method, request.argument), decode_io);
}

Request ExportMgr::nfs_io_request(std::uint16_t export_id, Protocol protocol) {
  return {Method{objects::export_mgr, interfaces::export_stats, io_method(protocol)}, export_id};
}

asio::awaitable<result<std::vector<StatsSwitch>>> ExportMgr::status(bool nfsv3_built) {
  co_return decode(co_await bus_.call(methods::status_stats),
                   [nfsv3_built](const Message& reply) { return decode_status(reply, nfsv3_built); });
}

}  // namespace ganesha::dbus
