// What a process needs around a fork without exec, or before exec. spawn() and GroupGuard use it.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <csignal>

namespace ganesha {

// A signal that comes after the fork must not run a handler of ours: it would write into our own pipe.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

// One more than the highest descriptor that can be open, where close_range cannot be used: an older Linux, or
// a filter of system calls.
inline int end_of_descriptors() {
  constexpr rlim_t most_open = 65'536;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<int>(std::min(limit.rlim_cur, most_open));
}

}  // namespace ganesha
