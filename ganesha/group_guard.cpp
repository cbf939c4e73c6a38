#include "group_guard.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "after_fork.hpp"

namespace ganesha {
namespace {

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void close_all_but_standard_input() {
  if (close_range(1, ~0U, 0) == 0) return;
  for (int fd = 1, end = end_of_descriptors(); fd < end; ++fd) close(fd);
}

// The guard's whole life, with all signals blocked. It keeps nothing open but the pipe: neither our sockets
// nor our output.
[[noreturn]] void guard(int pipe, const std::vector<std::string>& files, const std::string& folder) {
  setpgid(0, 0);
  prctl(PR_SET_NAME, "ganesha-guard");
  dup2(pipe, 0);
  close_all_but_standard_input();
  char byte = 0;
  while (read(0, &byte, 1) < 0 && errno == EINTR) {
  }
  for (const auto& file : files) unlink(file.c_str());
  rmdir(folder.c_str());
  kill(0, SIGKILL);
  _exit(0);
}

}  // namespace

GroupGuard::GroupGuard(std::vector<std::string> files, std::string folder)
    : files_(std::move(files)), folder_(std::move(folder)) {
  fork_guard();
}

bool GroupGuard::renew() {
  if (waitpid(pid_, nullptr, WNOHANG) == 0) return false;
  pipe_.reset();
  fork_guard();
  return true;
}

void GroupGuard::fork_guard() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw_errno("pipe");
  Descriptor theirs(ends[0]), ours(ends[1]);
  const BlockedSignals blocked;
  const pid_t pid = fork();
  if (pid < 0) throw_errno("fork");
  if (pid == 0) {
    ours.reset();
    guard(theirs.get(), files_, folder_);
  }
  // Both sides do it: whichever comes first, the group is there before a child is to join it.
  setpgid(pid, pid);
  pid_ = pid;
  pipe_ = std::move(ours);
}

GroupGuard::~GroupGuard() {
  pipe_.reset();
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace ganesha
