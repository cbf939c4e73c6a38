// Every DBus method that is ever called, with what it takes and how its reply is read. A method belongs into
// the row of a collector (exporter/collect) too: from there the bus policy and the docs are made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "decode.hpp"
#include "decode_details.hpp"
#include "decode_server.hpp"
#include "error.hpp"
#include "message.hpp"
#include "records.hpp"

namespace ganesha::dbus {

struct Method {
  const char* object;
  const char* interface;
  const char* name;
};

constexpr bool operator==(const Method& a, const Method& b) {
  using text = std::string_view;
  return text(a.object) == b.object && text(a.interface) == b.interface && text(a.name) == b.name;
}

// The arguments that the methods take: none, an export id, an address, or two names.
using Argument =
    std::variant<std::monostate, std::uint16_t, std::string, std::pair<std::string, std::string>>;

// One call of a method of Ganesha's.
struct Request {
  Method method;
  Argument argument = {};

  bool operator==(const Request&) const = default;
};

// A request and how its reply is read. Made by a TypedMethod, taken by ask() and ask_each().
template <class T>
struct Query {
  Method method;
  Argument argument;
  result<T> (*decode)(const Message& reply);
};

// A method that takes `Arguments` (one or none) and whose reply becomes a T: called with its argument, it
// gives the query.
template <class T, class... Arguments>
struct TypedMethod : Method {
  result<T> (*decode)(const Message& reply);

