#include "child.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace ganesha {
namespace {

namespace asio = boost::asio;

constexpr std::size_t lines_kept = 8;
constexpr std::size_t longest_line = 8192;
// A program that writes without a pause must not hold the loop.
constexpr int buffers_a_turn = 4;
// As much as the largest pipe available without privileges holds.
constexpr int buffers_of_a_pipe = 256;
// The kernel may take a moment to end a killed process; one that hangs in the kernel never ends.
constexpr std::chrono::seconds patience_after_kill{5};

// If the status of a child was reaped elsewhere.
constexpr int unknown_code = 255;

}  // namespace

std::string Exit::text() const {
  if (!signal) return "exit code " + std::to_string(code);
  return "signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
}

boost::system::result<std::shared_ptr<Child>> Child::start(asio::any_io_executor loop, dbus::Clock& clock,
                                                           const Command& command, ChildEvents events) {
  const auto spawned = spawn(command);
  if (!spawned) return spawned.error();
  auto child = std::make_shared<Child>(Private{}, std::move(loop), clock, std::move(events), *spawned);
  child->watch();
  child->read();
  return child;
}

Child::Child(Private, asio::any_io_executor loop, dbus::Clock& clock, ChildEvents events, Spawned spawned)
    : clock_(clock),
      events_(std::move(events)),
      pid_(spawned.pid),
      pidfd_(loop, spawned.pidfd),
      output_(loop, spawned.output),
      changed_(clock) {}

Child::~Child() {
  if (exit_) return;
  signal(SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void Child::watch() {
  pidfd_.async_wait(asio::posix::stream_descriptor::wait_read,
                    [self = shared_from_this()](boost::system::error_code error) {
                      if (error) return;
                      self->check();
                      // Asio may report an event of a closed descriptor to the next one that is opened.
                      if (!self->exit_) self->watch();
                    });
}

void Child::check() {
  int status = 0;
  if (exit_) return;
  const pid_t found = waitpid(pid_, &status, WNOHANG);
  const bool reaped_elsewhere = found < 0 && errno == ECHILD;
  if (found != pid_ && !reaped_elsewhere) return;
  // A process that inherited its output may keep it open: only what is there already is read.
  drain(buffers_of_a_pipe);
  if (!line_.empty()) end_line();
  if (reaped_elsewhere)
    exit_ = Exit{unknown_code, 0};
  else
    exit_ = WIFSIGNALED(status) ? Exit{0, WTERMSIG(status)} : Exit{WEXITSTATUS(status), 0};
  pidfd_.close();
  output_.close();
  if (events_.on_end) events_.on_end();
  changed_.notify_all();
}

void Child::signal(int number) const {
  if (!exit_) kill(pid_, number);
}

asio::awaitable<bool> Child::ended(dbus::TimePoint deadline) {
  const auto self = shared_from_this();
  bool in_time = true;
  while (in_time && !exit_) in_time = co_await changed_.wait_until(deadline);
  co_return exit_.has_value();
}

asio::awaitable<bool> Child::stop(int number, dbus::TimePoint deadline) {
  const auto self = shared_from_this();
  signal(number);
  const bool in_time = co_await ended(deadline);
  if (in_time) co_return true;
  signal(SIGKILL);
  co_await ended(clock_.now() + patience_after_kill);
  co_return false;
}

std::string Child::last_lines() const {
  std::string text;
  for (const auto& line : last_lines_) text += (text.empty() ? "" : "\n") + line;
  return text;
}

// Waits and then reads: an asynchronous read could hold lines back that came before the end was seen.
void Child::read() {
  output_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](boost::system::error_code error) {
                       if (!error && !self->exit_ && self->drain(buffers_a_turn)) self->read();
                     });
}

// Reads what is there, `most_buffers` at most. False at the end of the output.
bool Child::drain(int most_buffers) {
  std::array<char, 4096> buffer;
  ssize_t got = 1;
  for (int i = 0; i < most_buffers && got > 0; ++i) {
    got = ::read(output_.native_handle(), buffer.data(), buffer.size());
    if (got > 0) take({buffer.data(), static_cast<std::size_t>(got)});
  }
  return got != 0;
}

void Child::take(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto piece = text.substr(0, std::min(end, longest_line - line_.size()));
    line_ += piece;
    text.remove_prefix(piece.size());
    const bool ended = text.starts_with('\n');
    if (ended) text.remove_prefix(1);
    if (ended || line_.size() == longest_line) end_line();
  }
}

void Child::end_line() {
  const std::string line = std::exchange(line_, {});
  if (!events_.is_noise || !events_.is_noise(line)) last_lines_.push_back(line);
  if (last_lines_.size() > lines_kept) last_lines_.pop_front();
  if (events_.on_line) events_.on_line(line);
}

}  // namespace ganesha
