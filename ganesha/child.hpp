// One started program: its output line by line, its end, its stop. Serves ganesha.nfsd, dbus-daemon and
// rpcbind alike. All of it happens on the event loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/system/result.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dbus/clock.hpp"
#include "ganesha/spawn.hpp"

namespace ganesha {

// How a process ended: by its code, or by a signal (then that is not 0).
struct Exit {
  int code = 0;
  int signal = 0;

  // As a shell reports it: 128 plus the signal.
  int shell_code() const { return signal ? 128 + signal : code; }
  // "exit code 2" or "signal 9 (Killed)".
  std::string text() const;
  bool operator==(const Exit&) const = default;
};

struct ChildEvents {
  std::function<void(const std::string& line)> on_line;
  std::function<void()> on_end;  // comes once, after the last line
  // Which lines last_lines() leaves out, because they do not say why it ended.
  std::function<bool(const std::string& line)> is_noise = {};
};

class Child : public std::enable_shared_from_this<Child> {
  struct Private {};

 public:
  // Starts the program; the error at once when it cannot be started.
  static boost::system::result<std::shared_ptr<Child>> start(boost::asio::any_io_executor loop,
                                                             dbus::Clock& clock, const Command& command,
                                                             ChildEvents events);
  Child(Private, boost::asio::any_io_executor loop, dbus::Clock& clock, ChildEvents events, Spawned spawned);
  // Kills it if it still runs.
  ~Child();

  pid_t pid() const noexcept { return pid_; }
  // How it ended; empty while it runs.
  const std::optional<Exit>& exit() const noexcept { return exit_; }
  // Checks now whether it has ended, without waiting for the loop to notice.
  void check();
  void signal(int number) const;
  // Waits for its end; false when `deadline` came first.
  boost::asio::awaitable<bool> ended(dbus::TimePoint deadline);
  // Sends `number`, and SIGKILL at `deadline`. True if it ended without that.
  boost::asio::awaitable<bool> stop(int number, dbus::TimePoint deadline);
  // The latest lines but noise, oldest first, joined by newlines.
  std::string last_lines() const;

 private:
  void watch();
  void read();
  bool drain(int most_buffers);
  void take(std::string_view text);
  void end_line();

  dbus::Clock& clock_;
  ChildEvents events_;
  pid_t pid_;
  boost::asio::posix::stream_descriptor pidfd_;
  boost::asio::posix::stream_descriptor output_;
  dbus::Condition changed_;
  std::optional<Exit> exit_;
  std::string line_;
  std::deque<std::string> last_lines_;
};

}  // namespace ganesha
