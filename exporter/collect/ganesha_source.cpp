#include "exporter/collect/ganesha_source.hpp"

#include <algorithm>

#include "dbus/admin_mgr.hpp"
#include "exporter/base/duration.hpp"
#include "exporter/collect/registry.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using dbus::errc;

struct Collector {
  std::string_view name;
  // It can do with any of these methods, and with nothing less.
  std::vector<std::string_view> methods;
  Collect* run;
  // Not run while Ganesha does not count this statistic: what it told then would be frozen.
  std::string_view statistic = {};
};

const Collector& collector(std::size_t index) {
  static const std::array<Collector, collectors.size()> table{{
      {"server", {"get_grace"}, collect_server},
      {"exports", {"ShowExports"}, collect_exports},
      {"clients", {"ShowClients"}, collect_clients},
      {"client_ops", {"GetClientIOops", "GetAllClientIOops"}, collect_client_ops, "nfs"},
      {"client_procedures", {"GetAllClientAllops"}, collect_client_procedures, "nfs"},
      {"export_details", {"GetExportDetails"}, collect_export_details, "nfs"},
      {"layouts", {"GetNFSv41Layouts", "GetNFSv42Layouts"}, collect_layouts, "nfs"},
      {"delegations", {"GetDelegations"}, collect_delegations},
      {"operations", {"GetGlobalOPS"}, collect_operations, "nfs"},
      {"procedures", {"GetFastOPS"}, collect_procedures, "nfs"},
      {"procedures_detailed", {"GetFULLV3Stats", "GetFULLV4Stats"}, collect_procedures_detailed, "nfs"},
      {"auth", {"GetAuthStats"}, collect_auth, "auth"},
      {"mdcache", {"ShowMDCache", "ShowCacheInode"}, collect_mdcache},
      {"fds", {"ShowFDUsage"}, collect_fds},
      {"fsal", {"GetFSALStats"}, collect_fsal, "fsal"},
      {"drc", {"get_drc_info"}, collect_drc},
      {"ninep", {"Get9pIO"}, collect_ninep},
  }};
  return table[index];
}

asio::awaitable<CollectResult> run_counted(const Collector& it, CollectContext& poll) {
  if (!it.statistic.empty()) {
    const auto counted = co_await poll.counts(it.statistic);
    if (!counted) co_return counted.error();
    if (!*counted) co_return CollectResult{};
  }
  co_return co_await it.run(poll);
}

}  // namespace

GaneshaSource::GaneshaSource(dbus::Bus& bus, Log& log, SourceOptions options)
    : bus_(bus), log_(log), options_(std::move(options)) {}

asio::awaitable<SnapshotPtr> GaneshaSource::poll() {
  try {
    co_return co_await ask();
  } catch (const std::exception& error) {
    log_.error("Poll failed", {{"err", error.what()}});
  }
  auto nothing = std::make_shared<Snapshot>();
  nothing->taken = bus_.clock().wall();
  co_return nothing;
}

asio::awaitable<SnapshotPtr> GaneshaSource::ask() {
  auto snapshot = std::make_shared<Snapshot>();
  const auto start = bus_.clock().now();
  const auto generation = bus_.owner_generation();
  snapshot->complete = true;

  const auto met = co_await meet_owner();
  if (met && options_.always_ask_grace) co_await ask_grace(*snapshot);
  std::optional<CollectContext> poll;
  if (met) poll.emplace(bus_, *owner_, log_, options_.enabled, options_.selection, *snapshot);
  for (std::size_t i = 0; i < collectors.size(); ++i) {
    if (!options_.enabled[i]) continue;
    if (met && snapshot->complete) co_await run(i, *poll);
    if (!met && bus_.owner_generation() == generation) tell(i, met);
  }
  if (!met) snapshot->complete = false;
  if (bus_.owner_generation() != generation) co_return nullptr;
  if (options_.missing_exports && snapshot->exports_known)
    snapshot->exports_missing = options_.missing_exports(snapshot->export_ids);
  snapshot->taken = bus_.clock().wall();
  snapshot->duration = bus_.clock().now() - start;
  co_return snapshot;
}

