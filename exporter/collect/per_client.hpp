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
#include "exporter/collect/loop_turns.hpp"

namespace ganesha::exporter {

using ActiveClients = EntryList<dbus::Client>;

template <class T>
using ClientQueries = EntryQueries<dbus::Client, T>;

// Begins a round of the cache. Returns the clients whose values cannot be reused.
template <class T>
boost::asio::awaitable<ActiveClients> active_clients(const SelectedClients& clients, CachedValues<T>& cache) {
  cache.begin_round();
  ActiveClients active;
  Turn turn;
  for (const auto& client : clients.entries) {
    if (turn.is_over()) co_await next_turn();
    if (!cache.reuse(client, clients.time)) active.push_back(&client);
  }
  co_return active;
}

// Asks the active clients and keeps what the queries bring. add_queries(client, queries) appends those of one
// client.
template <class T, class AddQueries>
boost::asio::awaitable<CollectResult> ask_clients(CollectContext& context, const ActiveClients& active,
                                                  dbus::Timestamp time, CachedValues<T>& cache,
                                                  AddQueries add_queries) {
  const auto keep = [&](const Selected<dbus::Client>& client,
                        std::span<EntryRecord<dbus::Client, T>> records) {
    typename CachedValues<T>::Values values;
    for (auto& [key, record] : records) values.emplace_back(key.protocol, std::move(record));
    cache.keep(client, std::move(values), time);
  };
  co_return co_await ask_entries<T>(context.bus(), active, add_queries, keep);
}

// Whether the client's rows are added up under one label with those of other clients, or once were.
template <class Row>
bool is_grouped(const CollectContext& context, const SelectedClients& clients, std::size_t subject,
                const std::string& label, const GroupTotals<Row>& totals) {
  return context.aggregates() || clients.shared.contains(subject) || totals.has_group(label);
}

// The rows of the clients that are shown. add_rows(subject, protocol, value, rows) appends the rows of one
// value of a client.
template <class Row, class T, class AddRows>
boost::asio::awaitable<UniqueRows<Row>> rows_of(CollectContext& context, const SelectedClients& clients,
                                                const CachedValues<T>& cache, GroupTotals<Row>& totals,
                                                AddRows add_rows) {
  UniqueRows<Row> rows;
  std::vector<Row> some, of_client;
  Turn turn;
  for (const auto& client : clients.entries) {
    if (turn.is_over()) {
      rows.add(std::exchange(some, {}));
      co_await next_turn();
    }
    of_client.clear();
    for (const auto& [protocol, value] : cache.values(client))
      add_rows(client.subject, protocol, value, of_client);
    const auto& label = (*context.snapshot().clients)[client.subject].address;
    if (is_grouped(context, clients, client.subject, label, totals))
      totals.add(label, label_value(client.address), std::exchange(of_client, {}));
    else
      std::ranges::move(of_client, std::back_inserter(some));
  }
  rows.add(std::move(some));
  auto summed = co_await totals.finish([&](const std::string& name) { return context.lists_client(name); });
  rows.add(std::move(summed));
  co_return rows;
}

}  // namespace ganesha::exporter
