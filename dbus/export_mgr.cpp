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

asio::awaitable<result<std::vector<ProtocolOperations>>> ExportMgr::global_operations() {
  co_return decode(co_await bus_.call(methods::get_global_ops), decode_global_operations);
}

asio::awaitable<result<std::vector<ProcedureCalls>>> ExportMgr::procedure_calls() {
  co_return decode(co_await bus_.call(methods::get_fast_ops), decode_procedure_calls);
}

asio::awaitable<result<std::vector<TimedProcedure>>> ExportMgr::timed_v3_procedures() {
  co_return decode(co_await bus_.call(methods::get_full_v3_stats), decode_timed_procedures);
}

asio::awaitable<result<std::vector<TimedProcedure>>> ExportMgr::timed_v4_procedures() {
  co_return decode(co_await bus_.call(methods::get_full_v4_stats), decode_timed_procedures);
}

asio::awaitable<result<std::vector<AuthRequests>>> ExportMgr::auth() {
  co_return decode(co_await bus_.call(methods::get_auth_stats), decode_auth);
}

asio::awaitable<result<FsalStats>> ExportMgr::fsal(std::string name) {
  co_return decode(co_await bus_.call(methods::get_fsal_stats, std::move(name)), decode_fsal);
}

asio::awaitable<result<MdCache>> ExportMgr::mdcache(bool renamed) {
  const auto method = renamed ? methods::show_mdcache : methods::show_cache_inode;
  co_return decode(co_await bus_.call(method), decode_mdcache);
}

asio::awaitable<result<FdUsage>> ExportMgr::fd_usage() {
  co_return decode(co_await bus_.call(methods::show_fd_usage), decode_fd_usage);
}

asio::awaitable<result<Details>> ExportMgr::details(std::uint16_t export_id) {
  const auto request = details_request(export_id);
  co_return decode(co_await bus_.call(request.method, request.argument), decode_details);
}

Request ExportMgr::details_request(std::uint16_t export_id) {
  return {methods::get_export_details, export_id};
}

asio::awaitable<result<Layouts>> ExportMgr::layouts(std::uint16_t export_id, Protocol protocol) {
  const auto request = layouts_request(export_id, protocol);
  co_return decode(co_await bus_.call(request.method, request.argument), decode_layouts);
}

Request ExportMgr::layouts_request(std::uint16_t export_id, Protocol protocol) {
  return {Method{objects::export_mgr, interfaces::export_stats, layouts_method(protocol)}, export_id};
}

asio::awaitable<result<ExportInfo>> ExportMgr::export_info(std::uint16_t export_id) {
  const auto request = export_info_request(export_id);
  co_return decode(co_await bus_.call(request.method, request.argument), decode_export_info);
}

Request ExportMgr::export_info_request(std::uint16_t export_id) {
  return {methods::display_export, export_id};
}

}  // namespace ganesha::dbus
