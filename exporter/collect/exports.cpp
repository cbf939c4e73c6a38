// What Ganesha tells of each export.
#include <map>
#include <set>
#include <span>

#include "dbus/decode_details.hpp"
#include "dbus/export_mgr.hpp"
#include "exporter/collect/fan_out.hpp"
#include "exporter/collect/registry.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using dbus::ExportMgr;
using dbus::Protocol;
using dbus::result;

constexpr Protocol ninep[] = {Protocol::ninep};
// How long a failed DisplayExport is not repeated.
constexpr std::chrono::minutes misses_last{10};

// GetNFSIO: all of them in one call. False where nothing is counted, here and below.
asio::awaitable<result<bool>> add_io_in_one(CollectContext& poll, const ShownExports& exports,
                                            IoTableBuilder& builder) {
  const auto io = co_await ExportMgr(poll.bus()).get_io_stats();
  if (!io) co_return io.error();
  std::map<std::uint16_t, std::size_t> subjects;
  for (std::size_t i = 0; i < exports.entries.size(); ++i)
    subjects[exports.entries[i].id] = exports.subjects[i];
  for (const auto& row : io->rows)
    if (const auto at = subjects.find(row.export_id); at != subjects.end())
      builder.add(at->second, row.protocol, row.read, row.write);
  co_return io->counting;
}

asio::awaitable<result<bool>> add_io(CollectContext& poll, const ShownExports& exports,
                                     std::span<const Protocol> protocols, IoTableBuilder& builder) {
  std::vector<Protocol> told;
  for (const auto protocol : protocols)
    if (poll.has(dbus::io_method(protocol))) told.push_back(protocol);
  const auto jobs = jobs_for(exports.entries, told);
  const auto request = [&](std::size_t i) {
    return ExportMgr::nfs_io_request(exports.entries[jobs[i].entry].id, jobs[i].protocol);
  };
  const auto found = co_await ask_each(poll.bus(), jobs.size(), request, dbus::decode_io);
  if (!found) co_return found.error();
  bool counting = true;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto& io = (*found)[i];
    if (!io) continue;
    counting &= io->counting;
    builder.add(exports.subjects[jobs[i].entry], std::string(name(jobs[i].protocol)), io->read, io->write);
  }
  co_return counting;
}

asio::awaitable<CollectResult> take_io(CollectContext& poll, const ShownExports& exports) {
  IoTableBuilder builder;
  // Two awaits in one conditional expression are miscompiled by g++ 12.
  result<bool> counting = true;
  if (poll.has("GetNFSIO"))
    counting = co_await add_io_in_one(poll, exports, builder);
  else
    counting = co_await add_io(poll, exports, dbus::io_protocols, builder);
  if (!counting) co_return counting.error();
  if (poll.enabled("ninep")) {
    const auto added = co_await add_io(poll, exports, ninep, builder);
    if (!added && !poll.spare_ninep(added.error())) co_return added.error();
  }
  if (*counting) poll.snapshot().export_io = std::move(builder).finish(poll.owner().exports);
  co_return CollectResult{};
}

// An export may have gone away meanwhile, and a site's policy may forbid to ask; the figures are there all
// the same.
bool costs_the_infos_alone(CollectContext& poll, const dbus::Error& error) {
  switch (error.code) {
    case dbus::errc::timed_out:
    case dbus::errc::not_connected:
    case dbus::errc::not_running:
      return false;
    case dbus::errc::refused:
    case dbus::errc::failed:
      return true;
    default:
      poll.warn_once("Exports are shown without their pseudo paths", error);
      return true;
  }
}

// Each export is asked once, and again only when it is another one: a server from whose exports networks may
// be mounted loses memory at each call, 146 bytes a network (4.3).
void forget_old_infos(ServerMemory& owner, const ShownExports& exports, dbus::TimePoint now) {
  auto& known = owner.export_infos;
  std::set<std::uint16_t> listed;
  for (const auto& one : exports.entries) listed.insert(one.id);
  std::erase_if(known, [&](const auto& one) { return !listed.contains(one.first); });
  if (now - owner.export_infos_missed < misses_last) return;
  owner.export_infos_missed = now;
  std::erase_if(known, [](const auto& one) { return !one.second.info; });
}

// DisplayExport.
asio::awaitable<CollectResult> learn_infos(CollectContext& poll, const ShownExports& exports) {
  auto& known = poll.owner().export_infos;
  forget_old_infos(poll.owner(), exports, poll.bus().clock().now());
  std::vector<const dbus::Export*> unknown;
  for (const auto& one : exports.entries) {
    const auto at = known.find(one.id);
    if (at == known.end() || at->second.path != one.path) unknown.push_back(&one);
  }
  const auto request = [&](std::size_t i) { return ExportMgr::export_info_request(unknown[i]->id); };
  const auto tolerated = [&poll](const dbus::Error& error) { return costs_the_infos_alone(poll, error); };
  auto found = co_await ask_each(poll.bus(), unknown.size(), request, dbus::decode_export_info, tolerated);
  if (!found) co_return found.error();
  for (std::size_t i = 0; i < unknown.size(); ++i)
    known[unknown[i]->id] = {unknown[i]->path, std::move((*found)[i])};
  co_return CollectResult{};
}

asio::awaitable<CollectResult> take_infos(CollectContext& poll, const ShownExports& exports) {
  const auto learnt = co_await learn_infos(poll, exports);
  if (!learnt) co_return learnt;
  const auto& known = poll.owner().export_infos;
  for (std::size_t i = 0; i < exports.entries.size(); ++i)
    if (const auto at = known.find(exports.entries[i].id); at != known.end())
      (*poll.snapshot().exports)[exports.subjects[i]].info = at->second.info;
  co_return CollectResult{};
}

}  // namespace

asio::awaitable<CollectResult> collect_exports(CollectContext& poll) {
  const auto exports = co_await poll.exports();
  if (!exports) co_return exports.error();
  const auto counting = co_await poll.counts("nfs");
  if (!counting) co_return counting.error();
  if (*counting) {
    const auto io = co_await take_io(poll, **exports);
    if (!io) co_return io;
  }
  if (poll.has("DisplayExport")) co_return co_await take_infos(poll, **exports);
  co_return CollectResult{};
}

asio::awaitable<CollectResult> collect_export_details(CollectContext& poll) {
  const auto shown = co_await poll.exports();
  if (!shown) co_return shown.error();
  const auto& exports = **shown;
  const auto request = [&](std::size_t i) { return ExportMgr::details_request(exports.entries[i].id); };
  const auto found = co_await ask_each(poll.bus(), exports.entries.size(), request, dbus::decode_details);
  if (!found) co_return found.error();
  auto& rows = poll.snapshot().export_other.emplace();
  for (std::size_t i = 0; i < found->size(); ++i)
    if ((*found)[i]) add_other(exports.subjects[i], *(*found)[i], rows);
  sum_equal(rows);
  for (auto& row : rows)
    if (row.latency_ns)
      row.latency_ns = poll.owner().other_latency.keep(
          (*poll.snapshot().exports)[row.subject].id + " " + row.sub_key(), row.operations, *row.latency_ns);
  co_return CollectResult{};
}

// It asks with the collectors of exports and clients, which have run before.
asio::awaitable<CollectResult> collect_ninep(CollectContext& poll) {
  const auto exports = co_await poll.exports();
  if (!exports) co_return exports.error();
  const auto clients = co_await poll.clients();
  if (!clients) co_return clients.error();
  co_return poll.ninep();
}

}  // namespace ganesha::exporter
