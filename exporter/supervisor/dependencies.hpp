// The servers that NFS-Ganesha needs and that did not run: a private dbus-daemon and rpcbind. Starts them,
// tells when one has ended, stops them. The supervisor owns one.
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

// Why something ended, and the last lines that it wrote.
struct Failure {
  std::string why;
  std::string output;
};

// What its end means for the server.
enum class Loss { ends_the_server, costs_a_part };

struct Service {
  std::string name;  // as a log line calls it
  Command command;
  std::function<bool()> answers;
  Loss loss = Loss::ends_the_server;
};

class Dependencies {
 public:
  Dependencies(boost::asio::any_io_executor loop, dbus::Clock& clock, Log& log, dbus::Duration patience,
               std::function<void()> on_end);

  // Starts one unless it runs; waits until it answers, for `patience` at most.
  boost::asio::awaitable<std::optional<Failure>> start(const Service& service);
  // From now on nobody waits for one that starts.
  void give_up() noexcept { given_up_ = true; }
  // One that ended though nobody had asked it to, and that the server cannot do without. The end of another
  // is logged.
  std::optional<Failure> ended();
  // Stops all, the latest started first.
  boost::asio::awaitable<void> stop();
  bool owns(pid_t pid) const;

 private:
  struct Running {
    std::string name;
    std::shared_ptr<Child> child;
    Loss loss;
  };

  void note_loss(const Running& one);
  std::shared_ptr<Child> running(const std::string& name) const;
  boost::asio::awaitable<std::optional<Failure>> until_answers(Service service, std::shared_ptr<Child> child);

  boost::asio::any_io_executor loop_;
  dbus::Clock& clock_;
  Log& log_;
  dbus::Duration patience_;
  std::function<void()> on_end_;
  std::vector<Running> running_;
  bool given_up_ = false;
};

}  // namespace ganesha::exporter
