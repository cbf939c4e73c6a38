// What Ganesha tells of each client.
#include <algorithm>
#include <span>

#include "dbus/client_mgr.hpp"
#include "dbus/decode_details.hpp"
#include "exporter/collect/per_client.hpp"
#include "exporter/collect/registry.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using dbus::Client;
using dbus::ClientMgr;
using dbus::Protocol;
using dbus::result;

bool uses_v4(const Client& client) {
  return used(client, Protocol::nfsv40) || used(client, Protocol::nfsv41) || used(client, Protocol::nfsv42);
}

constexpr Protocol ninep[] = {Protocol::ninep};

// Asks for the I/O by these protocols and appends it. False where nothing is counted.
asio::awaitable<result<bool>> add_io(CollectContext& poll, const ShownClients& clients,
                                     std::span<const Protocol> protocols,
                                     CachedValues<dbus::BasicStats>& carried, GroupTotals<IoRow>& sums,
                                     IoTableBuilder& builder) {
  ClientQuestion<dbus::BasicStats> question{{},
                                            [](const Client& client, Protocol protocol) {
                                              return ClientMgr::nfs_io_request(client.address, protocol);
                                            },
                                            dbus::decode_io};
  for (const auto protocol : protocols)
    if (poll.has(dbus::io_method(protocol))) question.protocols.push_back(protocol);
  if (question.protocols.empty()) co_return true;
  const auto asked = co_await ask_clients(poll, clients, std::move(question), carried);
  if (!asked) co_return asked.error();
  bool counting = true;
  builder.add(rows_of(poll, clients, carried, sums,
                      [&](std::size_t subject, Protocol protocol, const dbus::BasicStats& io, auto& rows) {
                        counting &= io.counting;
                        rows.push_back({subject, std::string(name(protocol)), io.read, io.write});
                      }));
  co_return counting;
}

// The bulk methods format the whole table under its lock: they pay once this part of the clients is active.
constexpr std::size_t bulk_pays = 8;

template <class T>
bool bulk_is_cheaper(const ShownClients& clients, const ClientQuestion<T>& question,
                     CachedValues<T>& carried) {
  return calls_for(clients, question, carried).calls.size() * bulk_pays > clients.entries.size();
}

const dbus::Details& content(const dbus::ClientDetails& one) { return one.details; }
const dbus::ClientProcedures& content(const dbus::ClientProcedures& one) { return one; }

// Takes what a bulk method told of every client.
template <class One, class T>
void keep_all(const std::vector<One>& all, const ShownClients& clients, CachedValues<T>& carried) {
  std::unordered_map<std::string_view, const One*> by_address;
  for (const auto& one : all) by_address.try_emplace(one.address, &one);
  carried.begin();
  for (const auto& client : clients.entries) {
    typename CachedValues<T>::Values values;
    if (const auto at = by_address.find(client.address); at != by_address.end())
      values.emplace_back(Protocol{}, content(*at->second));
    carried.keep(client, std::move(values), clients.time);
  }
}

// Whether GetAllClientIOops is worth its cost. It is refused while the server does not count client_all_ops.
bool bulk_ops_serve(CollectContext& poll, const ShownClients& clients,
                    const ClientQuestion<dbus::Details>& question, CachedValues<dbus::Details>& carried) {
  return poll.has("GetAllClientIOops") && !poll.owner().bulk_ops_refused &&
         bulk_is_cheaper(clients, question, carried);
}

asio::awaitable<CollectResult> ask_ops(CollectContext& poll, const ShownClients& clients,
                                       CachedValues<dbus::Details>& carried) {
  ClientQuestion<dbus::Details> question{
      {},
      [](const Client& client, Protocol) { return ClientMgr::details_request(client.address); },
      dbus::decode_details};
  if (bulk_ops_serve(poll, clients, question, carried)) {
    const auto all = co_await ClientMgr(poll.bus()).all_details();
    if (all) {
      keep_all(*all, clients, carried);
      co_return CollectResult{};
    }
    if (all.error().code != dbus::errc::refused) co_return all.error();
    poll.owner().bulk_ops_refused = true;
  }
  co_return co_await ask_clients(poll, clients, std::move(question), carried);
}

