#include "exporter/collect/reference.hpp"

#include <algorithm>

#include "exporter/base/text.hpp"
#include "exporter/collect/registry.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::string_view opening = R"(# Collectors

Made by `make docs`; do not edit.

A collector is a group of metrics that is enabled and disabled together: `--collector.NAME` enables it,
`--no-collector.NAME` disables it, and `--collector.disable-defaults` leaves only those that are named. A collector runs
where the server has one of its methods; one without methods, where the server has what it reads;
`ganesha_exporter_collector_supported` reports it. A collector that fails loses its own metrics only:
`ganesha_exporter_collector_success` is 0, and the log says why once. The name of each leads to its metrics.

| collector | default | what it collects | DBus methods |
|---|---|---|---|
)";

constexpr std::string_view closing = R"(
ShowExports, ShowClients and StatusStats are called at most once per poll, however many collectors need them. Beside
these methods the exporter calls Introspect, once for each new server. [calls.md](calls.md) has what was checked for
each method, and why some are never called.
)";

constexpr std::string_view policy_opening =
    R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<!-- Made by `make docs`; do not edit.
     Lets the user ganesha-exporter read Ganesha's statistics: what the exporter calls and nothing else.
     Goes into /etc/dbus-1/system.d/ of the bus that Ganesha is on, beside Ganesha's own policy, which lets only
     root talk to it. The user must be known there: dbus-daemon ignores this file where it is not. -->
<busconfig>
  <policy user="ganesha-exporter">
)";

constexpr std::string_view policy_closing = R"(  </policy>
</busconfig>
)";

void add_names(const std::vector<dbus::Method>& methods, std::vector<std::string>& names) {
  for (const auto& method : methods)
    if (std::ranges::find(names, method.name) == names.end()) names.emplace_back(method.name);
}

std::string names_of_methods(const Collector& row) {
  std::vector<std::string> names;
  add_names(row.needs_one_of, names);
  add_names(row.may_call, names);
  return names.empty() ? "none" : joined(names, ", ");
}

std::string row_of(const CollectorInfo& info) {
  const std::string name(info.name);
  return "| [`" + name + "`](metrics.md#collector-" + name + ") | " + (info.by_default ? "on" : "off") +
         " | " + std::string(info.help) + " | " + names_of_methods(collector(info.id)) + " |\n";
}

std::string rule_of(const dbus::Method& method) {
  return "    <allow send_destination=\"org.ganesha.nfsd\" send_interface=\"" +
         std::string(method.interface) + "\" send_member=\"" + method.name + "\"/>\n";
}

}  // namespace

std::string collectors_reference() {
  std::string text(opening);
  for (const auto& info : collectors) text += row_of(info);
  return text + std::string(closing);
}

std::string bus_policy() {
  std::string text(policy_opening);
  std::string last;
  for (const auto& method : called_methods()) {
    const auto rule = rule_of(method);
    if (rule != last) text += rule;  // one for all objects with the same method
    last = rule;
  }
  return text + std::string(policy_closing);
}

}  // namespace ganesha::exporter
