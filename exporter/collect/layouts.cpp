// The pNFS layout operations of exports and clients.
#include "dbus/client_mgr.hpp"
#include "dbus/decode_details.hpp"
#include "dbus/export_mgr.hpp"
#include "exporter/collect/per_client.hpp"
#include "exporter/collect/registry.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using dbus::ClientMgr;
using dbus::ExportMgr;
using dbus::Protocol;

std::vector<Protocol> layout_protocols(const CollectContext& poll) {
  std::vector<Protocol> protocols;
  for (const auto protocol : {Protocol::nfsv41, Protocol::nfsv42})
    if (poll.has(dbus::layouts_method(protocol))) protocols.push_back(protocol);
  return protocols;
}

asio::awaitable<CollectResult> take_exports(CollectContext& poll, const ShownExports& exports) {
  const auto jobs = jobs_for(exports.entries, layout_protocols(poll));
  const auto request = [&](std::size_t i) {
    return ExportMgr::layouts_request(exports.entries[jobs[i].entry].id, jobs[i].protocol);
  };
  const auto found = co_await ask_each(poll.bus(), jobs.size(), request, dbus::decode_layouts);
  if (!found) co_return found.error();
  auto& rows = poll.snapshot().export_layouts.emplace();
  for (std::size_t i = 0; i < jobs.size(); ++i)
    if ((*found)[i]) add_layouts(exports.subjects[jobs[i].entry], name(jobs[i].protocol), *(*found)[i], rows);
  sum_equal(rows);
  co_return CollectResult{};
}

asio::awaitable<CollectResult> take_clients(CollectContext& poll, const ShownClients& clients) {
  auto& carried = poll.owner().client_cache.layouts;
  ClientQuestion<dbus::Layouts> question{layout_protocols(poll),
                                         [](const dbus::Client& client, Protocol protocol) {
                                           return ClientMgr::layouts_request(client.address, protocol);
                                         },
                                         dbus::decode_layouts};
  const auto asked = co_await ask_clients(poll, clients, std::move(question), carried);
  if (!asked) co_return asked;
  poll.snapshot().client_layouts =
      rows_of(poll, clients, carried, poll.owner().client_sums.layouts,
              [](std::size_t subject, Protocol protocol, const dbus::Layouts& told, auto& rows) {
                add_layouts(subject, name(protocol), told, rows);
              });
  co_return CollectResult{};
}

}  // namespace

asio::awaitable<CollectResult> collect_layouts(CollectContext& poll) {
  const auto exports = co_await poll.exports();
  if (!exports) co_return exports.error();
  const auto of_exports = co_await take_exports(poll, **exports);
  if (!of_exports) co_return of_exports;
  const auto clients = co_await poll.clients();
  if (!clients) co_return clients.error();
  co_return co_await take_clients(poll, **clients);
}

}  // namespace ganesha::exporter
