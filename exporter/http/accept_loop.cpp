#include "exporter/http/accept_loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "exporter/http/redirect_to.hpp"
#include "exporter/http/session.hpp"
#include "exporter/http/tls_transport.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// The maximum before the loop does other work: large enough to keep the kernel's queue short, where honest
// clients wait behind all others.
constexpr int batch = 64;

enum class Pace { accept_more, read_first };

// Logs the first of several failures and the recovery, not each one.
void report_accept(HttpShared& shared, bool& failing, const error_code& ec) {
  if (ec && !failing) shared.log.error("Cannot accept connections", {{"err", ec.message()}});
  if (!ec && failing) shared.log.info("Accepting connections again");
  failing = static_cast<bool>(ec);
}

asio::awaitable<void> run_session(std::shared_ptr<HttpSession> session) { co_await session->run(); }

std::unique_ptr<Transport> make_transport(Transport::Socket socket,
                                          const std::shared_ptr<HttpShared>& shared) {
  if (!shared->tls) return make_plain_transport(std::move(socket));
  // It lives as long as what all sessions share.
  std::shared_ptr<HandshakePace> pace(shared, &shared->handshakes);
  return make_tls_transport(std::move(socket), shared->tls, std::move(pace));
}

void start_session(Transport::Socket socket, Place place, const std::shared_ptr<HttpShared>& shared) {
  auto session = make_session(make_transport(std::move(socket), shared), place, shared);
  asio::co_spawn(shared->executor, run_session(std::move(session)),
                 [shared](const std::exception_ptr& failure) {
                   if (!failure) return;
                   shared->count(CloseReason::error);
                   shared->log_failure("HTTP connection failed", failure);
                 });
  if (std::exchange(shared->watched, true)) return;
  asio::co_spawn(shared->executor, watch_timeouts(shared), [shared](const std::exception_ptr& failure) {
    if (!failure) return;
    shared->watched = false;  // the next connection starts it again
    shared->log_failure("Check of HTTP timeouts failed", failure);
  });
}

Pace admit(Transport::Socket socket, const std::shared_ptr<HttpShared>& shared) {
  const auto admission = shared->table.make_place(std::chrono::steady_clock::now());
  if (admission.evicted) shared->close(session_of(*admission.evicted), eviction_reason(*admission.evicted));
  if (admission.place)
    start_session(std::move(socket), *admission.place, shared);
  else
    shared->count(CloseReason::over_limit);
  return admission.place == Place::regular && !admission.evicted_newcomer ? Pace::accept_more
                                                                          : Pace::read_first;
}

// The error of the accept that failed, if one did.
error_code accept_some(Listener::Acceptor& acceptor, const std::shared_ptr<HttpShared>& shared) {
  Pace pace = Pace::accept_more;
  for (int i = 0; i < batch && pace == Pace::accept_more; ++i) {
    error_code ec;
    Transport::Socket socket = acceptor.accept(ec);
    if (ec == asio::error::would_block) return {};
    if (ec) return ec;
    pace = admit(std::move(socket), shared);
  }
  return {};
}

error_code accept_safely(Listener::Acceptor& acceptor, const std::shared_ptr<HttpShared>& shared) {
  try {
    return accept_some(acceptor, shared);
  } catch (...) {
    shared->log_failure("Accepting a connection failed", std::current_exception());
    return {};
  }
}

}  // namespace

asio::awaitable<void> accept_loop(ListenerPtr listener, std::shared_ptr<HttpShared> shared) {
  auto& acceptor = listener->acceptor;
  asio::steady_timer pause(acceptor.get_executor());
  bool failing = false;
  while (acceptor.is_open()) {
    error_code ec;
    co_await acceptor.async_wait(asio::socket_base::wait_read, redirect_to(ec));
    if (!acceptor.is_open()) break;
    if (!ec) ec = accept_safely(acceptor, shared);
    report_accept(*shared, failing, ec);
    if (!ec) continue;
    pause.expires_after(shared->options.accept_retry);
    co_await pause.async_wait(redirect_to(ec));
  }
}

}  // namespace ganesha::exporter
