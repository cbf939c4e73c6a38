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

// How long a failed DisplayExport is not repeated.
constexpr std::chrono::minutes misses_last{10};

// GetNFSIO: all of them in one call. False where nothing is counted, here and below.
asio::awaitable<result<bool>> add_io_in_one(CollectContext& context, const SelectedExports& exports,
                                            IoTableBuilder& builder) {
  const auto io = co_await dbus::ask(context.bus(), methods::get_nfs_io());
  if (!io) co_return io.error();
  std::map<std::uint16_t, std::size_t> subjects;
  for (const auto& one : exports.entries) subjects[one.id] = one.subject;
  Turn turn;
  for (const auto& row : io->rows) {
    if (turn.is_over()) co_await next_turn();
    if (const auto at = subjects.find(row.export_id); at != subjects.end())
      builder.add(at->second, row.protocol, row.read, row.write);
  }
  co_return io->counting;
}

asio::awaitable<result<bool>> add_io(CollectContext& context, const SelectedExports& exports,
                                     std::span<const Protocol> protocols, IoTableBuilder& builder) {
  bool counting = true;
  const auto asked = co_await ask_entries<dbus::BasicStats>(
      context.bus(), list_of(exports),
      [&](const auto& one, auto& queries) { add_queries(one, protocols, methods::export_io, queries); },
      [&](const auto& one, auto records) {
        for (const auto& [key, io] : records) {
          counting &= io.counting;
          builder.add(one.subject, std::string(name(key.protocol)), io.read, io.write);
        }
      });
  if (!asked) co_return asked.error();
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
    const auto supported = context.supported(ninep_alone, methods::export_io);
    const auto added = co_await add_io(context, exports, supported, builder);
    if (!added && !context.continue_without_ninep(added.error())) co_return added.error();
  }
  if (!*counting) co_return CollectResult{};
  auto table = std::move(builder).finish(context.memory().exports);
  if (!context.labels().take(table.rows.name_bytes())) co_return too_long_names();
  context.snapshot().export_io = std::move(table);
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

EntryList<dbus::Export> exports_without_info(const SelectedExports& exports,
                                             const std::map<std::uint16_t, KnownInfo>& known) {
  EntryList<dbus::Export> unknown;
  for (const auto& one : exports.entries) {
    const auto at = known.find(one.id);
    if (at == known.end() || at->second.path != label_value(one.path)) unknown.push_back(&one);
  }
  return unknown;
}

// The names are cut at once: the replies of many exports are held together.
result<dbus::ExportInfo> decode_short_info(const dbus::Message& reply) {
  auto info = dbus::decode_export_info(reply);
  if (info)
    for (auto* name : {&info->path, &info->pseudo, &info->tag}) cut_label(*name);
  return info;
}

// DisplayExport of the exports for which it was not called yet.
asio::awaitable<CollectResult> ask_infos(CollectContext& context, const SelectedExports& exports) {
  auto& known = context.memory().export_infos;
  forget_old_infos(context.memory(), exports, context.bus().clock().now());
  co_return co_await ask_entries<dbus::ExportInfo>(
      context.bus(), exports_without_info(exports, known),
      [](const auto& one, auto& queries) {
        add_query(one, methods::display_export, queries);
        queries.back().query.set_decode(decode_short_info);
      },
      [&](const auto& one, auto records) {
        auto& info = known[one.id] = {label_value(one.path), std::nullopt};
        for (auto& [key, found] : records) info.info = std::move(found);
      },
      [&context](const dbus::Error& error) { return only_infos_are_missing(context, error); });
}

asio::awaitable<CollectResult> collect_infos(CollectContext& context, const SelectedExports& exports) {
  const auto asked = co_await ask_infos(context, exports);
  if (!asked) co_return asked;
  const auto& known = context.memory().export_infos;
  for (const auto& one : exports.entries) {
    const auto at = known.find(one.id);
    if (at == known.end() || !at->second.info) continue;
    const auto& info = *at->second.info;
    const bool fits = context.labels().take(info.path.size() + info.pseudo.size() + info.tag.size());
    if (!fits) {
      context.warn_once("Exports are shown without their pseudo paths", too_long_names());
      break;
    }
    (*context.snapshot().exports)[one.subject].info = info;
  }
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

void keep_latency(CollectContext& context, OtherRow& row) {
  if (!row.latency_ns) return;
  const auto& id = (*context.snapshot().exports)[row.subject].id;
  auto& sums = context.memory().other_latency;
  row.latency_ns = sums.keep(id + " " + row.sub_key(), row.operations, *row.latency_ns);
}

asio::awaitable<CollectResult> collect_export_details(CollectContext& context) {
  const auto exports = co_await context.exports();
  if (!exports) co_return exports.error();
  std::vector<OtherRow> found;
  const auto asked = co_await ask_entries<dbus::Details>(
      context.bus(), list_of(**exports),
      [](const auto& one, auto& queries) { add_query(one, methods::get_export_details, queries); },
      [&](const auto& one, auto records) {
        for (const auto& [key, details] : records) add_other(one.subject, details, found);
      });
  if (!asked) co_return asked;
  UniqueRows<OtherRow> rows(std::move(found));
  rows.each_value([&](OtherRow& row) { keep_latency(context, row); });
  context.snapshot().export_other = std::move(rows);
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
