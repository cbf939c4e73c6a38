// Starting a program: everything that happens between fork and exec. Child calls it.
#pragma once

#include <sys/types.h>

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace ganesha {

struct Command {
  std::vector<std::string> argv;         // the program is looked for in PATH
  std::vector<std::string> environment;  // NAME=value, added to ours
  pid_t group = 0;                       // the process group to join; 0: one of its own
  std::uint64_t descriptors = 0;         // RLIMIT_NOFILE, as far as it may be raised; 0: as ours
};

struct Spawned {
  pid_t pid;
  int pidfd;   // readable when it has ended
  int output;  // what it writes on standard output and standard error; does not block
};

// The error is execve's where the program cannot be run. The program has no standard input, no descriptor of
// ours, and all signals at their defaults. It dies with the thread that called.
boost::system::result<Spawned> spawn(const Command& command);

}  // namespace ganesha
