#include "exporter/top/session.hpp"

#include <poll.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

namespace ganesha::exporter::top {
namespace asio = boost::asio;

namespace {

bool hung_up() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, 0) > 0 && (input.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

// The pages of a table without data, as while the server is down, are unknown.
void adopt_page(const Table& table, TableState& state) {
  if (table.known) state.page = table.page;
}

}  // namespace

Session::Session(asio::io_context& loop, const HttpClient& exporter, const TopOptions& flags, Charset charset)
    : loop_(loop),
      exporter_(exporter),
      flags_(flags),
      charset_(charset),
      signals_(loop),
      keys_(loop, ::dup(STDIN_FILENO)),
      pause_(loop),
      view_(flags),
      snapshot_(ask_now(loop, exporter, target(view_, flags.rows))) {
  for (const int signal : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH})
    signals_.add(signal);
  terminal_.emplace();
}

void Session::run() {
  wait_for_keys();
  wait_for_signals();
  asio::co_spawn(loop_, refresh_forever(), [this](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
    loop_.stop();
  });
  loop_.restart();
  loop_.run();
}

asio::awaitable<void> Session::refresh_forever() {
  for (;;) {
    refresh_now_ = false;
    co_await refresh();
    if (flags_.iterations.value_or(0) > 0 && ++refreshes_ >= *flags_.iterations) co_return;
    co_await wait();
  }
}

asio::awaitable<void> Session::refresh() {
  draw();  // What the person chose shows at once, before the response comes.
  try {
    StatusReply status = co_await ask(exporter_, target(view_, rows_in(terminal_->size())));
    snapshot_ = {std::move(status), now(), ""};
    // The exporter knows the last page; what the person chose meanwhile is newer.
    if (!refresh_now_) {
      adopt_page(snapshot_.status.exports, view_.states[0]);
      adopt_page(snapshot_.status.clients, view_.states[1]);
    }
  } catch (const std::runtime_error& error) {
    snapshot_.trouble = error.what();
  }
  draw();
}

asio::awaitable<void> Session::wait() {
  boost::system::error_code woken;
  while (!refresh_now_) {
    pause_.expires_after(flags_.interval);
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (!view_.paused) break;
  }
}

void Session::refresh_soon() {
  refresh_now_ = true;
  pause_.cancel();
}

void Session::wait_for_keys() {
  keys_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& error) {
    if (error || !handle_keys()) return loop_.stop();
    draw();
    wait_for_keys();
  });
  // Waiting makes it non-blocking, also for the shell and everybody else who reads from this terminal.
  boost::system::error_code ignored;
  keys_.native_non_blocking(false, ignored);
}

bool Session::handle_keys() {
  bool any = false;
  while (const auto key = terminal_->key()) {
    any = true;
    const unsigned pages = shown(view_, snapshot_.status).pages;
    const Effect effect = press(view_, *key, pages);
    if (effect == Effect::quit) return false;
    if (effect == Effect::fetch) refresh_soon();
  }
  return any || !hung_up();
}

void Session::wait_for_signals() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    wait_for_signals();
    handle_signal(signal);
  });
}

void Session::handle_signal(int signal) {
  switch (signal) {
    case SIGWINCH:
      terminal_->resize();
      draw();
      return refresh_soon();  // There may be room for more rows.
    case SIGTSTP:
      return stop_until_continued();
    case SIGCONT:
      terminal_->suspend();  // The shell may have changed it meanwhile.
      terminal_->resize();
      return draw();
    default:
      return loop_.stop();
  }
}

void Session::stop_until_continued() {
  terminal_->suspend();
  signals_.remove(SIGTSTP);
  ::raise(SIGTSTP);
  signals_.add(SIGTSTP);
  draw();
}

void Session::draw() {
  const RenderOptions render{now(), charset_};
  const Origin origin{exporter_.address(), flags_.interval};
  terminal_->draw(screen(view_, snapshot_, origin, render, terminal_->size()));
}

}  // namespace ganesha::exporter::top
