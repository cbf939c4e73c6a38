// Reaps the orphans that PID 1 of a container inherits. The supervisor owns one.
#pragma once

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

namespace ganesha {

class Reaper {
 public:
  // `is_own` is true for the children that have a watcher of their own: they are left to it.
  Reaper(boost::asio::any_io_executor loop, std::function<bool(pid_t)> is_own);

 private:
  void wait();
  void reap();

  std::function<bool(pid_t)> is_own_;
  boost::asio::signal_set ended_;
  boost::asio::steady_timer again_;
};

}  // namespace ganesha
