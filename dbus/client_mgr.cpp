#include "client_mgr.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "client_list_decoder.hpp"

namespace ganesha::dbus {

namespace asio = boost::asio;

namespace {
// Some milliseconds' worth.
constexpr std::size_t clients_at_once = 1000;
}  // namespace

asio::awaitable<result<ClientList>> ClientMgr::show_clients() {
  const auto reply = co_await bus_.call(methods::show_clients);
  if (!reply) co_return reply.error();
  ClientListDecoder decoder(*reply);
  while (decoder.read(clients_at_once)) co_await asio::post(asio::use_awaitable);
  co_return std::move(decoder).finish();
}

asio::awaitable<result<BasicStats>> ClientMgr::get_nfs_io(std::string address, Protocol protocol) {
  auto request = nfs_io_request(std::move(address), protocol);
  co_return decode(co_await bus_.call(request.method, std::move(request.argument)), decode_io);
}

Request ClientMgr::nfs_io_request(std::string address, Protocol protocol) {
  return {Method{objects::client_mgr, interfaces::client_stats, io_method(protocol)}, std::move(address)};
}

asio::awaitable<result<Details>> ClientMgr::details(std::string address) {
  auto request = details_request(std::move(address));
  co_return decode(co_await bus_.call(request.method, std::move(request.argument)), decode_details);
}

Request ClientMgr::details_request(std::string address) {
  return {methods::get_client_io_ops, std::move(address)};
}

asio::awaitable<result<std::vector<ClientDetails>>> ClientMgr::all_details() {
  co_return decode(co_await bus_.call(methods::get_all_client_io_ops), decode_all_client_details);
}

asio::awaitable<result<std::vector<ClientProcedures>>> ClientMgr::all_procedures() {
  co_return decode(co_await bus_.call(methods::get_all_client_all_ops), decode_all_client_procedures);
}

asio::awaitable<result<Delegations>> ClientMgr::delegations(std::string address) {
  auto request = delegations_request(std::move(address));
  co_return decode(co_await bus_.call(request.method, std::move(request.argument)), decode_delegations);
}

Request ClientMgr::delegations_request(std::string address) {
  return {methods::get_delegations, std::move(address)};
}

asio::awaitable<result<Layouts>> ClientMgr::layouts(std::string address, Protocol protocol) {
  auto request = layouts_request(std::move(address), protocol);
  co_return decode(co_await bus_.call(request.method, std::move(request.argument)), decode_layouts);
}

Request ClientMgr::layouts_request(std::string address, Protocol protocol) {
  return {Method{objects::client_mgr, interfaces::client_stats, layouts_method(protocol)},
          std::move(address)};
}

}  // namespace ganesha::dbus
