// Every DBus method that is ever called, and no other: the bus policy that the packages ship lists the same.
#pragma once

#include "records.hpp"

namespace ganesha::dbus {

struct Method {
  const char* object;
  const char* interface;
  const char* name;
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
inline constexpr Method show_clients{objects::client_mgr, interfaces::client_mgr, "ShowClients"};
}  // namespace methods

// GetNFSv3IO, GetNFSv40IO, GetNFSv41IO or GetNFSv42IO; `protocol` is one of io_protocols.
constexpr const char* io_method(Protocol protocol) {
  switch (protocol) {
    case Protocol::nfsv3:
      return "GetNFSv3IO";
    case Protocol::nfsv40:
      return "GetNFSv40IO";
    case Protocol::nfsv41:
      return "GetNFSv41IO";
    default:
      return "GetNFSv42IO";
  }
}

}  // namespace ganesha::dbus
