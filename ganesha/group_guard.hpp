// A process that kills a whole process group when this process dies, however it dies: it waits on a pipe that
// only we hold open. PR_SET_PDEATHSIG is not enough: a child that changes its user loses it. The supervisor
// owns one.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "ganesha/descriptor.hpp"

namespace ganesha {

class GroupGuard {
 public:
  // Forks; throws std::system_error. When this process has died, `files` and then `folder` are removed.
  GroupGuard(std::vector<std::string> files, std::string folder);
  // Forks another where it has ended, with a new group: whether it did. Nobody can join an empty group.
  bool renew();
  // Kills all processes of the group.
  ~GroupGuard();
  GroupGuard(const GroupGuard&) = delete;
  GroupGuard& operator=(const GroupGuard&) = delete;

  // The process group to start children in.
  pid_t group() const noexcept { return pid_; }

 private:
  void fork_guard();

  std::vector<std::string> files_;
  std::string folder_;
  Descriptor pipe_;
  pid_t pid_ = 0;
};

}  // namespace ganesha
