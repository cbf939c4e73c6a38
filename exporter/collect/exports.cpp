// What Ganesha reports of each export.
#include <map>
#include <set>
#include <span>

#include "exporter/collect/entry_queries.hpp"
#include "exporter/collect/registry.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
namespace methods = dbus::methods;
using dbus::Protocol;
using dbus::result;
using ExportKey = EntryKey<dbus::Export>;

constexpr Protocol ninep[] = {Protocol::ninep};
// How long a failed DisplayExport is not repeated.
constexpr std::chrono::minutes misses_last{10};

// GetNFSIO: all of them in one call. False where nothing is counted, here and below.
asio::awaitable<result<bool>> add_io_in_one(CollectContext& context, const SelectedExports& exports,
                                            IoTableBuilder& builder) {
  const auto io = co_await dbus::ask(context.bus(), methods::get_nfs_io());
  if (!io) co_return io.error();
  std::map<std::uint16_t, std::size_t> subjects;
  for (const auto& one : exports.entries) subjects[one.id] = one.subject;
  for (const auto& row : io->rows)
    if (const auto at = subjects.find(row.export_id); at != subjects.end())
      builder.add(at->second, row.protocol, row.read, row.write);
  co_return io->counting;
}

asio::awaitable<result<bool>> add_io(CollectContext& context, const SelectedExports& exports,
                                     std::span<const Protocol> protocols, IoTableBuilder& builder) {
  EntryQueries<dbus::Export, dbus::BasicStats> queries;
  for (const auto& one : exports.entries) add_queries(one, protocols, methods::export_io, queries);
  const auto records = co_await dbus::ask_each(context.bus(), std::move(queries));
  if (!records) co_return records.error();
  bool counting = true;
  for (const auto& [key, io] : *records) {
    counting &= io.counting;
    builder.add(key.entry->subject, std::string(name(key.protocol)), io.read, io.write);
  }
  co_return counting;
}

asio::awaitable<CollectResult> collect_io(CollectContext& context, const SelectedExports& exports) {
  IoTableBuilder builder;
  const auto protocols = context.supported(dbus::io_protocols, methods::export_io);
  // Two awaits in one conditional expression are miscompiled by g++ 12.
  result<bool> counting = true;
  if (context.has(methods::get_nfs_io))
    counting = co_await add_io_in_one(context, exports, builder);
  else
    counting = co_await add_io(context, exports, protocols, builder);
  if (!counting) co_return counting.error();
  if (context.enabled(CollectorId::ninep)) {
    const auto supported = context.supported(ninep, methods::export_io);
    const auto added = co_await add_io(context, exports, supported, builder);
    if (!added && !context.continue_without_ninep(added.error())) co_return added.error();
  }
  if (*counting) context.snapshot().export_io = std::move(builder).finish(context.memory().exports);
  co_return CollectResult{};
}

// An export may have gone away meanwhile, and a site's policy may forbid the call: the values are there all
// the same.
bool only_infos_are_missing(CollectContext& context, const dbus::Error& error) {
  switch (error.code) {
    case dbus::errc::timed_out:
    case dbus::errc::not_connected:
    case dbus::errc::not_running:
      return false;
    case dbus::errc::refused:
    case dbus::errc::failed:
      return true;
    default:
      context.warn_once("Exports are shown without their pseudo paths", error);
      return true;
  }
}

// Each export is asked once, and again only when it is another one: a server from whose exports networks may
// be mounted leaks memory at each call, 146 bytes per network (4.3).
void forget_old_infos(ServerMemory& memory, const SelectedExports& exports, dbus::TimePoint now) {
  auto& known = memory.export_infos;
  std::set<std::uint16_t> listed;
  for (const auto& one : exports.entries) listed.insert(one.id);
  std::erase_if(known, [&](const auto& one) { return !listed.contains(one.first); });
  if (now - memory.export_infos_retried < misses_last) return;
  memory.export_infos_retried = now;
  std::erase_if(known, [](const auto& one) { return !one.second.info; });
}

