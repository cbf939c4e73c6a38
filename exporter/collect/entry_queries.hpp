// The queries that collectors make for each export or client by itself, for dbus::ask_each().
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dbus/ask.hpp"
#include "exporter/collect/selected_entries.hpp"

namespace ganesha::exporter {

// What a query is about. The protocol is any where one query stands for all of them.
template <class Entry>
struct EntryKey {
  const Selected<Entry>* entry;
  dbus::Protocol protocol = {};
};

template <class Entry, class T>
using EntryQueries = std::vector<dbus::KeyedQuery<EntryKey<Entry>, T>>;

// The argument that stands for an entry.
inline std::uint16_t argument_of(const dbus::Export& one) { return one.id; }
inline const std::string& argument_of(const dbus::Client& one) { return one.address; }

// Appends a query by each of these protocols that the entry used. `method` is a method by its protocol, such
// as dbus::methods::export_io.
template <class Entry, class T, class Argument>
void add_queries(const Selected<Entry>& entry, std::span<const dbus::Protocol> protocols,
                 dbus::TypedMethod<T, Argument> (*method)(dbus::Protocol), EntryQueries<Entry, T>& queries) {
  for (const auto protocol : protocols)
    if (used(entry, protocol)) queries.push_back({{&entry, protocol}, method(protocol)(argument_of(entry))});
}

// Appends the one query of `method` for the entry.
template <class Entry, class T, class Argument>
void add_query(const Selected<Entry>& entry, const dbus::TypedMethod<T, Argument>& method,
               EntryQueries<Entry, T>& queries) {
  queries.push_back({{&entry}, method(argument_of(entry))});
}

}  // namespace ganesha::exporter
