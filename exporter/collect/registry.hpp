// How each collector runs: the methods it calls and its function, in the file that has the function.
// GaneshaSource runs those that are enabled; the bus policy and docs/collectors.md are made from the rows.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "dbus/methods.hpp"
#include "exporter/collect/context.hpp"
#include "exporter/model/collectors.hpp"
#include "exporter/model/stats_switch.hpp"

namespace ganesha::exporter {

struct Collector {
  CollectorId id;  // name, help and default are in model/collectors.hpp
  // Servers that have one of these support it. None for a collector that calls the lists alone: its function
  // answers errc::unsupported where the server lacks what it reads.
  std::vector<dbus::Method> needs_one_of;
  // What else it calls where the server has it, beside the lists of exports and clients and StatusStats.
  std::vector<dbus::Method> may_call;
  // Puts what it finds into the snapshot: all of it, or nothing where it fails.
  boost::asio::awaitable<CollectResult> (*collect)(CollectContext& context);
  // Not run while Ganesha does not count this statistic: the values would be frozen.
  std::optional<Statistic> statistic = std::nullopt;
};

std::vector<Collector> server_collectors();  // server.cpp
std::vector<Collector> export_collectors();  // exports.cpp
std::vector<Collector> client_collectors();  // clients.cpp
std::vector<Collector> layout_collectors();  // layouts.cpp

// The one row of a collector; throws std::logic_error where there is none.
const Collector& collector(CollectorId id);

// Every method that is ever called, once, by the collectors or to learn what the server can do; ordered by
// interface and name.
const std::vector<dbus::Method>& called_methods();
// The one with this label (label_of()); nothing where there is none.
std::optional<dbus::Method> find_method(std::string_view label);

}  // namespace ganesha::exporter
