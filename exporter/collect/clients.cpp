// What Ganesha reports of each client.
#include <span>
#include <unordered_map>

#include "exporter/collect/per_client.hpp"
#include "exporter/collect/registry.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
namespace methods = dbus::methods;
using dbus::Client;
using dbus::Protocol;
using dbus::result;

bool uses_v4(const Client& client) {
  return used(client, Protocol::nfsv40) || used(client, Protocol::nfsv41) || used(client, Protocol::nfsv42);
}

// Asks for the I/O by these protocols and appends it. False where nothing is counted.
asio::awaitable<result<bool>> add_io(CollectContext& context, const SelectedClients& clients,
                                     std::span<const Protocol> protocols,
                                     CachedValues<dbus::BasicStats>& cache, GroupTotals<IoRow>& totals,
                                     IoTableBuilder& builder) {
  if (protocols.empty()) co_return true;
  const auto active = co_await active_clients(clients, cache);
  const auto asked =
      co_await ask_clients(context, active, clients.time, cache, [&](const auto& client, auto& queries) {
        add_queries(client, protocols, methods::client_io, queries);
      });
  if (!asked) co_return asked.error();
  bool counting = true;
  auto rows =
      co_await rows_of(context, clients, cache, totals,
                       [&](std::size_t subject, Protocol protocol, const dbus::BasicStats& io, auto& to) {
                         counting &= io.counting;
                         to.push_back({subject, std::string(name(protocol)), io.read, io.write});
                       });
  builder.add(std::move(rows));
  co_return counting;
}

asio::awaitable<CollectResult> collect_clients(CollectContext& context) {
  const auto clients = co_await context.clients();
  if (!clients) co_return clients.error();
  const auto counted = co_await context.counts(Statistic::nfs);
  if (!counted) co_return counted.error();
  if (!*counted) co_return CollectResult{};

  auto& memory = context.memory();
  IoTableBuilder builder;
  const auto protocols = context.supported(dbus::io_protocols, methods::client_io);
  const auto counting = co_await add_io(context, **clients, protocols, memory.client_cache.io,
                                        memory.client_totals.io, builder);
  if (!counting) co_return counting.error();
  if (context.enabled(CollectorId::ninep)) {
    const auto supported = context.supported(ninep_alone, methods::client_io);
    const auto added = co_await add_io(context, **clients, supported, memory.client_cache.ninep,
                                       memory.client_totals.ninep, builder);
    const bool goes_on = added || context.continue_without_ninep(added.error());
    // A sum without it would be less than before, which looks like a reset. A suspended method stays away,
    // and all counters began again when Ganesha crashed at it.
    const bool may_return = !added && added.error().code != dbus::errc::suspended;
    if (!goes_on || (may_return && context.sums_protocols())) co_return added.error();
  }
  if (*counting) context.snapshot().client_io = std::move(builder).finish(memory.clients);
  co_return CollectResult{};
}

dbus::Details&& content(dbus::ClientDetails& one) { return std::move(one.details); }
dbus::ClientProcedures&& content(dbus::ClientProcedures& one) { return std::move(one); }

// Keeps what a bulk method reported of every client.
template <class One, class T>
asio::awaitable<void> keep_all(std::vector<One> all, const SelectedClients& clients, CachedValues<T>& cache) {
  std::unordered_map<std::string_view, One*> by_address;
  by_address.reserve(all.size());
  Turn turn;
  for (auto& one : all) {
    if (turn.is_over()) co_await next_turn();
    by_address.try_emplace(one.address, &one);
  }
  for (const auto& client : clients.entries) {
    if (turn.is_over()) co_await next_turn();
    typename CachedValues<T>::Values values;
    if (const auto at = by_address.find(client.address); at != by_address.end())
      values.emplace_back(Protocol{}, content(*at->second));
    cache.keep(client, std::move(values), clients.time);
  }
}

// The bulk methods format the whole table under its lock: they pay once one client in this many is active.
constexpr std::size_t bulk_pays = 8;

// Whether GetAllClientIOops is worth its cost. It is refused while the server does not count client_all_ops.
bool prefers_bulk_ops(CollectContext& context, const SelectedClients& clients, const ActiveClients& active) {
  return context.has(methods::get_all_client_io_ops) && !context.memory().bulk_ops_refused &&
         active.size() * bulk_pays > clients.entries.size();
}

// False where the server refused the bulk method.
asio::awaitable<result<bool>> ask_all_ops(CollectContext& context, const SelectedClients& clients,
                                          CachedValues<dbus::Details>& cache) {
  auto all = co_await dbus::ask(context.bus(), methods::get_all_client_io_ops());
  if (all) co_await keep_all(std::move(*all), clients, cache);
  if (!all && all.error().code != dbus::errc::refused) co_return all.error();
  context.memory().bulk_ops_refused = !all;
  co_return all.has_value();
}

