// Every DBus method that is ever called, with what it takes and how its reply is decoded. A method belongs
// into the row of a collector (exporter/collect) too: from there the bus policy and the docs are made.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "decode.hpp"
#include "method.hpp"
#include "records.hpp"

namespace ganesha::dbus {

// ---- decoders, beside those of decode.hpp and by its rules ----

// GetGlobalOPS: the operations of each protocol.
result<std::vector<ProtocolOperations>> decode_global_operations(const Message& reply);
// GetFastOPS: the calls of each procedure that was called.
result<std::vector<ProcedureCalls>> decode_procedure_calls(const Message& reply);
// GetFULLV3Stats, GetFULLV4Stats (2.7.4 on): the procedures that were called. The flat layout of 2.7.0 to
// 2.7.3 is malformed_reply.
result<std::vector<TimedProcedure>> decode_timed_procedures(const Message& reply);
// GetAuthStats: group_cache, winbind and, if it is reported, dns.
result<std::vector<AuthRequests>> decode_auth(const Message& reply);
// GetFSALStats of a FSAL that keeps them: GPFS.
result<FsalStats> decode_fsal(const Message& reply);
// ShowMDCache, and ShowCacheInode before 5.0, by label. A reply without one of its labels is malformed_reply.
result<MdCache> decode_mdcache(const Message& reply);
// ShowFDUsage, by label in the same way.
result<FdUsage> decode_fd_usage(const Message& reply);
// get_drc_info.
result<DrcInfo> decode_drc(const Message& reply);
// GetMemoryStats, by label: every component has all labels of MemoryUse, later servers send more.
result<std::vector<MemoryUse>> decode_memory(const Message& reply);
// GetExportDetails, GetClientIOops. A latency of 0 was not measured: servers send it for every client, and
// for exports with Enable_Fast_Stats.
result<Details> decode_details(const Message& reply);
// GetAllClientIOops.
result<std::vector<ClientDetails>> decode_all_client_details(const Message& reply);
// GetNFSv41Layouts, GetNFSv42Layouts of exports and clients.
result<Layouts> decode_layouts(const Message& reply);
// GetDelegations.
result<Delegations> decode_delegations(const Message& reply);
// GetAllClientAllops.
result<std::vector<ClientProcedures>> decode_all_client_procedures(const Message& reply);
// How these two begin.
result<ReadEntry<std::vector<ClientDetails>>> begin_all_client_details(const Message& reply,
                                                                       MessageReader& in,
                                                                       std::vector<ClientDetails>& clients);
result<ReadEntry<std::vector<ClientProcedures>>> begin_all_client_procedures(
    const Message& reply, MessageReader& in, std::vector<ClientProcedures>& clients);
template <>
inline constexpr BeginArray<std::vector<ClientDetails>> array_of<std::vector<ClientDetails>> =
    begin_all_client_details;
template <>
inline constexpr BeginArray<std::vector<ClientProcedures>> array_of<std::vector<ClientProcedures>> =
    begin_all_client_procedures;
// DisplayExport, without the export's clients.
result<ExportInfo> decode_export_info(const Message& reply);

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
    {objects::export_mgr, interfaces::export_stats, "StatusStats"}, decode_status};
inline constexpr TypedMethod<std::vector<StatsSwitch>> status_stats_without_nfsv3{
    {objects::export_mgr, interfaces::export_stats, "StatusStats"}, decode_status_without_nfsv3};
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
inline constexpr TypedMethod<std::vector<MemoryUse>> get_memory_stats{
    {objects::mem_mgr, interfaces::mem_stats, "GetMemoryStats"}, decode_memory};

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
// 15.2 on: before, libdbus answers for the object that it has no methods.
inline constexpr TypedMethod<MethodNames> introspect_mem_mgr{
    {objects::mem_mgr, interfaces::introspectable, "Introspect"}, decode_methods};
// The objects that are asked, once for each new server, which methods they have.
inline constexpr std::array introspections{introspect_admin, introspect_export_mgr, introspect_clients,
                                           introspect_mem_mgr};

}  // namespace methods

}  // namespace ganesha::dbus
