// The servers that NFS-Ganesha needs and that were not running: a private dbus-daemon, rpcbind, rpc.statd.
// Starts them, reports when one has ended, stops them. The supervisor owns one.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exporter/base/log.hpp"
#include "ganesha/child.hpp"

namespace ganesha::exporter {

// Why something failed, and the last lines that it wrote.
struct Failure {
  std::string why;
  std::string output;
};

struct Dependency {
  std::string name;                  // as a log line calls it
  std::function<Command()> command;  // may throw
  std::function<bool()> answers;
  std::string without_it = {};  // what fails without it; empty: the server itself
};

class Dependencies {
 public:
  Dependencies(boost::asio::any_io_executor loop, dbus::Clock& clock, Log& log, dbus::Duration patience,
               std::function<void()> on_end);

  // Waits until it answers, for `patience` at most. Starts it where it does not run or, running, does not
  // answer: then the one before is ended.
  boost::asio::awaitable<std::optional<Failure>> start(const Dependency& service);
  // Ends the wait of start(), now and from now on.
  void cancel() noexcept { cancelled_ = true; }
  // A fatal one that ended before stop(); nothing if all run. The end of one that is not fatal is logged.
  std::optional<Failure> ended();
  // Stops all, in reverse order of their start.
  boost::asio::awaitable<void> stop();
  // Stops one, if it runs.
  boost::asio::awaitable<void> stop(std::string name);
  bool owns(pid_t pid) const;

 private:
  struct Running {
    std::string name;
    std::shared_ptr<Child> child;
    std::string without_it;
  };

  void note_loss(const Running& one);
  std::shared_ptr<Child> running(const std::string& name) const;
  boost::asio::awaitable<std::optional<Failure>> until_answers(Dependency service,
                                                               std::shared_ptr<Child> child);
  boost::asio::awaitable<void> end(std::string name, std::shared_ptr<Child> child);

  boost::asio::any_io_executor loop_;
  dbus::Clock& clock_;
  Log& log_;
  dbus::Duration patience_;
  std::function<void()> on_end_;
  std::vector<Running> running_;
  bool cancelled_ = false;
};

}  // namespace ganesha::exporter
