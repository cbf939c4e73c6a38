#include "null_call.hpp"

#include <arpa/inet.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>

namespace ganesha {
namespace {

namespace asio = boost::asio;

// RFC 5531: a record mark, then words in network order.
constexpr std::uint32_t last_fragment = 0x80000000;
constexpr std::uint32_t xid = 0x67616e65;
constexpr std::uint32_t call = 0, reply = 1, rpc_version = 2, nfs_program = 100003, null_procedure = 0;
constexpr std::uint32_t accepted = 0, success = 0;

using Call = std::array<std::uint32_t, 11>;
using Reply = std::array<std::uint32_t, 7>;

Call null_call(std::uint32_t version) {
  constexpr auto size = static_cast<std::uint32_t>((Call().size() - 1) * sizeof(std::uint32_t));
  // The last four words: no credentials, no verifier.
  Call words{last_fragment | size, xid, call, rpc_version, nfs_program, version, null_procedure, 0, 0, 0, 0};
  for (auto& word : words) word = htonl(word);
  return words;
}

bool is_success(const Reply& words) {
  // Mark, xid, reply, accepted, two words of an empty verifier, the outcome.
  return ntohl(words[1]) == xid && ntohl(words[2]) == reply && ntohl(words[3]) == accepted &&
         ntohl(words[6]) == success;
}

}  // namespace

asio::awaitable<bool> answers_null_call(asio::ip::tcp::endpoint server, std::uint32_t version,
                                        dbus::TimePoint deadline) {
  const auto loop = co_await asio::this_coro::executor;
  const auto socket = std::make_shared<asio::ip::tcp::socket>(loop);
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  asio::steady_timer timer(loop, deadline);
  timer.async_wait([socket](boost::system::error_code error) {
    if (!error) socket->close(error);
  });
  const auto [not_connected] = co_await socket->async_connect(server, token);
  if (not_connected) co_return false;
  const Call question = null_call(version);
  const auto [not_written, written] = co_await asio::async_write(*socket, asio::buffer(question), token);
  if (not_written) co_return false;
  Reply answer{};
  const auto [not_read, size] = co_await asio::async_read(*socket, asio::buffer(answer), token);
  co_return !not_read && is_success(answer);
}

}  // namespace ganesha
