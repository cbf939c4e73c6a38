// One poll: runs the enabled collectors and makes a snapshot of what they find. Called by the poller.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "exporter/base/log.hpp"
#include "exporter/collect/context.hpp"
#include "exporter/collect/poller.hpp"
#include "exporter/collect/registry.hpp"
#include "exporter/collect/server_memory.hpp"

namespace ganesha::exporter {

struct CollectOptions {
  CollectorSet enabled;
  Selection selection;
  CollectorSet of_clients;        // those that ask for each client
  bool always_ask_grace = false;  // without a heartbeat, an answer to get_grace shows that Ganesha lives
  bool without_bus = false;       // no collector that calls a method is supported
  // Names the exports that are configured but not among these ids; empty where the configuration is not ours.
  std::function<std::optional<std::vector<std::string>>(const std::vector<std::uint16_t>&)> missing_exports =
      {};
  // The server's own page of metrics; empty where the collector built_in is off.
  BuiltInPageGetter built_in_page = {};
};

class GaneshaSource final : public SnapshotSource {
 public:
  GaneshaSource(dbus::Bus& bus, Log& log, CollectOptions options);

  bool available() const override {
    return options_.without_bus || (!bus_.owner().empty() && !bus_.holds_calls());
  }
  boost::asio::awaitable<SnapshotPtr> poll() override;
  boost::asio::awaitable<void> settled() override;

 private:
  boost::asio::awaitable<SnapshotPtr> collect();
  boost::asio::awaitable<CollectResult> introspect_owner();
  boost::asio::awaitable<void> ask_grace(Snapshot& snapshot);
  boost::asio::awaitable<bool> until_answered(dbus::TimePoint deadline);
  boost::asio::awaitable<bool> replies_are_lost();
  void log_pause();
  boost::asio::awaitable<void> run_enabled(CollectContext& context);
  boost::asio::awaitable<void> run(const Collector& collector, CollectContext& context);
  void log_result(CollectorId id, const CollectResult& result);
  void log_failure_of_all(const CollectResult& result);

  dbus::Bus& bus_;
  Log& log_;
  CollectOptions options_;
  std::optional<ServerMemory> memory_;  // of the server that was polled last
  std::array<bool, collectors.size()> failing_{};
};

}  // namespace ganesha::exporter
