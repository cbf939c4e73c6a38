#include "reaper.hpp"

#include <sys/wait.h>

#include <csignal>

namespace ganesha {

Reaper::Reaper(boost::asio::any_io_executor loop, std::function<bool(pid_t)> is_own)
    : is_own_(std::move(is_own)), ended_(loop, SIGCHLD), again_(loop) {
  wait();
  reap();
}

void Reaper::wait() {
  ended_.async_wait([this](boost::system::error_code error, int) {
    if (error) return;
    wait();
    reap();
  });
}

void Reaper::reap() {
  siginfo_t dead{};
  while (waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT) == 0 && dead.si_pid != 0) {
    if (is_own_(dead.si_pid)) break;
    waitpid(dead.si_pid, nullptr, WNOHANG);
    dead = {};
  }
  if (dead.si_pid == 0) return;
  // It stands before any orphan until its own watcher has taken it.
  again_.expires_after(std::chrono::milliseconds(10));
  again_.async_wait([this](boost::system::error_code error) {
    if (!error) reap();
  });
}

}  // namespace ganesha
