#include "exporter/http/handler_run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "exporter/base/log.hpp"
#include "exporter/http/redirect_to.hpp"
#include "exporter/http/response.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
namespace {

// Outlives the session's interest in it.
struct Run {
  explicit Run(const asio::any_io_executor& executor) : finished(executor) {}

  asio::steady_timer finished;  // cancelled when the handler has finished
  bool done = false;
  std::exception_ptr failure;
  HttpResponse response;
};

std::shared_ptr<Run> start(HttpShared& shared, HttpRequest request) {
  auto run = std::make_shared<Run>(shared.executor);
  asio::co_spawn(shared.executor, shared.handler(std::move(request)),
                 [run](std::exception_ptr failure, HttpResponse response) {
                   run->done = true;
                   run->failure = std::move(failure);
                   run->response = std::move(response);
                   run->finished.cancel();
                 });
  return run;
}

// A worker that hangs makes every request late: one line reports it.
HttpResponse overdue(HttpShared& shared, const std::string& path) {
  if (!std::exchange(shared.handler_overdue, true))
    shared.log.error("Request takes too long, answering 503", {{"path", path}});
  return plain_response(503, "the exporter took too long to respond");
}

HttpResponse failed(HttpShared& shared, const std::string& path, const std::exception_ptr& failure) {
  shared.log.error("Request failed", {{"path", path}, {"err", text_of(failure)}});
  return plain_response(500);
}

}  // namespace

asio::awaitable<HttpResponse> respond(HttpShared& shared, HttpRequest request) {
  const std::string path = request.path;
  const auto run = start(shared, std::move(request));
  const bool at_once = run->done;
  if (!at_once) {
    boost::system::error_code ec;
    run->finished.expires_after(shared.options.handler_timeout);
    co_await run->finished.async_wait(redirect_to(ec));
  }
  if (!run->done) co_return overdue(shared, path);
  if (!at_once) shared.handler_overdue = false;
  if (run->failure) co_return failed(shared, path, run->failure);
  co_return std::move(run->response);
}

}  // namespace ganesha::exporter
