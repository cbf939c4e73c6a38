// What the collectors share within one poll: the bus, the lists of exports and clients, and what the server
// can do. GaneshaSource makes one for each poll.
#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "dbus/ask.hpp"
#include "exporter/base/log.hpp"
#include "exporter/collect/selected_entries.hpp"
#include "exporter/collect/server_memory.hpp"
#include "exporter/model/label_value.hpp"
#include "exporter/model/selection.hpp"
#include "exporter/model/snapshot.hpp"
#include "exporter/model/stats_switch.hpp"

namespace ganesha::exporter {

using CollectResult = dbus::result<void>;

// The last page, or why there is none.
using BuiltInPageGetter = std::function<dbus::result<BuiltInPagePtr>()>;

class CollectContext {
 public:
  CollectContext(dbus::Bus& bus, ServerMemory& memory, Log& log, CollectorSet enabled,
                 CollectorSet of_clients, const Selection& selection, const BuiltInPageGetter& built_in_page,
                 Snapshot& snapshot)
      : bus_(bus),
        memory_(memory),
        log_(log),
        enabled_(enabled),
        of_clients_(of_clients),
        selection_(selection),
        built_in_page_(built_in_page),
        snapshot_(snapshot) {}

  dbus::Bus& bus() { return bus_; }
  ServerMemory& memory() { return memory_; }
  Snapshot& snapshot() { return snapshot_; }
  bool enabled(CollectorId collector) const { return enabled_[index_of(collector)]; }
  // Whether what the collector finds of each client is served.
  bool serves_clients(CollectorId collector) const { return of_clients_[index_of(collector)]; }
  bool sums_protocols() const { return selection_.clients.detail == ClientDetail::totals; }
  bool aggregates() const { return selection_.clients.aggregation.has_value(); }
  // Whether the server has a method of this name.
  bool has(const dbus::Method& method) const { return memory_.methods.contains(method.name); }
  // Whether the server has one of these, or there are none.
  bool has_one_of(const std::vector<dbus::Method>& methods) const {
    return methods.empty() || std::ranges::any_of(methods, [&](const auto& one) { return has(one); });
  }
  // Those of these protocols whose method, such as dbus::methods::client_io(protocol), the server has.
  template <class T, class Argument, std::size_t count>
  std::vector<dbus::Protocol> supported(const dbus::Protocol (&protocols)[count],
                                        dbus::TypedMethod<T, Argument> (*method)(dbus::Protocol)) const {
    std::vector<dbus::Protocol> found;
    for (const auto protocol : protocols)
      if (has(method(protocol))) found.push_back(protocol);
    return found;
  }

  dbus::result<BuiltInPagePtr> built_in_page() const { return built_in_page_(); }

  // ShowExports, ShowClients and StatusStats are called once per poll, when they are needed first. The first
  // two put the labels of what is shown into the snapshot.
  boost::asio::awaitable<dbus::result<const SelectedExports*>> exports();
  boost::asio::awaitable<dbus::result<const SelectedClients*>> clients();
  boost::asio::awaitable<dbus::result<const std::vector<dbus::StatsSwitch>*>> switches();
  // Whether Ganesha lists the client of this address, as a label value, shown or not. Only after clients().
  bool lists_client(const std::string& name) const { return listed_clients_.contains(name); }

  // What the names of this snapshot may still take: for the names of each export, client or row.
  LabelBudget& labels() { return labels_; }

  // Whether Ganesha counts this statistic; if not, the log says once how to enable it. True where the server
  // does not report it.
  boost::asio::awaitable<dbus::result<bool>> counts(Statistic statistic);
  // Whether the call cannot crash this server after what its clients did (hazards.hpp); if it can, the log
  // says so, once per server.
  boost::asio::awaitable<dbus::result<bool>> is_safe(dbus::Method method);

  // 9P is asked with the I/O of exports and clients, but fails by itself. Returns false where the poll ends.
  bool continue_without_ninep(const dbus::Error& error);
  const CollectResult& ninep_result() const { return ninep_result_; }

  // Logs, once per server, the line of ganesha.conf that enables this statistic.
  void log_uncounted(Statistic statistic);
  // Logs, once per server, an error that does not make a collector fail.
  void warn_once(const std::string& message, const dbus::Error& error);

 private:
  boost::asio::awaitable<dbus::result<SelectedExports>> list_exports();
  boost::asio::awaitable<dbus::result<SelectedClients>> list_clients();
  void note_exports(const dbus::ExportList& list);
  void note_clients(const dbus::ClientList& list);
  boost::asio::awaitable<SelectedExports> select(dbus::ExportList list);
  boost::asio::awaitable<SelectedClients> select(dbus::ClientList list);
  void log_dropped(const std::string& what, std::size_t dropped);
  std::optional<dbus::Timestamp> activity(dbus::Timestamp last) const;
  boost::asio::awaitable<CollectResult> check_counting();
  void note_switches(const std::vector<dbus::StatsSwitch>& now);

  dbus::Bus& bus_;
  ServerMemory& memory_;
  Log& log_;
  CollectorSet enabled_;
  CollectorSet of_clients_;
  const Selection& selection_;
  const BuiltInPageGetter& built_in_page_;
  Snapshot& snapshot_;
  std::optional<dbus::result<SelectedExports>> exports_;
  std::optional<dbus::result<SelectedClients>> clients_;
  std::optional<dbus::result<std::vector<dbus::StatsSwitch>>> switches_;
  std::unordered_map<std::string, std::size_t> listed_clients_;  // each with its place in the list
  LabelBudget labels_;
  CollectResult ninep_result_;
};

inline dbus::Error too_long_names() {
  return {dbus::errc::malformed_reply, "the names of this poll are longer than 32 MiB"};
}

// A pointer to what was found, or the error.
template <class T>
dbus::result<const T*> pointer_to(const dbus::result<T>& found) {
  if (!found) return found.error();
  return &*found;
}

// Puts what was found into its place in the snapshot, or passes the error on.
template <class T>
CollectResult keep(dbus::result<T>&& found, std::optional<T>& place) {
  if (!found) return std::move(found).error();
  place = std::move(*found);
  return {};
}

// Puts rows into their place in the snapshot, unless the server's names in them are too long together.
template <class Row>
CollectResult keep(CollectContext& context, UniqueRows<Row>&& rows, std::optional<UniqueRows<Row>>& place) {
  if (!context.labels().take(rows.name_bytes())) return too_long_names();
  place = std::move(rows);
  return {};
}

}  // namespace ganesha::exporter