asio::awaitable<CollectResult> ask_ops(CollectContext& context, const SelectedClients& clients,
                                       CachedValues<dbus::Details>& cache) {
  const auto active = co_await active_clients(clients, cache);
  if (prefers_bulk_ops(context, clients, active)) {
    const auto served = co_await ask_all_ops(context, clients, cache);
    if (!served) co_return served.error();
    if (*served) co_return CollectResult{};
  }
  co_return co_await ask_clients(context, active, clients.time, cache, [](const auto& client, auto& queries) {
    add_query(client, methods::get_client_io_ops, queries);
  });
}

asio::awaitable<CollectResult> collect_client_ops(CollectContext& context) {
  const auto clients = co_await context.clients();
  if (!clients) co_return clients.error();
  auto& cache = context.memory().client_cache.details;
  const auto asked = co_await ask_ops(context, **clients, cache);
  if (!asked) co_return asked;
  context.snapshot().client_other =
      co_await rows_of(context, **clients, cache, context.memory().client_totals.other,
                       [](std::size_t subject, Protocol, const dbus::Details& details, auto& rows) {
                         add_other(subject, details, rows);
                       });
  co_return CollectResult{};
}

// Makes sure that `cache` has the procedures of every client that is shown. There is no safe call for one
// client: see docs/calls.md. False where the server does not count them.
asio::awaitable<result<bool>> ask_procedures(CollectContext& context, const SelectedClients& clients,
                                             CachedValues<dbus::ClientProcedures>& cache) {
  const auto active = co_await active_clients(clients, cache);
  if (active.empty()) co_return true;
  auto all = co_await dbus::ask(context.bus(), methods::get_all_client_all_ops());
  if (!all && all.error().code == dbus::errc::refused) co_return false;
  if (!all) co_return all.error();
  co_await keep_all(std::move(*all), clients, cache);
  co_return true;
}

// Whether the server counts the procedures and answers for them safely.
asio::awaitable<result<bool>> may_ask_procedures(CollectContext& context) {
  const auto counted = co_await context.counts(Statistic::client_all_ops);
  if (!counted) co_return counted.error();
  if (!*counted) co_return false;
  co_return co_await context.is_safe(methods::get_all_client_all_ops);
}

asio::awaitable<CollectResult> collect_client_procedures(CollectContext& context) {
  const auto clients = co_await context.clients();
  if (!clients) co_return clients.error();
  const auto may_ask = co_await may_ask_procedures(context);
  if (!may_ask) co_return may_ask.error();
  if (!*may_ask) co_return CollectResult{};
  auto& cache = context.memory().client_cache.procedures;
  const auto counted = co_await ask_procedures(context, **clients, cache);
  if (!counted) co_return counted.error();
  if (!*counted) {
    context.log_uncounted(Statistic::client_all_ops);
    co_return CollectResult{};
  }
  auto rows =
      co_await rows_of(context, **clients, cache, context.memory().client_totals.procedures,
                       [](std::size_t subject, Protocol, const dbus::ClientProcedures& client, auto& to) {
                         for (const auto& procedure : client.procedures) to.push_back({subject, procedure});
                       });
  co_return keep(context, std::move(rows), context.snapshot().client_procedures);
}

asio::awaitable<CollectResult> collect_delegations(CollectContext& context) {
  const auto clients = co_await context.clients();
  if (!clients) co_return clients.error();
  // Recalls and revokes are no activity of the client: cached values do not show them.
  auto& cache = context.memory().client_cache.delegations;
  cache = {};
  const auto active = co_await active_clients(**clients, cache);
  const auto asked =
      co_await ask_clients(context, active, (*clients)->time, cache, [](const auto& client, auto& queries) {
        if (uses_v4(client)) add_query(client, methods::get_delegations, queries);
      });
  if (!asked) co_return asked;
  context.snapshot().delegations =
      co_await rows_of(context, **clients, cache, context.memory().client_totals.delegations,
                       [](std::size_t subject, Protocol, const dbus::Delegations& delegations, auto& rows) {
                         rows.push_back({subject, delegations});
                       });
  co_return CollectResult{};
}

}  // namespace

std::vector<Collector> client_collectors() {
  using namespace dbus::methods;
  std::vector<dbus::Method> further;
  for (const auto protocol : dbus::io_protocols) further.push_back(client_io(protocol));
  return {
      {CollectorId::clients, {show_clients}, std::move(further), collect_clients},
      {CollectorId::client_ops,
       {get_client_io_ops, get_all_client_io_ops},
       {},
       collect_client_ops,
       Statistic::nfs},
      {CollectorId::client_procedures,
       {get_all_client_all_ops},
       {},
       collect_client_procedures,
       Statistic::nfs},
      {CollectorId::delegations, {get_delegations}, {}, collect_delegations},
  };
}

}  // namespace ganesha::exporter
