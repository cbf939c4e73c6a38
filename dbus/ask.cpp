#include "ask.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "client_list_decoder.hpp"

namespace ganesha::dbus {

namespace asio = boost::asio;

namespace {
// Some milliseconds' worth.
constexpr std::size_t clients_at_once = 1000;
}  // namespace

asio::awaitable<result<ClientList>> ask(Bus& bus, Query<ClientList> query) {
  const auto reply = co_await bus.call(query.method, std::move(query.argument));
  if (!reply) co_return reply.error();
  ClientListDecoder decoder(*reply);
  while (decoder.read(clients_at_once)) co_await asio::post(asio::use_awaitable);
  co_return std::move(decoder).finish();
}

}  // namespace ganesha::dbus
