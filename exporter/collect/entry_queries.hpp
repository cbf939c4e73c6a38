// The queries that collectors make for each export or client by itself.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "dbus/ask.hpp"
#include "exporter/collect/context.hpp"
#include "exporter/collect/loop_turns.hpp"
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
template <class Entry, class T>
using EntryRecord = dbus::KeyedRecord<EntryKey<Entry>, T>;
template <class Entry>
using EntryList = std::vector<const Selected<Entry>*>;

// The 9P protocol, which has a collector of its own.
inline constexpr dbus::Protocol ninep_alone[] = {dbus::Protocol::ninep};

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

// How many entries are asked at a time: all queries and replies of them are held at once.
inline constexpr std::size_t entries_asked_at_once = 1000;

// Makes the queries that add_queries(entry, queries) appends for each entry. take(entry, records) gets what
// came back for it, perhaps nothing. Ends at the first error that is not tolerated.
template <class T, class Entry, class AddQueries, class Take>
boost::asio::awaitable<CollectResult> ask_entries(
    dbus::Bus& bus, const EntryList<Entry>& entries, AddQueries add_queries, Take take,
    std::function<bool(const dbus::Error&)> is_tolerated = dbus::has_nothing_to_report) {
  for (std::size_t first = 0; first < entries.size(); first += entries_asked_at_once) {
    const auto count = std::min(entries_asked_at_once, entries.size() - first);
    const auto some = std::span(entries).subspan(first, count);
    EntryQueries<Entry, T> queries;
    for (const auto* entry : some) add_queries(*entry, queries);
    auto records = co_await dbus::ask_each(bus, std::move(queries), is_tolerated);
    if (!records) co_return records.error();
    auto next = records->begin();
    for (const auto* entry : some) {
      const auto of_others = [&](const auto& record) { return record.key.entry != entry; };
      const auto end = std::find_if(next, records->end(), of_others);
      take(*entry, std::span(next, end));
      next = end;
    }
    co_await next_turn();
  }
  co_return CollectResult{};
}

// All exports or clients that are shown.
template <class Entry>
EntryList<Entry> list_of(const SelectedEntries<Entry>& selected) {
  EntryList<Entry> list;
  list.reserve(selected.entries.size());
  for (const auto& entry : selected.entries) list.push_back(&entry);
  return list;
}

}  // namespace ganesha::exporter