// Makes sure that `carried` has the procedures of every client that is shown. There is no safe call for one
// client: see docs/calls.md. False where the server does not count them.
asio::awaitable<result<bool>> ask_procedures(CollectContext& poll, const ShownClients& clients,
                                             CachedValues<dbus::ClientProcedures>& carried) {
  carried.begin();
  const auto known = [&](const Client& client) { return carried.knows(client, clients.time); };
  if (std::ranges::all_of(clients.entries, known)) co_return true;
  const auto all = co_await ClientMgr(poll.bus()).all_procedures();
  if (!all && all.error().code == dbus::errc::refused) co_return false;
  if (!all) co_return all.error();
  keep_all(*all, clients, carried);
  co_return true;
}

}  // namespace

asio::awaitable<CollectResult> collect_clients(CollectContext& poll) {
  const auto clients = co_await poll.clients();
  if (!clients) co_return clients.error();
  const auto counted = co_await poll.counts("nfs");
  if (!counted) co_return counted.error();
  if (!*counted) co_return CollectResult{};

  auto& owner = poll.owner();
  IoTableBuilder builder;
  const auto counting = co_await add_io(poll, **clients, dbus::io_protocols, owner.client_cache.io,
                                        owner.client_sums.io, builder);
  if (!counting) co_return counting.error();
  if (poll.enabled("ninep")) {
    const auto added =
        co_await add_io(poll, **clients, ninep, owner.client_cache.ninep, owner.client_sums.ninep, builder);
    if (!added && !poll.spare_ninep(added.error())) co_return added.error();
  }
  if (*counting) poll.snapshot().client_io = std::move(builder).finish(owner.clients);
  co_return CollectResult{};
}

asio::awaitable<CollectResult> collect_client_ops(CollectContext& poll) {
  const auto clients = co_await poll.clients();
  if (!clients) co_return clients.error();
  auto& carried = poll.owner().client_cache.details;
  const auto asked = co_await ask_ops(poll, **clients, carried);
  if (!asked) co_return asked;
  poll.snapshot().client_other = rows_of(poll, **clients, carried, poll.owner().client_sums.other,
                                         [](std::size_t subject, Protocol, const dbus::Details& details,
                                            auto& rows) { add_other(subject, details, rows); });
  co_return CollectResult{};
}

asio::awaitable<CollectResult> collect_client_procedures(CollectContext& poll) {
  const auto clients = co_await poll.clients();
  if (!clients) co_return clients.error();
  const auto counted = co_await poll.counts("client_all_ops");
  if (!counted) co_return counted.error();
  if (!*counted) co_return CollectResult{};
  const auto safe = co_await poll.safe("GetAllClientAllops");
  if (!safe) co_return safe.error();
  if (!*safe) co_return CollectResult{};
  auto& carried = poll.owner().client_cache.procedures;
  const auto asked = co_await ask_procedures(poll, **clients, carried);
  if (!asked) co_return asked.error();
  if (!*asked) {
    poll.report_uncounted("client_all_ops");
    co_return CollectResult{};
  }
  poll.snapshot().client_procedures =
      rows_of(poll, **clients, carried, poll.owner().client_sums.procedures,
              [](std::size_t subject, Protocol, const dbus::ClientProcedures& told, auto& rows) {
                for (const auto& procedure : told.procedures) rows.push_back({subject, procedure});
              });
  co_return CollectResult{};
}

asio::awaitable<CollectResult> collect_delegations(CollectContext& poll) {
  const auto clients = co_await poll.clients();
  if (!clients) co_return clients.error();
  // Recalls and revokes are no activity of the client's: what was learnt earlier says nothing of them.
  auto& carried = poll.owner().client_cache.delegations = {};
  ClientQuestion<dbus::Delegations> question{
      {},
      [](const Client& client, Protocol) { return ClientMgr::delegations_request(client.address); },
      dbus::decode_delegations,
      uses_v4};
  const auto asked = co_await ask_clients(poll, **clients, std::move(question), carried);
  if (!asked) co_return asked;
  poll.snapshot().delegations =
      rows_of(poll, **clients, carried, poll.owner().client_sums.delegations,
              [](std::size_t subject, Protocol, const dbus::Delegations& told, auto& rows) {
                rows.push_back({subject, told});
              });
  co_return CollectResult{};
}

}  // namespace ganesha::exporter
