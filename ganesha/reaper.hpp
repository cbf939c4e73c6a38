// As PID 1 a program inherits the orphans of its container: this one buries them. The supervisor owns one.
#pragma once

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

namespace ganesha {

class Reaper {
 public:
  // `is_own` tells the children whose end somebody else awaits: they are left to that one.
  Reaper(boost::asio::any_io_executor loop, std::function<bool(pid_t)> is_own);

 private:
  void wait();
  void reap();

  std::function<bool(pid_t)> is_own_;
  boost::asio::signal_set ended_;
  boost::asio::steady_timer again_;
};

}  // namespace ganesha
