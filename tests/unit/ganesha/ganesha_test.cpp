#include "ganesha/ganesha.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "loop.hpp"

namespace {

using namespace ganesha;
using namespace std::chrono_literals;
using testing::ElementsAre;
namespace fs = std::filesystem;

// A shell script in the server's place; the bus is never connected.
struct AServer : testing::Test {
  Loop loop;
  dbus::Bus bus{loop.context.get_executor(), loop.context.get_executor(), *loop.clock, {}};
  GaneshaOptions options;
  std::vector<std::string> lines;
  fs::path folder;

  void SetUp() override {
    std::string name = fs::temp_directory_path() / "ganesha_test.XXXXXX";
    folder = mkdtemp(name.data());
    options.config_file = "the.conf";
    options.pid_file = "the.pid";
    options.bus_address = "unix:path=/the/bus";
  }
  void TearDown() override { fs::remove_all(folder); }

  std::unique_ptr<Ganesha> server(const std::string& script) {
    options.binary = folder / "server";
    std::ofstream(options.binary) << "#!/bin/sh\n" << script << '\n';
    fs::permissions(options.binary, fs::perms::owner_all);
    ChildEvents events{[this](const auto& line) { lines.push_back(line); }, {}};
    return std::make_unique<Ganesha>(loop.context.get_executor(), bus, options, events);
  }

  // Runs it to its end.
  Exit run(Ganesha& it) { return loop.run(it.run()).value(); }
};

TEST_F(AServer, IsStartedWithItsArgumentsAndItsBus) {
  options.extra_args = {"-x"};
  const auto it = server("echo \"$@\"; echo $DBUS_SYSTEM_BUS_ADDRESS");
  EXPECT_EQ(run(*it), (Exit{0, 0}));
  EXPECT_THAT(lines,
              ElementsAre("-F -f the.conf -L STDOUT -p the.pid -N NIV_EVENT -x", "unix:path=/the/bus"));
}

TEST_F(AServer, ReportsHowItEnded) {
  EXPECT_EQ(run(*server("exit 2")), (Exit{2, 0}));
  EXPECT_EQ(run(*server("kill -11 $$")), (Exit{0, 11}));
}

TEST_F(AServer, KeepsTheReasonOfItsEndThoughABacktraceFollows) {
  const auto it = server("echo the reason; for i in 1 2 3 4 5 6 7 8 9; do echo main gsh_backtrace :x; done");
  EXPECT_EQ(run(*it), (Exit{0, 0}));
  EXPECT_EQ(it->process()->last_lines(), "the reason");
  EXPECT_EQ(lines.size(), 10U);
}

TEST_F(AServer, ThatIsMissingIsAnErrorAtOnce) {
  options.binary = "no.such.nfsd";
  Ganesha it(loop.context.get_executor(), bus, options);
  EXPECT_EQ(it.start().error(), boost::system::errc::no_such_file_or_directory);
  EXPECT_EQ(loop.run(it.run()).error(), boost::system::errc::no_such_file_or_directory);
  EXPECT_FALSE(it.running());
}

TEST_F(AServer, ClosesByTheSignalChosen) {
  options.stop_signal = SIGINT;
  const auto it = server("trap 'exit 7' INT; echo up; while :; do sleep 0.01; done");
  ASSERT_TRUE(it->start());
  while (lines.empty()) loop.context.run_one_for(5s);
  EXPECT_TRUE(loop.run(it->close(loop.in(5s))));
  EXPECT_EQ(it->process()->exit(), (Exit{7, 0}));
  EXPECT_TRUE(loop.run(it->close(loop.in(5s)))) << "and once more";
}

TEST_F(AServer, IsNotReadyWhileItIsNotOnTheBus) {
  const auto it = server("exec sleep 60");
  EXPECT_EQ(loop.run(it->is_ready(loop.in(5s))), Readiness::not_running);
  ASSERT_TRUE(it->start());
  EXPECT_EQ(loop.run(it->is_ready(loop.in(60ms))), Readiness::starting);
  EXPECT_TRUE(it->running());
  EXPECT_TRUE(loop.run(it->close(loop.in(5s))));
}

TEST_F(AServer, IsInitializedWhenItLogsSo) {
  const auto it = server("echo NFS SERVER INITIALIZED; exec sleep 60");
  ASSERT_TRUE(it->start());
  EXPECT_TRUE(loop.run(it->is_initialized(loop.in(5s))));
  EXPECT_TRUE(it->works());
  EXPECT_EQ(loop.run(it->is_ready(loop.in(50ms))), Readiness::no_name)
      << "its port is not waited for for long";
  EXPECT_TRUE(loop.run(it->close(loop.in(5s))));
}

TEST_F(AServer, StopsBeingWaitedForWhenItEnds) {
  const auto it = server("sleep 0.1");
  ASSERT_TRUE(it->start());
  EXPECT_EQ(loop.run(it->is_ready(loop.in(10s))), Readiness::not_running);
}

TEST(Readiness, ServesInGraceAndOutOfIt) {
  EXPECT_TRUE(serves(Readiness::ready) && serves(Readiness::in_grace));
  for (const auto state :
       {Readiness::not_running, Readiness::starting, Readiness::port_silent, Readiness::no_name,
        Readiness::no_heartbeat, Readiness::no_answer, Readiness::no_export}) {
    EXPECT_FALSE(serves(state));
    EXPECT_FALSE(text_of(state).empty());
  }
}

}  // namespace
