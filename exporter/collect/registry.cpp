#include "exporter/collect/registry.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <tuple>

namespace ganesha::exporter {
namespace {

using Registry = std::map<CollectorId, Collector>;

Registry make_registry() {
  Registry registry;
  for (const auto& rows :
       {server_collectors(), export_collectors(), client_collectors(), layout_collectors()})
    for (const auto& row : rows)
      if (!registry.emplace(row.id, row).second)
        throw std::logic_error("two rows of the collector " + std::string(collectors[index_of(row.id)].name));
  return registry;
}

const Registry& registry() {
  static const Registry made = make_registry();
  return made;
}

auto by_interface(const dbus::Method& method) {
  using text = std::string_view;
  return std::tuple(text(method.interface), text(method.name), text(method.object));
}

std::vector<dbus::Method> find_called_methods() {
  using namespace dbus::methods;
  std::vector<dbus::Method> methods{show_exports, show_clients, status_stats};
  std::ranges::copy(introspections, std::back_inserter(methods));
  for (const auto& [id, row] : registry()) {
    std::ranges::copy(row.needs_one_of, std::back_inserter(methods));
    std::ranges::copy(row.may_call, std::back_inserter(methods));
  }
  std::ranges::sort(methods, {}, by_interface);
  methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
  return methods;
}

}  // namespace

const Collector& collector(CollectorId id) {
  const auto found = registry().find(id);
  if (found == registry().end())
    throw std::logic_error("no row of the collector " + std::string(collectors[index_of(id)].name));
  return found->second;
}

const std::vector<dbus::Method>& called_methods() {
  static const std::vector<dbus::Method> methods = find_called_methods();
  return methods;
}

std::optional<dbus::Method> find_method(std::string_view label) {
  const auto& all = called_methods();
  const auto found = std::ranges::find(all, label, dbus::label_of);
  return found == all.end() ? std::nullopt : std::optional(*found);
}

}  // namespace ganesha::exporter
