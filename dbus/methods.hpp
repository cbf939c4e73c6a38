// Every DBus method that is ever called, and no other: the bus policy that the packages ship lists the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

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

namespace methods {
inline constexpr Method get_grace{objects::admin, interfaces::admin, "get_grace"};
inline constexpr Method get_property{objects::admin, interfaces::properties, "Get"};
inline constexpr Method show_exports{objects::export_mgr, interfaces::export_mgr, "ShowExports"};
inline constexpr Method get_nfs_io{objects::export_mgr, interfaces::export_stats, "GetNFSIO"};
inline constexpr Method status_stats{objects::export_mgr, interfaces::export_stats, "StatusStats"};
inline constexpr Method get_global_ops{objects::export_mgr, interfaces::export_stats, "GetGlobalOPS"};
inline constexpr Method get_fast_ops{objects::export_mgr, interfaces::export_stats, "GetFastOPS"};
inline constexpr Method get_full_v3_stats{objects::export_mgr, interfaces::export_stats, "GetFULLV3Stats"};
inline constexpr Method get_full_v4_stats{objects::export_mgr, interfaces::export_stats, "GetFULLV4Stats"};
inline constexpr Method get_auth_stats{objects::export_mgr, interfaces::export_stats, "GetAuthStats"};
inline constexpr Method get_fsal_stats{objects::export_mgr, interfaces::export_stats, "GetFSALStats"};
inline constexpr Method show_cache_inode{objects::export_mgr, interfaces::export_stats, "ShowCacheInode"};
inline constexpr Method show_mdcache{objects::export_mgr, interfaces::export_stats, "ShowMDCache"};
inline constexpr Method show_fd_usage{objects::export_mgr, interfaces::export_stats, "ShowFDUsage"};
inline constexpr Method get_export_details{objects::export_mgr, interfaces::export_stats, "GetExportDetails"};
inline constexpr Method display_export{objects::export_mgr, interfaces::export_mgr, "DisplayExport"};
inline constexpr Method show_clients{objects::client_mgr, interfaces::client_mgr, "ShowClients"};
inline constexpr Method get_client_io_ops{objects::client_mgr, interfaces::client_stats, "GetClientIOops"};
inline constexpr Method get_all_client_io_ops{objects::client_mgr, interfaces::client_stats,
                                              "GetAllClientIOops"};
inline constexpr Method get_all_client_all_ops{objects::client_mgr, interfaces::client_stats,
                                               "GetAllClientAllops"};
inline constexpr Method get_delegations{objects::client_mgr, interfaces::client_stats, "GetDelegations"};
inline constexpr Method get_drc_info{objects::admin, interfaces::admin, "get_drc_info"};
inline constexpr Method introspect_admin{objects::admin, interfaces::introspectable, "Introspect"};
inline constexpr Method introspect_export_mgr{objects::export_mgr, interfaces::introspectable, "Introspect"};
inline constexpr Method introspect_clients{objects::client_mgr, interfaces::introspectable, "Introspect"};
}  // namespace methods

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

// All of the above.
const std::vector<Method>& all_methods();
// A method's name for logs and labels, unique among them, such as "ExportMgr.ShowExports"; and back.
std::string label_of(const Method& method);
std::optional<Method> find_method(std::string_view label);

}  // namespace ganesha::dbus
