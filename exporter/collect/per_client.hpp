// Asking clients that were not idle since they were asked last; the others' figures are carried over.
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <span>
#include <string>

#include "exporter/collect/client_cache.hpp"
#include "exporter/collect/context.hpp"
#include "exporter/collect/fan_out.hpp"

namespace ganesha::exporter {

template <class T>
struct ClientQuestion {
  // Asked one by one for those that the client used. Empty: one call for all of them.
  std::vector<dbus::Protocol> protocols;
  std::function<dbus::Request(const dbus::Client&, dbus::Protocol)> request;
  dbus::result<T> (*decoder)(const dbus::Message&);
  // Whether a client is asked at all.
  bool (*concerns)(const dbus::Client&) = [](const dbus::Client&) { return true; };
};

// Which clients are asked, and the calls for them, in their order.
struct ClientCalls {
  struct Call {
    std::size_t client;
    dbus::Protocol protocol;
  };
  std::vector<std::size_t> clients;
  std::vector<Call> calls;
};

template <class T>
ClientCalls calls_for(const ShownClients& clients, const ClientQuestion<T>& question,
                      CachedValues<T>& carried) {
  ClientCalls out;
  for (std::size_t i = 0; i < clients.entries.size(); ++i) {
    const auto& client = clients.entries[i];
    if (carried.knows(client, clients.time)) continue;
    out.clients.push_back(i);
    if (!question.concerns(client)) continue;
    if (question.protocols.empty()) out.calls.push_back({i, {}});
    for (const auto protocol : question.protocols)
      if (used(client, protocol)) out.calls.push_back({i, protocol});
  }
  return out;
}

// Makes sure that `carried` has the values of every client that is shown.
template <class T>
boost::asio::awaitable<CollectResult> ask_clients(CollectContext& poll, const ShownClients& clients,
                                                  ClientQuestion<T> question, CachedValues<T>& carried) {
  carried.begin();
  const auto asked = calls_for(clients, question, carried);
  const auto request = [&](std::size_t i) {
    return question.request(clients.entries[asked.calls[i].client], asked.calls[i].protocol);
  };
  auto found = co_await ask_each(poll.bus(), asked.calls.size(), request, question.decoder);
  if (!found) co_return found.error();
  std::size_t next = 0;
  for (const auto client : asked.clients) {
    typename CachedValues<T>::Values values;
    for (; next < asked.calls.size() && asked.calls[next].client == client; ++next)
      if ((*found)[next]) values.emplace_back(asked.calls[next].protocol, std::move(*(*found)[next]));
    carried.keep(clients.entries[client], std::move(values), clients.time);
  }
  co_return CollectResult{};
}

// The rows of the clients that are shown, summed where their labels are equal. add_rows(subject, protocol,
// value, rows) appends what one value that is known of a client says.
template <class Row, class T, class AddRows>
std::vector<Row> rows_of(CollectContext& poll, const ShownClients& clients, const CachedValues<T>& carried,
                         GroupTotals<Row>& sums, AddRows add_rows) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < clients.entries.size(); ++i) {
    const auto& client = clients.entries[i];
    const auto subject = clients.subjects[i];
    const auto first = rows.size();
    for (const auto& [protocol, value] : carried.of(client)) add_rows(subject, protocol, value, rows);
    const auto& group = (*poll.snapshot().clients)[subject].address;
    if (!poll.aggregates() && !clients.shared.contains(subject) && !sums.knows(group)) continue;
    for (auto at = first; at < rows.size(); ++at) sums.add(group, client.address, std::move(rows[at]));
    rows.resize(first);
  }
  auto summed = sums.finish([&poll](const std::string& address) { return poll.lists_client(address); });
  std::ranges::move(summed, std::back_inserter(rows));
  sum_equal(rows);
  return rows;
}

}  // namespace ganesha::exporter
