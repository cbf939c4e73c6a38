// What Ganesha reports of the server as a whole: a call or two for each collector.
#include <iterator>
#include <string>
#include <utility>

#include "exporter/collect/registry.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
namespace methods = dbus::methods;
using dbus::result;

// GPFS alone keeps statistics of its own.
constexpr const char* counting_fsal = "GPFS";

void add_timed(std::string_view protocol, std::vector<dbus::TimedProcedure>&& procedures,
               std::vector<TimedRow>& rows) {
  for (auto& procedure : procedures) rows.push_back({protocol, std::move(procedure)});
}

asio::awaitable<CollectResult> add_timed_v3(CollectContext& context, std::vector<TimedRow>& rows) {
  if (!context.has(methods::get_full_v3_stats)) co_return CollectResult{};
  const auto counted = co_await context.counts(Statistic::v3_full);
  if (!counted) co_return counted.error();
  if (!*counted) co_return CollectResult{};
  auto found = co_await dbus::ask(context.bus(), methods::get_full_v3_stats());
  if (!found) co_return found.error();
  add_timed("NFSv3", std::move(*found), rows);
  co_return CollectResult{};
}

asio::awaitable<CollectResult> add_timed_v4(CollectContext& context, std::vector<TimedRow>& rows) {
  const auto counted = co_await context.counts(Statistic::v4_full);
  if (!counted) co_return counted.error();
  if (!*counted) co_return CollectResult{};
  const auto safe = co_await context.is_safe(methods::get_full_v4_stats);
  if (!safe) co_return safe.error();
  if (!*safe) co_return CollectResult{};
  auto found = co_await dbus::ask(context.bus(), methods::get_full_v4_stats());
  if (!found) co_return found.error();
  add_timed("NFSv4", std::move(*found), rows);
  co_return CollectResult{};
}

// `group` is the protocol, or what else counts the calls of this name. Only for rows whose names the label
// budget has taken: it remembers them.
void keep_monotonic(CollectContext& context, std::string_view group, std::string_view name,
                    std::uint64_t calls, dbus::Latency& latency) {
  auto& sums = context.memory().average_latency;
  latency.sum_ns = sums.keep(std::string(group) + " " + std::string(name), calls, latency.sum_ns);
}

asio::awaitable<CollectResult> collect_server(CollectContext& context) {
  auto& memory = context.memory();
  if (!memory.version) {
    auto version = co_await dbus::ask(context.bus(), methods::get_property(dbus::version_argument()));
    if (!version) co_return version.error();
    memory.version = std::move(*version);
  }
  std::optional<bool> in_grace = context.snapshot().in_grace;
  if (!in_grace) {
    const auto answer = co_await dbus::ask(context.bus(), methods::get_grace());
    if (!answer) co_return answer.error();
    in_grace = *answer;
  }
  if (context.has(methods::status_stats)) {
    const auto switches = co_await context.switches();
    if (!switches) co_return switches.error();
    context.snapshot().stats = rows_from<SwitchRow>(**switches);
    const auto counting = co_await context.counts(Statistic::nfs);
    if (!counting) co_return counting.error();
  }
  context.snapshot().in_grace = in_grace;
  context.snapshot().version = label_value(*memory.version);
  co_return CollectResult{};
}

asio::awaitable<CollectResult> collect_operations(CollectContext& context) {
  auto found = co_await dbus::ask(context.bus(), methods::get_global_ops());
  if (!found) co_return found.error();
  co_return keep(context, rows_from<OperationsRow>(std::move(*found)), context.snapshot().operations);
}

asio::awaitable<CollectResult> collect_procedures(CollectContext& context) {
  const auto safe = co_await context.is_safe(methods::get_fast_ops);
  if (!safe) co_return safe.error();
  if (!*safe) co_return CollectResult{};
  auto found = co_await dbus::ask(context.bus(), methods::get_fast_ops());
  if (!found) co_return found.error();
  co_return keep(context, rows_from<ProcedureRow>(std::move(*found)), context.snapshot().procedures);
}

asio::awaitable<CollectResult> collect_procedures_detailed(CollectContext& context) {
  std::vector<TimedRow> found;
  const auto v3 = co_await add_timed_v3(context, found);
  if (!v3) co_return v3;
  const auto v4 = co_await add_timed_v4(context, found);
  if (!v4) co_return v4;
  auto& rows = context.snapshot().timed_procedures;
  const auto kept = keep(context, UniqueRows<TimedRow>(std::move(found)), rows);
  if (!kept) co_return kept;
  rows->each_value([&](TimedRow& row) {
    auto& one = row.procedure;
    keep_monotonic(context, row.protocol, one.procedure, one.calls, one.latency);
  });
  co_return kept;
}

