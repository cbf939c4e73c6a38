// Prints the exports and clients of the NFS-Ganesha on the system bus, or on the bus given as an argument.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <ganesha/dbus/client_mgr.hpp>
#include <ganesha/dbus/export_mgr.hpp>
#include <iostream>

namespace dbus = ganesha::dbus;

boost::asio::awaitable<void> list(dbus::Bus& bus) {
  const auto deadline = bus.clock().now() + std::chrono::seconds(5);
  bool in_time = true;
  while (bus.owner().empty() && in_time) in_time = co_await bus.changed().wait_until(deadline);

  const auto exports = co_await dbus::ExportMgr(bus).show_exports();
  if (!exports) std::cerr << "exports: " << exports.error().message() << '\n';
  if (exports)
    for (const auto& one : exports->exports) std::cout << "export " << one.id << ' ' << one.path << '\n';

  const auto clients = co_await dbus::ClientMgr(bus).show_clients();
  if (!clients) std::cerr << "clients: " << clients.error().message() << '\n';
  if (clients)
    for (const auto& one : clients->clients) std::cout << "client " << one.address << '\n';
  bus.stop();
}

int main(int argc, char** argv) {
  boost::asio::io_context loop;
  boost::asio::thread_pool opener(1);
  const auto clock = dbus::make_real_clock(loop.get_executor());
  dbus::BusOptions options;
  if (argc > 1) options.address = argv[1];
  dbus::Bus bus(loop.get_executor(), opener.get_executor(), *clock, options);
  boost::asio::co_spawn(loop, bus.run(), boost::asio::detached);
  boost::asio::co_spawn(loop, list(bus), boost::asio::detached);
  loop.run();
}
