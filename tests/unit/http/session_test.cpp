// A connection whose client takes everything at once, so that nothing ever waits for it.
#include "exporter/http/session.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <sstream>
#include <vector>

#include "exporter/http/shared.hpp"

namespace {
using namespace ganesha::exporter;
namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t page_size = std::size_t{32} << 20;

// Sends one request, and notes what other work of the loop has been done before each write.
class EagerClient final : public Transport {
 public:
  EagerClient(asio::io_context& loop, const int& other_work)
      : Transport(Socket(loop)), other_work_(other_work) {}

  std::vector<int> work_before_write;
  std::size_t received = 0;

 private:
  std::size_t try_read(asio::mutable_buffer buffer, error_code& ec) override {
    ec = request_.empty() ? error_code(asio::error::eof) : error_code();
    return asio::buffer_copy(buffer, asio::buffer(std::exchange(request_, {})));
  }
  std::size_t try_write(const Buffers& buffers, error_code& ec) override {
    ec = {};
    work_before_write.push_back(other_work_);
    received += asio::buffer_size(buffers);
    return asio::buffer_size(buffers);
  }
  bool has_input() const override { return true; }

  std::string request_ = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";
  const int& other_work_;
};

asio::awaitable<HttpResponse> large_page(HttpRequest) {
  HttpResponse response;
  response.body.assign(32, std::make_shared<const std::string>(page_size / 32, 'x'));
  co_return response;
}

void work_until(asio::io_context& loop, const HttpSession* const& session, int& work) {
  if (!session) return;
  ++work;
  asio::post(loop, [&] { work_until(loop, session, work); });
}

TEST(ASession, LetsOtherWorkRunBetweenTheWritesOfALargePage) {
  asio::io_context loop(1);
  std::ostringstream text;
  Log log(LogLevel::info, LogFormat::logfmt, text);
  auto shared =
      std::make_shared<HttpShared>(loop.get_executor(), large_page, log, HttpOptions{}, HttpObserver{});
  int work = 0;
  auto transport = std::make_unique<EagerClient>(loop, work);
  EagerClient& client = *transport;
  auto session = make_session(std::move(transport), Place::regular, shared);
  const HttpSession* open = session.get();
  work_until(loop, open, work);
  asio::co_spawn(loop, session->run(), [&](const std::exception_ptr&) { open = nullptr; });
  loop.run();

  EXPECT_GT(client.received, page_size);
  const auto& before = client.work_before_write;
  ASSERT_GT(before.size(), 8u);
  for (std::size_t i = 1; i < before.size(); ++i) EXPECT_GT(before[i], before[i - 1]) << i;
}

}  // namespace
