// What Ganesha tells of the server as a whole: a call or two for each collector.
#include <iterator>

#include "dbus/admin_mgr.hpp"
#include "dbus/export_mgr.hpp"
#include "exporter/collect/registry.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using dbus::AdminMgr;
using dbus::ExportMgr;
using dbus::result;

// GPFS alone keeps statistics of its own.
constexpr const char* counting_fsal = "GPFS";

void add_timed(std::string_view protocol, std::vector<dbus::TimedProcedure>&& procedures,
               std::vector<TimedRow>& rows) {
  for (auto& procedure : procedures) rows.push_back({protocol, std::move(procedure)});
}

asio::awaitable<CollectResult> add_timed_v3(CollectContext& poll, std::vector<TimedRow>& rows) {
  if (!poll.has("GetFULLV3Stats")) co_return CollectResult{};
  const auto counted = co_await poll.counts("v3_full");
  if (!counted) co_return counted.error();
  if (!*counted) co_return CollectResult{};
  auto found = co_await ExportMgr(poll.bus()).timed_v3_procedures();
  if (!found) co_return found.error();
  add_timed("NFSv3", std::move(*found), rows);
  co_return CollectResult{};
}

asio::awaitable<CollectResult> add_timed_v4(CollectContext& poll, std::vector<TimedRow>& rows) {
  const auto counted = co_await poll.counts("v4_full");
  if (!counted) co_return counted.error();
  if (!*counted) co_return CollectResult{};
  const auto safe = co_await poll.safe("GetFULLV4Stats");
  if (!safe) co_return safe.error();
  if (!*safe) co_return CollectResult{};
  auto found = co_await ExportMgr(poll.bus()).timed_v4_procedures();
  if (!found) co_return found.error();
  add_timed("NFSv4", std::move(*found), rows);
  co_return CollectResult{};
}

// `of` is the protocol or what else counts the calls of this name.
void keep_rising(CollectContext& poll, std::string_view of, std::string_view name, std::uint64_t calls,
                 dbus::Latency& latency) {
  auto& sums = poll.owner().average_latency;
  latency.sum_ns = sums.keep(std::string(of) + " " + std::string(name), calls, latency.sum_ns);
}

}  // namespace

asio::awaitable<CollectResult> collect_server(CollectContext& poll) {
  auto& owner = poll.owner();
  AdminMgr admin(poll.bus());
  if (!owner.version) {
    auto version = co_await admin.version();
    if (!version) co_return version.error();
    owner.version = std::move(*version);
  }
  std::optional<bool> in_grace = poll.snapshot().in_grace;
  if (!in_grace) {
    const auto answer = co_await admin.get_grace();
    if (!answer) co_return answer.error();
    in_grace = *answer;
  }
  if (poll.has("StatusStats")) {
    const auto switches = co_await poll.status();
    if (!switches) co_return switches.error();
    poll.snapshot().stats = **switches;
    const auto counting = co_await poll.counts("nfs");
    if (!counting) co_return counting.error();
  }
  poll.snapshot().in_grace = in_grace;
  poll.snapshot().version = owner.version;
  co_return CollectResult{};
}

asio::awaitable<CollectResult> collect_operations(CollectContext& poll) {
  auto found = co_await ExportMgr(poll.bus()).global_operations();
  co_return keep(std::move(found), poll.snapshot().operations);
}

asio::awaitable<CollectResult> collect_procedures(CollectContext& poll) {
  const auto safe = co_await poll.safe("GetFastOPS");
  if (!safe) co_return safe.error();
  if (!*safe) co_return CollectResult{};
  auto found = co_await ExportMgr(poll.bus()).procedure_calls();
  co_return keep(std::move(found), poll.snapshot().procedures);
}

asio::awaitable<CollectResult> collect_procedures_detailed(CollectContext& poll) {
  std::vector<TimedRow> rows;
  const auto v3 = co_await add_timed_v3(poll, rows);
  if (!v3) co_return v3;
  const auto v4 = co_await add_timed_v4(poll, rows);
  if (!v4) co_return v4;
  for (auto& [protocol, one] : rows) keep_rising(poll, protocol, one.procedure, one.calls, one.latency);
  poll.snapshot().timed_procedures = std::move(rows);
  co_return CollectResult{};
}

asio::awaitable<CollectResult> collect_auth(CollectContext& poll) {
  auto found = co_await ExportMgr(poll.bus()).auth();
  if (found)
    for (auto& one : *found) keep_rising(poll, "auth", one.source, one.requests, one.latency);
  co_return keep(std::move(found), poll.snapshot().auth);
}

asio::awaitable<CollectResult> collect_mdcache(CollectContext& poll) {
  ExportMgr exports(poll.bus());
  const bool renamed = poll.has("ShowMDCache");
  auto found = co_await exports.mdcache(renamed);
  co_return keep(std::move(found), poll.snapshot().mdcache);
}

asio::awaitable<CollectResult> collect_fds(CollectContext& poll) {
  auto found = co_await ExportMgr(poll.bus()).fd_usage();
  co_return keep(std::move(found), poll.snapshot().fds);
}

asio::awaitable<CollectResult> collect_fsal(CollectContext& poll) {
  auto found = co_await ExportMgr(poll.bus()).fsal(counting_fsal);
  // Another file system refuses: that is no failure.
  if (!found && found.error().code == dbus::errc::refused) co_return CollectResult{};
  if (found)
    for (auto& one : found->operations) keep_rising(poll, found->fsal, one.procedure, one.calls, one.latency);
  co_return keep(std::move(found), poll.snapshot().fsal);
}

asio::awaitable<CollectResult> collect_drc(CollectContext& poll) {
  auto found = co_await AdminMgr(poll.bus()).drc();
  co_return keep(std::move(found), poll.snapshot().drc);
}

}  // namespace ganesha::exporter
