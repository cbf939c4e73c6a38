// Asks clients that were active since they were asked last; the values of idle ones are reused. Used by the
// clients' collectors.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "exporter/collect/client_cache.hpp"
#include "exporter/collect/context.hpp"
#include "exporter/collect/entry_queries.hpp"

namespace ganesha::exporter {

using ActiveClients = std::vector<const Selected<dbus::Client>*>;

template <class T>
using ClientQueries = EntryQueries<dbus::Client, T>;

// Begins a round of the cache. Returns the clients whose values cannot be reused.
template <class T>
ActiveClients active_clients(const SelectedClients& clients, CachedValues<T>& cache) {
  cache.begin_round();
  ActiveClients active;
  for (const auto& client : clients.entries)
    if (!cache.reuse(client, clients.time)) active.push_back(&client);
  return active;
}

// Makes these queries and keeps what they bring for each of the active clients, in whose order they are.
template <class T>
boost::asio::awaitable<CollectResult> ask_clients(CollectContext& context, const ActiveClients& active,
                                                  ClientQueries<T> queries, dbus::Timestamp time,
                                                  CachedValues<T>& cache) {
  auto records = co_await dbus::ask_each(context.bus(), std::move(queries));
  if (!records) co_return records.error();
  auto next = records->begin();
  for (const auto* client : active) {
    typename CachedValues<T>::Values values;
    for (; next != records->end() && next->key.entry == client; ++next)
      values.emplace_back(next->key.protocol, std::move(next->record));
    cache.keep(*client, std::move(values), time);
  }
  co_return CollectResult{};
}

// The rows of the clients that are shown, summed where their labels are equal. add_rows(subject, protocol,
// value, rows) appends the rows of one value of a client.
template <class Row, class T, class AddRows>
std::vector<Row> rows_of(CollectContext& context, const SelectedClients& clients,
                         const CachedValues<T>& cache, GroupTotals<Row>& totals, AddRows add_rows) {
  std::vector<Row> rows;
  for (const auto& client : clients.entries) {
    const auto first = rows.size();
    for (const auto& [protocol, value] : cache.values(client))
      add_rows(client.subject, protocol, value, rows);
    const auto& group = (*context.snapshot().clients)[client.subject].address;
    const bool grouped = context.aggregates() || clients.shared.contains(client.subject);
    if (!grouped && !totals.has_group(group)) continue;
    for (auto at = first; at < rows.size(); ++at) totals.add(group, client.address, std::move(rows[at]));
    rows.resize(first);
  }
  auto summed = totals.finish([&](const std::string& address) { return context.lists_client(address); });
  std::ranges::move(summed, std::back_inserter(rows));
  sum_equal(rows);
  return rows;
}

}  // namespace ganesha::exporter
