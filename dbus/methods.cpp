#include "methods.hpp"

#include <algorithm>

namespace ganesha::dbus {
namespace {

constexpr Method fixed_methods[] = {
    methods::get_grace,          methods::get_property,          methods::show_exports,
    methods::get_nfs_io,         methods::status_stats,          methods::get_global_ops,
    methods::get_fast_ops,       methods::get_full_v3_stats,     methods::get_full_v4_stats,
    methods::get_auth_stats,     methods::get_fsal_stats,        methods::show_cache_inode,
    methods::show_mdcache,       methods::show_fd_usage,         methods::get_export_details,
    methods::display_export,     methods::show_clients,          methods::get_client_io_ops,
    methods::get_delegations,    methods::get_all_client_io_ops, methods::get_all_client_all_ops,
    methods::get_drc_info,       methods::introspect_admin,      methods::introspect_export_mgr,
    methods::introspect_clients,
};

// Those that are called for exports and for clients, a method for each protocol.
std::vector<Method> make_all() {
  std::vector<Method> all(std::begin(fixed_methods), std::end(fixed_methods));
  const auto add = [&all](const char* member) {
    all.push_back({objects::export_mgr, interfaces::export_stats, member});
    all.push_back({objects::client_mgr, interfaces::client_stats, member});
  };
  for (const auto protocol :
       {Protocol::nfsv3, Protocol::nfsv40, Protocol::nfsv41, Protocol::nfsv42, Protocol::ninep})
    add(io_method(protocol));
  for (const auto protocol : {Protocol::nfsv41, Protocol::nfsv42}) add(layouts_method(protocol));
  return all;
}

}  // namespace

const std::vector<Method>& all_methods() {
  static const std::vector<Method> all = make_all();
  return all;
}

std::string label_of(const Method& method) {
  const std::string_view object(method.object);
  return std::string(object.substr(object.rfind('/') + 1)) + '.' + method.name;
}

std::optional<Method> find_method(std::string_view label) {
  const auto& all = all_methods();
  const auto found = std::ranges::find(all, label, label_of);
  return found == all.end() ? std::nullopt : std::optional(*found);
}

}  // namespace ganesha::dbus
