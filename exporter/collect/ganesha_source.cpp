#include "exporter/collect/ganesha_source.hpp"

#include <algorithm>

#include "dbus/ask.hpp"
#include "exporter/base/duration.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
namespace methods = dbus::methods;
using dbus::errc;

asio::awaitable<CollectResult> run_if_counted(const Collector& collector, CollectContext& context) {
  if (collector.statistic) {
    const auto counted = co_await context.counts(*collector.statistic);
    if (!counted) co_return counted.error();
    if (!*counted) co_return CollectResult{};
  }
  co_return co_await collector.collect(context);
}

}  // namespace

GaneshaSource::GaneshaSource(dbus::Bus& bus, Log& log, CollectOptions options)
    : bus_(bus), log_(log), options_(std::move(options)) {}

asio::awaitable<SnapshotPtr> GaneshaSource::poll() {
  try {
    co_return co_await collect();
  } catch (const std::exception& error) {
    log_.error("Poll failed", {{"err", error.what()}});
  }
  auto nothing = std::make_shared<Snapshot>();
  nothing->taken = bus_.clock().wall();
  co_return nothing;
}

asio::awaitable<SnapshotPtr> GaneshaSource::collect() {
  auto snapshot = std::make_shared<Snapshot>();
  const auto start = bus_.clock().now();
  const auto generation = bus_.owner_generation();

  const auto introspected = co_await introspect_owner();
  snapshot->complete = introspected.has_value();
  if (introspected && options_.always_ask_grace) co_await ask_grace(*snapshot);
  if (introspected) {
    memory_->other_latency.begin_round();
    memory_->average_latency.begin_round();
    CollectContext context(bus_, *memory_, log_, options_.enabled, options_.of_clients, options_.selection,
                           options_.built_in_page, *snapshot);
    co_await run_enabled(context);
  }
  if (bus_.owner_generation() != generation) co_return nullptr;
  if (!introspected) log_failure_of_all(introspected);
  if (options_.missing_exports && snapshot->exports_known)
    snapshot->exports_missing = options_.missing_exports(snapshot->export_ids);
  snapshot->taken = bus_.clock().wall();
  snapshot->duration = bus_.clock().now() - start;
  co_return snapshot;
}

asio::awaitable<void> GaneshaSource::ask_grace(Snapshot& snapshot) {
  const auto in_grace = co_await dbus::ask(bus_, methods::get_grace());
  if (in_grace) snapshot.in_grace = *in_grace;
  const auto code = in_grace ? errc{} : in_grace.error().code;
  snapshot.answered = in_grace || code == errc::suspended;
  if (code == errc::timed_out) snapshot.complete = false;
}

asio::awaitable<void> GaneshaSource::settled() {
  const auto generation = bus_.owner_generation();
  for (bool lost = false, logged = false; !lost; logged = true) {
    const auto deadline = bus_.clock().now() + bus_.reply_patience();
    const bool answered = co_await until_answered(deadline);
    if (answered) co_return;
    if (!logged) log_pause();
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
  const auto probe = co_await dbus::ask(bus_, methods::get_grace());
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

// Learns which methods an owner of the name has that the bus has just shown: none where there is no bus. One
// that was away may be the same process as before: its totals must not fall.
asio::awaitable<CollectResult> GaneshaSource::introspect_owner() {
  if (memory_ && memory_->generation == bus_.owner_generation()) co_return CollectResult{};
  ServerMemory memory;
  memory.generation = bus_.owner_generation();
  memory.owner_changes = bus_.owner_changes();
  for (const auto& introspect : methods::introspections) {
    if (options_.without_bus) break;
    auto names = co_await dbus::ask(bus_, introspect());
    // An object whose Introspect is suspended makes only its own collectors unsupported.
    if (!names && names.error().code == errc::suspended) continue;
    if (!names) co_return names.error();
    memory.methods.merge(*names);
  }
  if (memory_ && memory_->owner_changes == memory.owner_changes) memory.keep_sums(std::move(*memory_));
  memory_ = std::move(memory);
  co_return CollectResult{};
}

asio::awaitable<void> GaneshaSource::run_enabled(CollectContext& context) {
  for (const auto& info : collectors)
    if (context.enabled(info.id) && context.snapshot().complete) co_await run(collector(info.id), context);
}

asio::awaitable<void> GaneshaSource::run(const Collector& collector, CollectContext& context) {
  auto& outcome = context.snapshot().outcomes[index_of(collector.id)];
  outcome.supported = context.has_one_of(collector.needs_one_of);
  if (!outcome.supported) co_return;
  const auto start = bus_.clock().now();
  const auto generation = bus_.owner_generation();
  const auto result = co_await run_if_counted(collector, context);
  outcome.duration = bus_.clock().now() - start;
  outcome.success = result.has_value();
  outcome.supported = result || result.error().code != errc::unsupported;
  if (!result && result.error().code == errc::timed_out) context.snapshot().complete = false;
  if (bus_.owner_generation() == generation) log_result(collector.id, result);
}

void GaneshaSource::log_failure_of_all(const CollectResult& result) {
  for (const auto& info : collectors)
    if (options_.enabled[index_of(info.id)]) log_result(info.id, result);
}

// One line when a collector starts to fail and one when it recovers, never one per poll.
void GaneshaSource::log_result(CollectorId id, const CollectResult& result) {
  // That Ganesha or the bus is away is logged elsewhere, once. What is still awaited has not failed.
  const auto code = result ? errc{} : result.error().code;
  if (code == errc::not_connected || code == errc::not_running || code == errc::pending) return;
  auto& failing = failing_[index_of(id)];
  const std::string name(collectors[index_of(id)].name);
  if (!result && !failing)
    log_.warn("Collector failed", {{"collector", name}, {"err", result.error().message()}});
  if (result && failing) log_.info("Collector recovered", {{"collector", name}});
  failing = !result;
}

}  // namespace ganesha::exporter
