// One poll: asks Ganesha what the enabled collectors want and makes a snapshot of it. Called by the poller.
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
#include "exporter/collect/server_memory.hpp"

namespace ganesha::exporter {

struct SourceOptions {
  CollectorSet enabled;
  Selection selection;
  bool always_ask_grace = false;  // where no heartbeat is sent, get_grace's answer tells that Ganesha lives
  // Names the exports that are configured but not among these ids; empty where the configuration is not ours.
  std::function<std::optional<std::vector<std::string>>(const std::vector<std::uint16_t>&)> missing_exports =
      {};
};

class GaneshaSource final : public SnapshotSource {
 public:
  GaneshaSource(dbus::Bus& bus, Log& log, SourceOptions options);

  bool available() const override { return !bus_.owner().empty() && !bus_.holds_calls(); }
  boost::asio::awaitable<SnapshotPtr> poll() override;
  boost::asio::awaitable<void> settled() override;

 private:
  boost::asio::awaitable<SnapshotPtr> ask();
  boost::asio::awaitable<CollectResult> meet_owner();
  boost::asio::awaitable<void> ask_grace(Snapshot& snapshot);
  boost::asio::awaitable<bool> until_answered(dbus::TimePoint deadline);
  boost::asio::awaitable<bool> replies_are_lost();
  void log_pause();
  boost::asio::awaitable<void> run(std::size_t index, CollectContext& poll);
  void tell(std::size_t index, const CollectResult& outcome);

  dbus::Bus& bus_;
  Log& log_;
  SourceOptions options_;
  std::optional<ServerMemory> owner_;
  std::array<bool, collectors.size()> failing_{};
};

}  // namespace ganesha::exporter
