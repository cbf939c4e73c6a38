#include "ganesha/group_guard.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "ganesha/spawn.hpp"

namespace {

using namespace ganesha;
namespace fs = std::filesystem;

// As rpcbind does: a process that changes its user no longer gets the signal of its parent's death.
Command deserter(pid_t group) {
  Command command;
  command.argv = {"sh", "-c", "trap '' TERM HUP INT; sleep 60"};
  command.group = group;
  return command;
}

bool runs(pid_t pid) { return kill(pid, 0) == 0; }

TEST(AGuard, EndsItsGroupWhenItIsDestroyed) {
  pid_t child = 0;
  {
    const GroupGuard guard({}, "");
    child = spawn(deserter(guard.group())).value().pid;
    EXPECT_EQ(getpgid(child), guard.group());
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST(AGuard, EndsItsGroupWhenItsMakerIsKilled) {
  std::string name = fs::temp_directory_path() / "group_guard_test.XXXXXX";
  const fs::path folder = mkdtemp(name.data());
  std::ofstream(folder / "file") << "left behind";
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t maker = fork();
  if (maker == 0) {
    const GroupGuard guard({folder / "file"}, folder);
    // Without PR_SET_PDEATHSIG, so that only the guard can end the child.
    const pid_t child = fork();
    if (child == 0) {
      setpgid(0, guard.group());
      execlp("sleep", "sleep", "60", nullptr);
    }
    setpgid(child, guard.group());
    (void)!write(ends[1], &child, sizeof child);
    pause();
  }
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t child = 0;
  ASSERT_EQ(read(ends[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  EXPECT_TRUE(runs(child));
  kill(maker, SIGKILL);
  waitpid(maker, nullptr, 0);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  EXPECT_FALSE(fs::exists(folder));
  prctl(PR_SET_CHILD_SUBREAPER, 0);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