asio::awaitable<CollectResult> collect_auth(CollectContext& context) {
  auto found = co_await dbus::ask(context.bus(), methods::get_auth_stats());
  if (!found) co_return found.error();
  auto& rows = context.snapshot().auth;
  const auto kept = keep(context, rows_from<AuthRow>(std::move(*found)), rows);
  if (!kept) co_return kept;
  rows->each_value(
      [&](AuthRow& one) { keep_monotonic(context, "auth", one.source, one.requests, one.latency); });
  co_return kept;
}

asio::awaitable<CollectResult> collect_mdcache(CollectContext& context) {
  const bool renamed = context.has(methods::show_mdcache);
  const auto& method = renamed ? methods::show_mdcache : methods::show_cache_inode;
  auto found = co_await dbus::ask(context.bus(), method());
  co_return keep(std::move(found), context.snapshot().mdcache);
}

asio::awaitable<CollectResult> collect_fds(CollectContext& context) {
  auto found = co_await dbus::ask(context.bus(), methods::show_fd_usage());
  co_return keep(std::move(found), context.snapshot().fds);
}

asio::awaitable<CollectResult> collect_fsal(CollectContext& context) {
  auto found = co_await dbus::ask(context.bus(), methods::get_fsal_stats(counting_fsal));
  // Another file system refuses: that is no failure.
  if (!found && found.error().code == dbus::errc::refused) co_return CollectResult{};
  if (!found) co_return found.error();
  FsalTable table{label_value(found->fsal), rows_from<FsalRow>(std::move(found->operations))};
  if (!context.labels().take(table.operations.name_bytes())) co_return too_long_names();
  table.operations.each_value(
      [&](FsalRow& one) { keep_monotonic(context, table.fsal, one.procedure, one.calls, one.latency); });
  context.snapshot().fsal = std::move(table);
  co_return CollectResult{};
}

asio::awaitable<CollectResult> collect_drc(CollectContext& context) {
  auto found = co_await dbus::ask(context.bus(), methods::get_drc_info());
  co_return keep(std::move(found), context.snapshot().drc);
}

// Fetched at an interval of its own, by exporter/built_in.
asio::awaitable<CollectResult> collect_built_in(CollectContext& context) {
  auto found = context.built_in_page();
  if (!found) co_return found.error();
  // Its exports are those that are shown of the bus's list. Without the list everything else of the page is
  // shown.
  if (context.has(methods::show_exports)) {
    const auto exports = co_await context.exports();
    if (!exports && exports.error().code == dbus::errc::timed_out) co_return exports.error();
    if (!exports) context.warn_once("The server's own page is shown without its exports", exports.error());
  }
  context.snapshot().built_in = std::move(*found);
  co_return CollectResult{};
}

asio::awaitable<CollectResult> collect_memory(CollectContext& context) {
  auto found = co_await dbus::ask(context.bus(), methods::get_memory_stats());
  if (!found) co_return found.error();
  co_return keep(context, rows_from<MemoryRow>(std::move(*found)), context.snapshot().memory);
}

}  // namespace

std::vector<Collector> server_collectors() {
  using namespace dbus::methods;
  return {
      {CollectorId::server, {get_grace}, {get_property}, collect_server},
      {CollectorId::operations, {get_global_ops}, {}, collect_operations, Statistic::nfs},
      {CollectorId::procedures, {get_fast_ops}, {}, collect_procedures, Statistic::nfs},
      {CollectorId::procedures_detailed,
       {get_full_v3_stats, get_full_v4_stats},
       {},
       collect_procedures_detailed,
       Statistic::nfs},
      {CollectorId::auth, {get_auth_stats}, {}, collect_auth, Statistic::auth},
      {CollectorId::mdcache, {show_mdcache, show_cache_inode}, {}, collect_mdcache},
      {CollectorId::fds, {show_fd_usage}, {}, collect_fds},
      {CollectorId::fsal, {get_fsal_stats}, {}, collect_fsal, Statistic::fsal},
      {CollectorId::drc, {get_drc_info}, {}, collect_drc},
      {CollectorId::built_in, {}, {}, collect_built_in},
      {CollectorId::memory, {get_memory_stats}, {}, collect_memory},
  };
}

}  // namespace ganesha::exporter
