// The pNFS layout operations of exports and clients.
#include "exporter/collect/per_client.hpp"
#include "exporter/collect/registry.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
namespace methods = dbus::methods;
using dbus::Protocol;

constexpr Protocol pnfs_protocols[] = {Protocol::nfsv41, Protocol::nfsv42};

asio::awaitable<CollectResult> collect_of_exports(CollectContext& context, const SelectedExports& exports) {
  const auto protocols = context.supported(pnfs_protocols, methods::export_layouts);
  std::vector<LayoutRow> rows;
  const auto asked = co_await ask_entries<dbus::Layouts>(
      context.bus(), list_of(exports),
      [&](const auto& one, auto& queries) { add_queries(one, protocols, methods::export_layouts, queries); },
      [&](const auto& one, auto records) {
        for (const auto& [key, layouts] : records)
          add_layouts(one.subject, name(key.protocol), layouts, rows);
      });
  if (!asked) co_return asked;
  context.snapshot().export_layouts = std::move(rows);
  co_return CollectResult{};
}

asio::awaitable<CollectResult> collect_of_clients(CollectContext& context, const SelectedClients& clients) {
  const auto protocols = context.supported(pnfs_protocols, methods::client_layouts);
  auto& cache = context.memory().client_cache.layouts;
  const auto active = co_await active_clients(clients, cache);
  const auto asked =
      co_await ask_clients(context, active, clients.time, cache, [&](const auto& client, auto& queries) {
        add_queries(client, protocols, methods::client_layouts, queries);
      });
  if (!asked) co_return asked;
  context.snapshot().client_layouts =
      co_await rows_of(context, clients, cache, context.memory().client_totals.layouts,
                       [](std::size_t subject, Protocol protocol, const dbus::Layouts& layouts, auto& rows) {
                         add_layouts(subject, name(protocol), layouts, rows);
                       });
  co_return CollectResult{};
}

asio::awaitable<CollectResult> collect_layouts(CollectContext& context) {
  const auto exports = co_await context.exports();
  if (!exports) co_return exports.error();
  const auto of_exports = co_await collect_of_exports(context, **exports);
  if (!of_exports || !context.serves_clients(CollectorId::layouts)) co_return of_exports;
  const auto clients = co_await context.clients();
  if (!clients) co_return clients.error();
  co_return co_await collect_of_clients(context, **clients);
}

}  // namespace

std::vector<Collector> layout_collectors() {
  std::vector<dbus::Method> needed;
  for (const auto protocol : pnfs_protocols) {
    needed.push_back(methods::export_layouts(protocol));
    needed.push_back(methods::client_layouts(protocol));
  }
  return {{CollectorId::layouts, std::move(needed), {}, collect_layouts, Statistic::nfs}};
}

}  // namespace ganesha::exporter
