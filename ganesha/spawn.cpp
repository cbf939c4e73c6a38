#include "spawn.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "after_fork.hpp"
#include "descriptor.hpp"

namespace ganesha {
namespace {

struct Pipe {
  Descriptor read, write;
  bool open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
    return true;
  }
};

boost::system::error_code last_error() { return {errno, boost::system::system_category()}; }

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

// Ours with the additions in place of variables of the same name.
std::vector<std::string> environment_with(const std::vector<std::string>& additions) {
  std::vector<std::string> all = additions;
  for (char** variable = environ; *variable; ++variable) {
    const std::string text = *variable;
    const auto name = text.substr(0, text.find('=') + 1);
    const bool replaced = std::any_of(additions.begin(), additions.end(),
                                      [&](const auto& addition) { return addition.starts_with(name); });
    if (!replaced) all.push_back(text);
  }
  return all;
}

// ---- in the child: only what is safe after a fork of a program with threads ----

void default_signals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

void raise_descriptors(rlim_t wanted) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit raised{wanted, std::max(limit.rlim_max, wanted)};
  if (limit.rlim_cur >= wanted || setrlimit(RLIMIT_NOFILE, &raised) == 0) return;
  limit.rlim_cur = std::min(limit.rlim_max, wanted);
  setrlimit(RLIMIT_NOFILE, &limit);
}

void close_all_on_exec() {
  if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  for (int fd = 3, end = end_of_descriptors(); fd < end; ++fd) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

struct Prepared {
  const std::vector<char*>& argv;
  const std::vector<char*>& environment;
  pid_t group;
  rlim_t descriptors;
  pid_t parent;
  int output;
  int failure;
};

// False with errno when it cannot be done.
bool set_up_child(const Prepared& it) {
  if (setpgid(0, it.group) != 0) return false;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != it.parent) _exit(1);
  const int nothing = open("/dev/null", O_RDONLY);
  if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(it.output, 1) < 0 || dup2(it.output, 2) < 0) return false;
  // Asio opens its sockets without this flag.
  close_all_on_exec();
  if (it.descriptors > 0) raise_descriptors(it.descriptors);
  default_signals();
  return true;
}

[[noreturn]] void exec_child(const Prepared& it) {
  if (set_up_child(it)) execvpe(it.argv[0], it.argv.data(), it.environment.data());
  const int why = errno;
  (void)!write(it.failure, &why, sizeof why);
  _exit(127);
}

// ---- in the parent ----

// What the child could not do; 0 once it is the program.
int failure_of(const Pipe& failure) {
  int why = 0;
  ssize_t got = 0;
  do got = read(failure.read.get(), &why, sizeof why);
  while (got < 0 && errno == EINTR);
  return got == sizeof why ? why : 0;
}

}  // namespace

boost::system::result<Spawned> spawn(const Command& command) {
  Pipe output, failure;
  if (!output.open() || !failure.open()) return last_error();
  const auto environment = environment_with(command.environment);
  const auto argv_pointers = pointers(command.argv), environment_pointers = pointers(environment);
  const Prepared prepared{argv_pointers, environment_pointers, command.group,      command.descriptors,
                          getpid(),      output.write.get(),   failure.write.get()};
  pid_t pid = 0;
  {
    const BlockedSignals blocked;
    pid = fork();
    if (pid == 0) exec_child(prepared);
  }
  if (pid < 0) return last_error();
  failure.write.reset();
  const int why = failure_of(failure);
  if (why != 0) {
    waitpid(pid, nullptr, 0);
    return boost::system::error_code(why, boost::system::system_category());
  }
  fcntl(output.read.get(), F_SETFL, O_NONBLOCK);
  // glibc 2.36 declares its own wrapper for C alone.
  const auto pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (pidfd < 0) {
    const auto error = last_error();
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return error;
  }
  return Spawned{pid, pidfd, output.read.release()};
}

}  // namespace ganesha
