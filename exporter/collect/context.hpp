// One poll under way: what its collectors share. GaneshaSource makes one for each poll; a collector is a
// function of it and fills the snapshot when all is known: it gives the whole of what it stands for, or
// nothing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dbus/bus.hpp"
#include "dbus/decode.hpp"
#include "exporter/base/log.hpp"
#include "exporter/collect/selected_entries.hpp"
#include "exporter/collect/server_memory.hpp"
#include "exporter/model/selection.hpp"
#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

using CollectResult = dbus::result<void>;

class CollectContext {
 public:
  CollectContext(dbus::Bus& bus, ServerMemory& owner, Log& log, CollectorSet enabled,
                 const Selection& selection, Snapshot& snapshot)
      : bus_(bus), owner_(owner), log_(log), enabled_(enabled), selection_(selection), snapshot_(snapshot) {}

  dbus::Bus& bus() { return bus_; }
  ServerMemory& owner() { return owner_; }
  Snapshot& snapshot() { return snapshot_; }
  bool has(std::string_view method) const { return owner_.methods.contains(method); }

  bool enabled(std::string_view collector) const { return enabled_[collector_index(collector)]; }
  bool aggregates() const { return selection_.clients.aggregation.has_value(); }
  // Whether Ganesha lists the client, shown or not.
  bool lists_client(const std::string& address) const { return listed_clients_.contains(address); }
  // Logs a failure that costs no collector its success; once an owner.
  void warn_once(const std::string& message, const dbus::Error& error);

  // ShowExports, ShowClients and StatusStats are asked for once a poll, by whoever needs them first. The
  // first two put the labels of what is shown into the snapshot.
  boost::asio::awaitable<dbus::result<const ShownExports*>> exports();
  boost::asio::awaitable<dbus::result<const ShownClients*>> clients();
  boost::asio::awaitable<dbus::result<const std::vector<dbus::StatsSwitch>*>> status();

  // 9P is asked for with the I/O of exports and clients, but fails by itself. False where the poll ends.
  bool spare_ninep(const dbus::Error& error);
  const CollectResult& ninep() const { return ninep_; }

  // Whether Ganesha counts this statistic; where it does not, the log says once what turns it on. True where
  // the server does not tell.
  boost::asio::awaitable<dbus::result<bool>> counts(std::string_view statistic);
  // Whether the call cannot crash this server after what its clients did (hazards.hpp); logged once an owner
  // where it can.
  boost::asio::awaitable<dbus::result<bool>> safe(std::string_view method);
  // Logs, once an owner, the line of ganesha.conf that turns this statistic on.
  void report_uncounted(std::string_view statistic);

 private:
  boost::asio::awaitable<dbus::result<ShownExports>> list_exports();
  boost::asio::awaitable<dbus::result<ShownClients>> list_clients();
  boost::asio::awaitable<CollectResult> check_counting();
  void begin_anew(const std::vector<dbus::StatsSwitch>& now);
  std::vector<dbus::Client> with_names_of_their_own(std::vector<dbus::Client>&& clients);
  std::optional<dbus::Timestamp> activity(dbus::Timestamp last) const;

  dbus::Bus& bus_;
  ServerMemory& owner_;
  Log& log_;
  CollectorSet enabled_;
  const Selection& selection_;
  Snapshot& snapshot_;
  std::optional<dbus::result<ShownExports>> exports_;
  std::optional<dbus::result<ShownClients>> clients_;
  std::unordered_map<std::string, std::size_t> listed_clients_;  // with their place in the list
  std::optional<dbus::result<std::vector<dbus::StatsSwitch>>> status_;
  CollectResult ninep_;
};

// Puts what was asked for into its place in the snapshot, or passes the error on.
template <class T>
CollectResult keep(dbus::result<T>&& found, std::optional<T>& place) {
  if (!found) return std::move(found).error();
  place = std::move(*found);
  return {};
}

}  // namespace ganesha::exporter