asio::awaitable<void> GaneshaSource::ask_grace(Snapshot& snapshot) {
  const auto in_grace = co_await dbus::AdminMgr(bus_).get_grace();
  if (in_grace) snapshot.in_grace = *in_grace;
  const auto code = in_grace ? errc{} : in_grace.error().code;
  snapshot.answered = in_grace || code == errc::suspended;
  if (code == errc::timed_out) snapshot.complete = false;
}

asio::awaitable<void> GaneshaSource::settled() {
  const auto generation = bus_.owner_generation();
  for (bool lost = false, told = false; !lost; told = true) {
    const auto deadline = bus_.clock().now() + bus_.reply_patience();
    const bool answered = co_await until_answered(deadline);
    if (answered) co_return;
    if (!told) log_pause();
    lost = co_await replies_are_lost();
  }
  if (bus_.owner_generation() != generation) co_return;
  log_.warn("Polls continue without the missing replies", {{"calls", std::to_string(bus_.unanswered())}});
  bus_.give_up_unanswered();
}

void GaneshaSource::log_pause() {
  const auto waited = std::chrono::floor<std::chrono::milliseconds>(bus_.reply_patience());
  log_.warn("Polls are paused: the server has not answered all calls",
            {{"calls", std::to_string(bus_.unanswered())}, {"for", format_duration(waited)}});
}

// A server that answers another call has lost them. Where they fill the window, no other can be made: then
// giving them up brings a new connection, on which it can.
asio::awaitable<bool> GaneshaSource::replies_are_lost() {
  if (bus_.window_is_full()) co_return true;
  const auto probe = co_await dbus::AdminMgr(bus_).get_grace();
  co_return probe || probe.error().code != errc::timed_out;
}

// False when `deadline` came first.
asio::awaitable<bool> GaneshaSource::until_answered(dbus::TimePoint deadline) {
  const auto generation = bus_.owner_generation();
  bool in_time = true;
  while (in_time && bus_.unanswered() > 0 && bus_.owner_generation() == generation)
    in_time = co_await bus_.changed().wait_until(deadline);
  co_return in_time || bus_.unanswered() == 0;
}

asio::awaitable<CollectResult> GaneshaSource::meet_owner() {
  if (owner_ && owner_->generation == bus_.owner_generation()) co_return CollectResult{};
  ServerMemory owner;
  owner.generation = bus_.owner_generation();
  using namespace dbus::methods;
  static constexpr std::array introspections{introspect_admin, introspect_export_mgr, introspect_clients};
  for (const auto& introspect : introspections) {
    auto methods = co_await dbus::introspect(bus_, introspect);
    // An object that must not be asked costs its own collectors.
    if (!methods && methods.error().code == errc::suspended) continue;
    if (!methods) co_return methods.error();
    owner.methods.merge(*methods);
  }
  owner_ = std::move(owner);
  co_return CollectResult{};
}

asio::awaitable<void> GaneshaSource::run(std::size_t index, CollectContext& poll) {
  const auto& it = collector(index);
  auto& outcome = poll.snapshot().outcomes[index];
  outcome.supported = std::ranges::any_of(it.methods, [&](auto method) { return poll.has(method); });
  if (!outcome.supported) co_return;
  const auto start = bus_.clock().now();
  const auto generation = bus_.owner_generation();
  const auto result = co_await run_counted(it, poll);
  outcome.duration = bus_.clock().now() - start;
  outcome.success = result.has_value();
  if (!result && result.error().code == errc::timed_out) poll.snapshot().complete = false;
  if (bus_.owner_generation() == generation) tell(index, result);
}

// One line when a collector starts to fail and one when it recovers, never one a poll.
void GaneshaSource::tell(std::size_t index, const CollectResult& outcome) {
  // That Ganesha or the bus is away is told elsewhere, once.
  const auto code = outcome ? errc{} : outcome.error().code;
  if (code == errc::not_connected || code == errc::not_running) return;
  const std::string name(collector(index).name);
  if (!outcome && !failing_[index])
    log_.warn("Collector fails", {{"collector", name}, {"err", outcome.error().message()}});
  if (outcome && failing_[index]) log_.info("Collector works again", {{"collector", name}});
  failing_[index] = !outcome;
}

}  // namespace ganesha::exporter
