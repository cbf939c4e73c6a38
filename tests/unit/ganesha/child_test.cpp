#include "ganesha/child.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "loop.hpp"

namespace {

using namespace ganesha;
using namespace std::chrono_literals;
using testing::AnyOf;
using testing::Each;
using testing::ElementsAre;
using testing::SizeIs;

struct AChild : testing::Test {
  Loop loop;
  std::vector<std::string> lines;
  int ends = 0;

  std::shared_ptr<Child> start(Command command) {
    auto child = Child::start(loop.context.get_executor(), *loop.clock, command,
                              {[this](const auto& line) { lines.push_back(line); }, [this] { ++ends; }});
    return child.value();
  }

  std::shared_ptr<Child> shell(const std::string& script) {
    Command command;
    command.argv = {"sh", "-c", script};
    return start(command);
  }

  Exit end_of(const std::shared_ptr<Child>& child) {
    loop.run(child->ended(loop.in(10s)));
    return child->exit().value();
  }

  void until_lines(std::size_t count) {
    loop.context.restart();
    while (lines.size() < count) loop.context.run_one_for(10s);
  }
};

TEST_F(AChild, ReportsHowItEnded) {
  EXPECT_EQ(end_of(shell("exit 0")), (Exit{0, 0}));
  EXPECT_EQ(end_of(shell("exit 3")), (Exit{3, 0}));
  EXPECT_EQ(end_of(shell("kill -9 $$")), (Exit{0, 9}));
  EXPECT_EQ(ends, 3);
}

// Asio reports both pipes at once; the second is closed before its event is handled, which then comes to the
// child.
TEST_F(AChild, ThatGetsTheEventOfAClosedDescriptorReportsItsEndAllTheSame) {
  using Stream = boost::asio::posix::stream_descriptor;
  std::array<std::unique_ptr<Stream>, 2> streams;
  std::shared_ptr<Child> child;
  for (auto& stream : streams) {
    int ends_of_pipe[2];
    ASSERT_EQ(pipe(ends_of_pipe), 0);
    ASSERT_EQ(write(ends_of_pipe[1], "x", 1), 1);
    close(ends_of_pipe[1]);
    stream = std::make_unique<Stream>(loop.context, ends_of_pipe[0]);
  }
  for (auto& stream : streams)
    stream->async_wait(Stream::wait_read, [&](boost::system::error_code) {
      if (child) return;
      for (auto& other : streams)
        if (&other != &stream) other->close();
      child = shell("sleep 0.1; exit 3");
    });
  loop.context.restart();
  while (!child) loop.context.run_one_for(10s);
  EXPECT_EQ(end_of(child), (Exit{3, 0}));
  EXPECT_EQ(ends, 1);
}

TEST(AnExit, ReadsAsAShellReportsIt) {
  EXPECT_EQ((Exit{2, 0}).shell_code(), 2);
  EXPECT_EQ((Exit{0, 9}).shell_code(), 137);
  EXPECT_EQ((Exit{2, 0}).text(), "exit code 2");
  EXPECT_EQ((Exit{0, 9}).text(), "signal 9 (Killed)");
}

TEST_F(AChild, ThatCannotBeStartedIsAnErrorAtOnce) {
  const auto start = [this](const char* program) {
    Command command;
    command.argv = {program};
    return Child::start(loop.context.get_executor(), *loop.clock, command, {}).error();
  };
  EXPECT_EQ(start("no-such-program"), boost::system::errc::no_such_file_or_directory);
  EXPECT_EQ(start("/etc/passwd"), boost::system::errc::permission_denied);
}

TEST_F(AChild, GivesItsOutputLineByLine) {
  end_of(shell("echo one; printf 'tw'; printf 'o\\n'; echo >&2; printf last"));
  EXPECT_THAT(lines, ElementsAre("one", "two", "", "last"));
}

TEST_F(AChild, GivesAllItsOutputBeforeItsEnd) {
  end_of(shell("i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done"));
  ASSERT_THAT(lines, SizeIs(3000));
  EXPECT_EQ(lines.back(), "line 2999");
}

TEST_F(AChild, PartsALineThatNeverEnds) {
  end_of(shell("head -c 40000 /dev/zero | tr '\\0' x"));
  EXPECT_THAT(lines,
              ElementsAre(SizeIs(8192), SizeIs(8192), SizeIs(8192), SizeIs(8192), SizeIs(40000 - 4 * 8192)));
}

// Otherwise nothing else would be done while it writes.
TEST_F(AChild, ThatWritesWithoutAPauseGivesWayToOthers) {
  const auto child = shell("exec yes");
  until_lines(1);
  std::size_t most = 0;
  for (int turn = 0; turn < 100; ++turn) {
    const auto before = lines.size();
    loop.context.run_one_for(10s);
    most = std::max(most, lines.size() - before);
  }
  EXPECT_GT(most, 0U);
  EXPECT_LE(most, 16384U / 2);
  child->signal(SIGKILL);
  end_of(child);
}

TEST_F(AChild, KeepsItsLastLines) {
  const auto child = shell("for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; done");
  end_of(child);
  EXPECT_EQ(child->last_lines(), "3\n4\n5\n6\n7\n8\n9\n10");
}

TEST_F(AChild, EndsThoughAnotherHoldsItsOutput) {
  EXPECT_EQ(end_of(shell("sleep 5 & echo $!")).code, 0);
  kill(std::atoi(lines.at(0).c_str()), SIGKILL);
}

TEST_F(AChild, StopsWhenAsked) {
  const auto child = shell("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done");
  until_lines(1);
  EXPECT_TRUE(loop.run(child->stop(SIGTERM, loop.in(5s))));
  EXPECT_EQ(child->exit(), (Exit{0, 0}));
  EXPECT_THAT(lines, ElementsAre("up", "bye"));
}

TEST_F(AChild, IsKilledAtTheDeadline) {
  const auto child = shell("trap '' TERM; echo up; while :; do sleep 0.01; done");
  until_lines(1);
  const auto start = loop.clock->now();
  EXPECT_FALSE(loop.run(child->stop(SIGTERM, loop.in(200ms))));
  EXPECT_EQ(child->exit(), (Exit{0, SIGKILL}));
  EXPECT_GE(loop.clock->now() - start, 200ms);
}

TEST_F(AChild, IsKilledWhenItHangs) {
  const auto child = shell("echo up; exec sleep 60");
  until_lines(1);
  child->signal(SIGSTOP);
  siginfo_t stopped{};
  waitid(P_PID, static_cast<id_t>(child->pid()), &stopped, WSTOPPED | WNOWAIT);
  EXPECT_FALSE(loop.run(child->stop(SIGTERM, loop.in(50ms))));
  EXPECT_EQ(child->exit(), (Exit{0, SIGKILL}));
}

TEST_F(AChild, TakesNoSignalAfterItsEnd) {
  const auto child = shell("exit 0");
  end_of(child);
  child->signal(SIGKILL);
  EXPECT_TRUE(loop.run(child->stop(SIGTERM, loop.in(5s))));
}

TEST_F(AChild, CanBeLookedAtWithoutTheLoop) {
  const auto child = shell("exit 5");
  while (!child->exit()) child->check();
  EXPECT_EQ(child->exit(), (Exit{5, 0}));
  EXPECT_EQ(ends, 1);
}

TEST_F(AChild, DiesWithTheObjectThatStandsForIt) {
  pid_t pid = 0;
  {
    Loop other;
    Command command;
    command.argv = {"sleep", "60"};
    pid = Child::start(other.context.get_executor(), *other.clock, command, {}).value()->pid();
  }
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST_F(AChild, HasOurEnvironmentWithTheAdditions) {
  setenv("CHILD_TEST_OLD", "old", 1);
  setenv("CHILD_TEST_CHANGED", "old", 1);
  Command command;
  command.argv = {"sh", "-c", "echo $CHILD_TEST_OLD $CHILD_TEST_CHANGED; env | grep -c ^CHILD_TEST_CHANGED="};
  command.environment = {"CHILD_TEST_CHANGED=new"};
  end_of(start(command));
  EXPECT_THAT(lines, ElementsAre("old new", "1"));
}

TEST_F(AChild, HasNoDescriptorOfOurs) {
  const int ours = dup(STDOUT_FILENO);
  end_of(shell("ls /proc/$$/fd; exit"));
  close(ours);
  // The shell's own ones are from 10 on.
  for (const auto& line : lines)
    EXPECT_TRUE(line.size() == 2 || line == "0" || line == "1" || line == "2") << line;
  EXPECT_THAT(lines, testing::Not(testing::IsEmpty()));
}

TEST_F(AChild, HasSignalsAtTheirDefaults) {
  const auto ignored = {SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM, SIGXFSZ};
  for (const int number : ignored) std::signal(number, SIG_IGN);
  end_of(shell("grep -E 'Sig(Blk|Ign)' /proc/self/status | tr -d '\\t'"));
  for (const int number : ignored) std::signal(number, SIG_DFL);
  // 32 and 33 are glibc's own, which it lets nobody change: they stay as we were started with.
  EXPECT_THAT(lines, ElementsAre("SigBlk:0000000000000000",
                                 AnyOf("SigIgn:0000000000000000", "SigIgn:0000000180000000")));
}

TEST_F(AChild, HasAProcessGroupOfItsOwn) {
  const auto child = shell("sleep 60");
  EXPECT_EQ(getpgid(child->pid()), child->pid());
  child->signal(SIGKILL);
  end_of(child);
}

TEST_F(AChild, HasItsDescriptorsRaisedAsFarAsMayBe) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit lowered{64, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &lowered);
  Command command;
  command.argv = {"sh", "-c", "ulimit -S -n"};
  command.descriptors = 128;
  end_of(start(command));
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_THAT(lines, ElementsAre("128"));
}

}  // namespace