EntryQueries<dbus::Export, dbus::ExportInfo> queries_of_unknown(
    const SelectedExports& exports, const std::map<std::uint16_t, KnownInfo>& known) {
  EntryQueries<dbus::Export, dbus::ExportInfo> queries;
  for (const auto& one : exports.entries) {
    const auto at = known.find(one.id);
    if (at == known.end() || at->second.path != one.path) add_query(one, methods::display_export, queries);
  }
  return queries;
}

// DisplayExport of the exports for which it was not called yet.
asio::awaitable<CollectResult> ask_infos(CollectContext& context, const SelectedExports& exports) {
  auto& known = context.memory().export_infos;
  forget_old_infos(context.memory(), exports, context.bus().clock().now());
  const auto queries = queries_of_unknown(exports, known);
  const auto tolerated = [&context](const dbus::Error& error) {
    return only_infos_are_missing(context, error);
  };
  auto records = co_await dbus::ask_each(context.bus(), queries, tolerated);
  if (!records) co_return records.error();
  for (const auto& one : queries) known[one.key.entry->id] = {one.key.entry->path, std::nullopt};
  for (auto& [key, info] : *records) known[key.entry->id].info = std::move(info);
  co_return CollectResult{};
}

asio::awaitable<CollectResult> collect_infos(CollectContext& context, const SelectedExports& exports) {
  const auto asked = co_await ask_infos(context, exports);
  if (!asked) co_return asked;
  const auto& known = context.memory().export_infos;
  for (const auto& one : exports.entries)
    if (const auto at = known.find(one.id); at != known.end())
      (*context.snapshot().exports)[one.subject].info = at->second.info;
  co_return CollectResult{};
}

asio::awaitable<CollectResult> collect_exports(CollectContext& context) {
  const auto exports = co_await context.exports();
  if (!exports) co_return exports.error();
  const auto counting = co_await context.counts(Statistic::nfs);
  if (!counting) co_return counting.error();
  if (*counting) {
    const auto io = co_await collect_io(context, **exports);
    if (!io) co_return io;
  }
  if (context.has(methods::display_export)) co_return co_await collect_infos(context, **exports);
  co_return CollectResult{};
}

asio::awaitable<CollectResult> collect_export_details(CollectContext& context) {
  const auto exports = co_await context.exports();
  if (!exports) co_return exports.error();
  EntryQueries<dbus::Export, dbus::Details> queries;
  for (const auto& one : (*exports)->entries) add_query(one, methods::get_export_details, queries);
  const auto records = co_await dbus::ask_each(context.bus(), std::move(queries));
  if (!records) co_return records.error();
  auto& rows = context.snapshot().export_other.emplace();
  for (const auto& [key, details] : *records) add_other(key.entry->subject, details, rows);
  sum_equal(rows);
  for (auto& row : rows)
    if (row.latency_ns)
      row.latency_ns = context.memory().other_latency.keep(
          (*context.snapshot().exports)[row.subject].id + " " + row.part(), row.operations, *row.latency_ns);
  co_return CollectResult{};
}

// The collectors of exports and clients, which have run before, made its calls.
asio::awaitable<CollectResult> collect_ninep(CollectContext& context) {
  const auto exports = co_await context.exports();
  if (!exports) co_return exports.error();
  const auto clients = co_await context.clients();
  if (!clients) co_return clients.error();
  co_return context.ninep_result();
}

}  // namespace

std::vector<Collector> export_collectors() {
  using namespace dbus::methods;
  std::vector<dbus::Method> further{get_nfs_io, display_export};
  for (const auto protocol : dbus::io_protocols) further.push_back(export_io(protocol));
  return {
      {CollectorId::exports, {show_exports}, std::move(further), collect_exports},
      {CollectorId::export_details, {get_export_details}, {}, collect_export_details, Statistic::nfs},
      {CollectorId::ninep, {export_io(Protocol::ninep), client_io(Protocol::ninep)}, {}, collect_ninep},
  };
}

}  // namespace ganesha::exporter