  Query<T> operator()(Arguments... arguments) const {
    return {static_cast<const Method&>(*this), Argument{std::move(arguments)...}, decode};
  }
};

namespace objects {
inline constexpr const char* admin = "/org/ganesha/nfsd/admin";
inline constexpr const char* export_mgr = "/org/ganesha/nfsd/ExportMgr";
inline constexpr const char* client_mgr = "/org/ganesha/nfsd/ClientMgr";
inline constexpr const char* heartbeat = "/org/ganesha/nfsd/heartbeat";
}  // namespace objects

namespace interfaces {
inline constexpr const char* admin = "org.ganesha.nfsd.admin";
inline constexpr const char* export_mgr = "org.ganesha.nfsd.exportmgr";
inline constexpr const char* export_stats = "org.ganesha.nfsd.exportstats";
inline constexpr const char* client_mgr = "org.ganesha.nfsd.clientmgr";
inline constexpr const char* client_stats = "org.ganesha.nfsd.clientstats";
inline constexpr const char* introspectable = "org.freedesktop.DBus.Introspectable";
inline constexpr const char* properties = "org.freedesktop.DBus.Properties";
}  // namespace interfaces

// GetNFSv3IO, GetNFSv40IO, GetNFSv41IO, GetNFSv42IO or Get9pIO; `protocol` is one of io_protocols or 9P.
constexpr const char* io_method(Protocol protocol) {
  switch (protocol) {
    case Protocol::nfsv3:
      return "GetNFSv3IO";
    case Protocol::nfsv40:
      return "GetNFSv40IO";
    case Protocol::nfsv41:
      return "GetNFSv41IO";
    case Protocol::ninep:
      return "Get9pIO";
    default:
      return "GetNFSv42IO";
  }
}

// GetNFSv41Layouts or GetNFSv42Layouts; `protocol` is NFSv41 or NFSv42.
constexpr const char* layouts_method(Protocol protocol) {
  return protocol == Protocol::nfsv41 ? "GetNFSv41Layouts" : "GetNFSv42Layouts";
}

// The argument of get_property for the server's version.
inline std::pair<std::string, std::string> version_argument() {
  return {interfaces::admin, "VERSION_RELEASE"};
}

// "2.7 on": the first Ganesha that has the method. The addresses of clients are exactly those of ShowClients.
namespace methods {

// ---- the server ----
inline constexpr TypedMethod<bool> get_grace{{objects::admin, interfaces::admin, "get_grace"}, decode_grace};
inline constexpr TypedMethod<std::string, std::pair<std::string, std::string>> get_property{
    {objects::admin, interfaces::properties, "Get"}, decode_version};
// 2.7 on. Servers built without NFSv3 leave its switch out: no reply says so by itself.
inline constexpr TypedMethod<std::vector<StatsSwitch>> status_stats{
    {objects::export_mgr, interfaces::export_stats, "StatusStats"},
    [](const Message& reply) { return decode_status(reply, true); }};
inline constexpr TypedMethod<std::vector<StatsSwitch>> status_stats_without_nfsv3{
    {objects::export_mgr, interfaces::export_stats, "StatusStats"},
    [](const Message& reply) { return decode_status(reply, false); }};
inline constexpr TypedMethod<std::vector<ProtocolOperations>> get_global_ops{
    {objects::export_mgr, interfaces::export_stats, "GetGlobalOPS"}, decode_global_operations};
inline constexpr TypedMethod<std::vector<ProcedureCalls>> get_fast_ops{
    {objects::export_mgr, interfaces::export_stats, "GetFastOPS"}, decode_procedure_calls};
// 2.7.4 on, both.
inline constexpr TypedMethod<std::vector<TimedProcedure>> get_full_v3_stats{
    {objects::export_mgr, interfaces::export_stats, "GetFULLV3Stats"}, decode_timed_procedures};
inline constexpr TypedMethod<std::vector<TimedProcedure>> get_full_v4_stats{
    {objects::export_mgr, interfaces::export_stats, "GetFULLV4Stats"}, decode_timed_procedures};
// 2.8.1 on.
inline constexpr TypedMethod<std::vector<AuthRequests>> get_auth_stats{
    {objects::export_mgr, interfaces::export_stats, "GetAuthStats"}, decode_auth};
// 2.6 on. Takes the name of a FSAL, such as GPFS; refused by those that keep no statistics.
inline constexpr TypedMethod<FsalStats, std::string> get_fsal_stats{
    {objects::export_mgr, interfaces::export_stats, "GetFSALStats"}, decode_fsal};
// Before 5.0, which calls it ShowMDCache.
inline constexpr TypedMethod<MdCache> show_cache_inode{
    {objects::export_mgr, interfaces::export_stats, "ShowCacheInode"}, decode_mdcache};
inline constexpr TypedMethod<MdCache> show_mdcache{
    {objects::export_mgr, interfaces::export_stats, "ShowMDCache"}, decode_mdcache};
// 6.0 on: the server logs a line for each NFSv4 client.
inline constexpr TypedMethod<FdUsage> show_fd_usage{
    {objects::export_mgr, interfaces::export_stats, "ShowFDUsage"}, decode_fd_usage};
// 15.2 on.
inline constexpr TypedMethod<DrcInfo> get_drc_info{{objects::admin, interfaces::admin, "get_drc_info"},
                                                   decode_drc};

// ---- exports ----
inline constexpr TypedMethod<ExportList> show_exports{
    {objects::export_mgr, interfaces::export_mgr, "ShowExports"}, decode_exports};
// 2.2 on: the counters of every export and protocol in one call.
inline constexpr TypedMethod<ExportIO> get_nfs_io{{objects::export_mgr, interfaces::export_stats, "GetNFSIO"},
                                                  decode_export_io};
// 3.0 on.
inline constexpr TypedMethod<Details, std::uint16_t> get_export_details{
    {objects::export_mgr, interfaces::export_stats, "GetExportDetails"}, decode_details};
// An unknown id is errc::failed.
inline constexpr TypedMethod<ExportInfo, std::uint16_t> display_export{
    {objects::export_mgr, interfaces::export_mgr, "DisplayExport"}, decode_export_info};
// `protocol` is one of io_protocols or 9P.
constexpr TypedMethod<BasicStats, std::uint16_t> export_io(Protocol protocol) {
  return {{objects::export_mgr, interfaces::export_stats, io_method(protocol)}, decode_io};
}
// 4.0 on. `protocol` is NFSv41 or NFSv42.
constexpr TypedMethod<Layouts, std::uint16_t> export_layouts(Protocol protocol) {
  return {{objects::export_mgr, interfaces::export_stats, layouts_method(protocol)}, decode_layouts};
}

// ---- clients ----
inline constexpr TypedMethod<ClientList> show_clients{
    {objects::client_mgr, interfaces::client_mgr, "ShowClients"}, decode_clients};
// 3.0 on.
inline constexpr TypedMethod<Details, std::string> get_client_io_ops{
    {objects::client_mgr, interfaces::client_stats, "GetClientIOops"}, decode_details};
// 15.2 on, both: every client in one call.
inline constexpr TypedMethod<std::vector<ClientDetails>> get_all_client_io_ops{
    {objects::client_mgr, interfaces::client_stats, "GetAllClientIOops"}, decode_all_client_details};
inline constexpr TypedMethod<std::vector<ClientProcedures>> get_all_client_all_ops{
    {objects::client_mgr, interfaces::client_stats, "GetAllClientAllops"}, decode_all_client_procedures};
inline constexpr TypedMethod<Delegations, std::string> get_delegations{
    {objects::client_mgr, interfaces::client_stats, "GetDelegations"}, decode_delegations};
// `protocol` is one of io_protocols or 9P.
constexpr TypedMethod<BasicStats, std::string> client_io(Protocol protocol) {
  return {{objects::client_mgr, interfaces::client_stats, io_method(protocol)}, decode_io};
}
// 4.0 on. `protocol` is NFSv41 or NFSv42.
constexpr TypedMethod<Layouts, std::string> client_layouts(Protocol protocol) {
  return {{objects::client_mgr, interfaces::client_stats, layouts_method(protocol)}, decode_layouts};
}

// ---- which methods an object has ----
inline constexpr TypedMethod<MethodNames> introspect_admin{
    {objects::admin, interfaces::introspectable, "Introspect"}, decode_methods};
inline constexpr TypedMethod<MethodNames> introspect_export_mgr{
    {objects::export_mgr, interfaces::introspectable, "Introspect"}, decode_methods};
inline constexpr TypedMethod<MethodNames> introspect_clients{
    {objects::client_mgr, interfaces::introspectable, "Introspect"}, decode_methods};

}  // namespace methods

// A method's name for logs and labels, unique among those above, such as "ExportMgr.ShowExports".
std::string label_of(const Method& method);

}  // namespace ganesha::dbus
