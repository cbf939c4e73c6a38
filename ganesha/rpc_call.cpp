#include "rpc_call.hpp"

#include <arpa/inet.h>

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
using asio::ip::tcp;
using Words = std::vector<std::uint32_t>;

constexpr auto token = asio::as_tuple(asio::use_awaitable);
// A record mark, then words in network order.
constexpr std::uint32_t last_fragment = 0x80000000;
constexpr std::uint32_t xid = 0x67616e65;
constexpr std::uint32_t call = 0, reply = 1, rpc_version = 2;
constexpr std::uint32_t accepted = 0, success = 0;
// The replies to our calls have a few words; a peer that sends more is no RPC server.
constexpr std::uint32_t longest_reply = 4096;
// xid, reply, accepted, two words of an empty verifier, the outcome.
constexpr std::size_t header_words = 6;

Words message(RpcProcedure procedure, const Words& arguments) {
  // The last four words: no credentials, no verifier.
  Words words{0, xid, call, rpc_version, procedure.program, procedure.version, procedure.number, 0, 0, 0, 0};
  words.insert(words.end(), arguments.begin(), arguments.end());
  words[0] = last_fragment | static_cast<std::uint32_t>((words.size() - 1) * sizeof words[0]);
  for (auto& word : words) word = htonl(word);
  return words;
}

std::optional<Words> result_of(Words words) {
  for (auto& word : words) word = ntohl(word);
  const bool good = words.size() >= header_words && words[0] == xid && words[1] == reply &&
                    words[2] == accepted && words[5] == success;
  if (!good) return std::nullopt;
  words.erase(words.begin(), words.begin() + header_words);
  return words;
}

asio::awaitable<std::optional<Words>> read_reply(tcp::socket& socket) {
  std::uint32_t mark = 0;
  const auto [no_mark, mark_size] =
      co_await asio::async_read(socket, asio::buffer(&mark, sizeof mark), token);
  const auto size = ntohl(mark) & ~last_fragment;
  if (no_mark || size > longest_reply) co_return std::nullopt;
  Words words(size / sizeof(std::uint32_t));
  const auto [not_read, read_size] = co_await asio::async_read(socket, asio::buffer(words), token);
  if (not_read) co_return std::nullopt;
  co_return result_of(std::move(words));
}

}  // namespace

asio::awaitable<std::optional<Words>> rpc_call(tcp::endpoint server, RpcProcedure procedure, Words arguments,
                                               dbus::TimePoint deadline) {
  const auto loop = co_await asio::this_coro::executor;
  const auto socket = std::make_shared<tcp::socket>(loop);
  asio::steady_timer timer(loop, deadline);
  timer.async_wait([socket](boost::system::error_code error) {
    if (!error) socket->close(error);
  });
  const auto [not_connected] = co_await socket->async_connect(server, token);
  if (not_connected) co_return std::nullopt;
  const Words question = message(procedure, arguments);
  const auto [not_written, written] = co_await asio::async_write(*socket, asio::buffer(question), token);
  if (not_written) co_return std::nullopt;
  co_return co_await read_reply(*socket);
}

}  // namespace ganesha
