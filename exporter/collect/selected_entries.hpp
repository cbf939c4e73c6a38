// The exports or clients that a poll shows, each with the index of its labels in the snapshot: entries with
// equal labels share one. Made by CollectContext, used by the collectors.
#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "dbus/records.hpp"

namespace ganesha::exporter {

template <class Entry>
struct Selected : Entry {
  std::size_t subject;
};

template <class Entry>
struct SelectedEntries {
  dbus::Timestamp time;  // of the list
  std::vector<Selected<Entry>> entries;
  std::set<std::size_t> shared;  // the subjects of several entries
};

using SelectedExports = SelectedEntries<dbus::Export>;
using SelectedClients = SelectedEntries<dbus::Client>;

}  // namespace ganesha::exporter
