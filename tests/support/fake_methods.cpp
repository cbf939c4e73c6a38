#include "fake_methods.hpp"

#include <utility>

#include "fake_answers.hpp"

namespace fake {
namespace {

using Arguments = std::vector<Argument>;

Arguments operator+(Arguments left, const Arguments& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Argument in(const char* name, const char* signature) { return {name, "in", signature}; }
Argument out(const char* name, const std::string& signature) { return {name, "out", signature}; }

const Arguments status{out("status", "b"), out("error", "s")};
const Arguments timed_status = status + Arguments{out("time", "(tt)")};
const Arguments io = timed_status + Arguments{out("read", "(tttttt)"), out("write", "(tttttt)")};
const Arguments data{out("data", "s")};
const Arguments grace = Arguments{out("isgrace", "b")} + status;
const Arguments property{in("interface", "s"), in("propname", "s"), out("value", "v")};
const Arguments properties{in("interface", "s"), out("props", "a{sv}")};
const Arguments export_io = Arguments{in("exp_id", "q")} + io;
const Arguments client_io = Arguments{in("ipaddr", "s")} + io;
const Arguments client_ops = Arguments{in("ipaddr", "s")} + timed_status;
const Arguments all_io = timed_status + Arguments{out("iostats", "a(qs(tttttt)(tttttt))")};

const Arguments full_v3 = timed_status + Arguments{out("v3_full_stats", "a(stttddd)"), out("message", "s")};

Arguments list(const char* name, const std::string& entry) {
  return {out("time", "(tt)"), out(name, "a(" + entry + ")")};
}

// Introspection gives the structs without their parentheses here, as Ganesha's does.
Arguments status_arguments(const Layout& layout) {
  static const std::vector<const char*> names{"nfs_status",     "fsal_status", "v3_full_status",
                                              "v4_full_status", "auth_status", "clnt_allops_status"};
  Arguments arguments = status;
  for (int i = 0; i < layout.status_structs; ++i) {
    arguments.push_back(out(names.at(static_cast<std::size_t>(i)), "b(tt)"));
  }
  return arguments;
}

struct Row {
  bool exists;
  Method method;
};

std::vector<Row> table(const Layout& l) {
  const std::string object("org.freedesktop.DBus.Introspectable");
  const std::string props("org.freedesktop.DBus.Properties");
  const std::string admin("org.ganesha.nfsd.admin");
  const std::string exports("org.ganesha.nfsd.exportmgr");
  const std::string export_stats("org.ganesha.nfsd.exportstats");
  const std::string clients("org.ganesha.nfsd.clientmgr");
  const std::string client_stats("org.ganesha.nfsd.clientstats");
  const Arguments client_list = list("clients", client_entry_signature(l));
  const Arguments export_list = list("exports", export_entry_signature(l));
  return {
      {true, {"admin", object, "Introspect", data, introspect}},
      {true, {"admin", admin, "get_grace", grace, get_grace}},
      {true, {"admin", props, "Get", property, get_property}},
      {true, {"admin", props, "GetAll", properties, get_properties}},

      {true, {"ExportMgr", object, "Introspect", data, introspect}},
      {true, {"ExportMgr", exports, "ShowExports", export_list, show_exports}},
      {true, {"ExportMgr", export_stats, "GetNFSv3IO", export_io, get_export_io<Protocol::nfsv3>}},
      {true, {"ExportMgr", export_stats, "GetNFSv40IO", export_io, get_export_io<Protocol::nfsv40>}},
      {true, {"ExportMgr", export_stats, "GetNFSv41IO", export_io, get_export_io<Protocol::nfsv41>}},
      {l.nfsv42_io, {"ExportMgr", export_stats, "GetNFSv42IO", export_io, get_export_io<Protocol::nfsv42>}},
      {l.ninep_io, {"ExportMgr", export_stats, "Get9pIO", export_io, get_export_io<Protocol::ninep>}},
      {l.nfsio, {"ExportMgr", export_stats, "GetNFSIO", all_io, get_nfs_io}},
      {l.status_structs > 0, {"ExportMgr", export_stats, "StatusStats", status_arguments(l), status_stats}},
      {l.status_structs > 2, {"ExportMgr", export_stats, "GetFULLV3Stats", full_v3, get_full_v3_stats}},

      // Answered in every version: where Ganesha lacks the object, by libdbus. The rest is recorded alone.
      {true, {"MemMgr", object, "Introspect", data, introspect}},

      {true, {"ClientMgr", object, "Introspect", data, introspect}},
      {true, {"ClientMgr", clients, "ShowClients", client_list, show_clients}},
      {true, {"ClientMgr", client_stats, "GetNFSv3IO", client_io, get_client_io<Protocol::nfsv3>}},
      {true, {"ClientMgr", client_stats, "GetNFSv40IO", client_io, get_client_io<Protocol::nfsv40>}},
      {true, {"ClientMgr", client_stats, "GetNFSv41IO", client_io, get_client_io<Protocol::nfsv41>}},
      {l.nfsv42_io, {"ClientMgr", client_stats, "GetNFSv42IO", client_io, get_client_io<Protocol::nfsv42>}},
      {l.ninep_io, {"ClientMgr", client_stats, "Get9pIO", client_io, get_client_io<Protocol::ninep>}},
      {l.client_ops, {"ClientMgr", client_stats, "GetClientIOops", client_ops, get_client_ops}},
      {l.all_operations, {"ClientMgr", client_stats, "GetAllClientIOops", timed_status, get_all_client_ops}},
  };
}

}  // namespace

Method client_procedures_method() {
  return {"ClientMgr", "org.ganesha.nfsd.clientstats", "GetAllClientAllops", timed_status,
          get_all_client_procedures};
}

std::vector<Method> methods_of(const Layout& layout) {
  std::vector<Method> methods;
  for (Row& row : table(layout)) {
    if (row.exists) methods.push_back(std::move(row.method));
  }
  return methods;
}

}  // namespace fake
