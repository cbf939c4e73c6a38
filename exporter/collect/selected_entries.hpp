// The exports or clients that a poll shows, each with the index of its labels in the snapshot: those with
// equal labels share one. Made by the poll, used by the collectors.
#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "dbus/records.hpp"

namespace ganesha::exporter {

template <class Entry>
struct Shown {
  dbus::Timestamp time;  // of the list
  std::vector<Entry> entries;
  std::vector<std::size_t> subjects;  // one for each entry
  std::set<std::size_t> shared;       // those that several entries have
};

using ShownExports = Shown<dbus::Export>;
using ShownClients = Shown<dbus::Client>;

}  // namespace ganesha::exporter
