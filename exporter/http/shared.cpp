#include "exporter/http/shared.hpp"

#include <algorithm>
#include <utility>

#include "exporter/http/redirect_to.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
namespace {

// The maximum in one turn of the loop. Attackers connect again at once: this also spreads them over time.
constexpr std::size_t closed_at_once = 64;

void close_overdue(HttpShared& shared, TimePoint now) {
  for (Connection* const connection : shared.table.all())
    if (connection->phase == Phase::writing) session_of(*connection).check_progress(now);
  for (const auto& [connection, reason] : shared.table.overdue(now, closed_at_once))
    shared.close(session_of(*connection), reason);
}

}  // namespace

std::string text_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "unknown exception";
  }
}

HttpShared::HttpShared(asio::any_io_executor loop, HttpHandler responds, Log& logs, const HttpOptions& bounds,
                       HttpObserver observes)
    : executor(std::move(loop)),
      handler(std::move(responds)),
      log(logs),
      options(bounds),
      observer(std::move(observes)),
      table(options),
      all_closed(executor) {}

void HttpShared::close(HttpSession& session, std::optional<CloseReason> reason) {
  if (!session.peers) return;
  table.remove(session);
  session.close();
  if (reason) count(*reason);
}

void HttpShared::count(CloseReason reason) const {
  if (observer.on_close) observer.on_close(reason);
}

void HttpShared::limit_readers() {
  // With less than three of the largest pages, two Prometheus servers would close each other's connections.
  constexpr std::size_t always_allowed = 3;
  const std::size_t budget = std::max(options.page_bytes, always_allowed * table.largest_body());
  while (table.has_too_many_readers() || pages.total() > budget) {
    const auto reason = table.has_too_many_readers() ? CloseReason::reader_evicted : CloseReason::page_bytes;
    Connection* const slowest = table.slowest_reader(std::chrono::steady_clock::now());
    if (!slowest) return;
    close(session_of(*slowest), reason);
  }
}

void HttpShared::log_failure(std::string_view part, const std::exception_ptr& failure) noexcept {
  try {
    log.error(part, {{"err", text_of(failure)}});
  } catch (...) {
    // The program continues even if there is no memory for a log line.
  }
}

void HttpShared::log_handshake_failure(const std::string& client, const std::string& why) {
  using namespace std::chrono_literals;
  if (why.empty()) return;
  ++handshake_failures;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_handshake_line) return;
  next_handshake_line = now + 1s;
  const auto failures = std::to_string(std::exchange(handshake_failures, 0));
  log.debug("TLS handshake failed", {{"client", client}, {"err", why}, {"failures", failures}});
}

asio::awaitable<void> watch_timeouts(std::shared_ptr<HttpShared> shared) {
  asio::steady_timer tick(shared->executor);
  while (!shared->table.all().empty()) {
    boost::system::error_code ec;
    tick.expires_after(shared->options.tick);
    co_await tick.async_wait(redirect_to(ec));
    close_overdue(*shared, std::chrono::steady_clock::now());
  }
  shared->watched = false;
}

}  // namespace ganesha::exporter
