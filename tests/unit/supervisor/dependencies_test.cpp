#include "exporter/supervisor/dependencies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <sstream>

#include "exporter/supervisor/dependency_commands.hpp"
#include "exporter/supervisor/restart_backoff.hpp"
#include "exporter/supervisor/runtime_dir.hpp"
#include "loop.hpp"

namespace {

using namespace ganesha;
using namespace ganesha::exporter;
using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(ABusAddress, IsReachableWhereSomebodyListens) {
  EXPECT_FALSE(bus_reachable(""));
  EXPECT_FALSE(bus_reachable("unix:path=/no/bus"));
  EXPECT_FALSE(bus_reachable("unix:abstract=/no/bus"));
  EXPECT_FALSE(bus_reachable("unix:path=/etc/passwd;unix:path=/no/bus"));
  EXPECT_FALSE(bus_reachable("unix:path=" + std::string(200, 'x')));
  EXPECT_FALSE(bus_reachable("unix:path=/no%zz/bus"));
  EXPECT_TRUE(bus_reachable("tcp:host=127.0.0.1,port=1")) << "taken at its word";
}

TEST(ARestart, WaitsLongerEachTimeUntilTheServerHasServedLong) {
  RestartBackoff wait;
  EXPECT_EQ(wait.next(0s), 1s);
  EXPECT_EQ(wait.next(10s), 2s);
  for (int i = 0; i < 10; ++i) wait.next(0s);
  EXPECT_EQ(wait.next(0s), 60s) << "however long ago it served";
  EXPECT_EQ(wait.next(61s), 1s);
  EXPECT_EQ(wait.next(0s), 2s);
}

TEST(ARuntimeFolder, IsPrivateAndGoesWithItsContent) {
  std::filesystem::path path;
  {
    const RuntimeDir folder;
    path = folder.path();
    struct stat status {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    private_bus_command(path, "unix:path=/none", "org.ganesha.nfsd");
    EXPECT_TRUE(std::filesystem::exists(path / "bus.conf"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ARuntimeFolder, IsMadeAgainWhereItWasRemovedUnlessAnotherThingTookItsPlace) {
  const RuntimeDir folder;
  folder.restore();
  std::filesystem::remove(folder.path());
  folder.restore();
  struct stat status {};
  ASSERT_EQ(stat(folder.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  std::filesystem::remove(folder.path());
  std::filesystem::create_directory_symlink("/", folder.path());
  EXPECT_THROW(folder.restore(), std::system_error);
}

struct ADependency : testing::Test {
  Loop loop;
  std::ostringstream text;
  Log log{LogLevel::info, LogFormat::logfmt, text};
  Dependencies dependencies{loop.context.get_executor(), *loop.clock, log, 300ms, [] {}};

  static Dependency shell(
      const std::string& script, std::function<bool()> answers = [] { return true; }) {
    Command command;
    command.argv = {"sh", "-c", script};
    return {"the service", [command] { return command; }, std::move(answers)};
  }

  boost::asio::awaitable<bool> stopped() {
    co_await dependencies.stop();
    co_return true;
  }
};

TEST_F(ADependency, RunsUntilItIsStopped) {
  EXPECT_FALSE(loop.run(dependencies.start(shell("exec sleep 60"))));
  EXPECT_FALSE(dependencies.ended());
  EXPECT_FALSE(loop.run(dependencies.start(shell("exit 1")))) << "it runs already";
  EXPECT_TRUE(loop.run(stopped()));
  EXPECT_FALSE(dependencies.ended());
}

TEST_F(ADependency, ThatEndsIsReported) {
  EXPECT_FALSE(loop.run(dependencies.start(shell("echo last words; exit 3"))));
  std::optional<Failure> failure;
  while (!failure) failure = dependencies.ended();
  EXPECT_EQ(failure->why, "the service ended with exit code 3");
  EXPECT_EQ(failure->output, "last words");
}

TEST_F(ADependency, ThatOnlyAPartNeedsEndsWithALine) {
  auto service = shell("echo last words; exit 3");
  service.without_it = "no locks";
  EXPECT_FALSE(loop.run(dependencies.start(service)));
  while (text.str().find("continues without it") == std::string::npos) EXPECT_FALSE(dependencies.ended());
  EXPECT_THAT(text.str(),
              HasSubstr("the service ended with exit code 3; NFS-Ganesha continues without it: no locks"));
  EXPECT_FALSE(dependencies.ended());
}

TEST_F(ADependency, ThatEndsBeforeItAnswersIsAFailure) {
  const auto failure = loop.run(dependencies.start(shell("echo no; exit 4", [] { return false; })));
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->why, "the service cannot be started: it ended with exit code 4");
  EXPECT_EQ(failure->output, "no");
  EXPECT_THAT(text.str(), HasSubstr("msg=no source=\"the service\""));
}

TEST_F(ADependency, ThatDoesNotAnswerInTimeIsAFailure) {
  const auto failure = loop.run(dependencies.start(shell("exec sleep 60", [] { return false; })));
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->why, "the service cannot be started: it does not answer");
  EXPECT_TRUE(loop.run(stopped()));
}

TEST_F(ADependency, ThatRunsButDoesNotAnswerIsStartedAgain) {
  int started = 0;
  auto service = shell("exec sleep 60", [&started] { return started == 2; });
  service.command = [&started, command = service.command] {
    ++started;
    return command();
  };
  EXPECT_TRUE(loop.run(dependencies.start(service)));
  EXPECT_FALSE(loop.run(dependencies.start(service)));
  EXPECT_EQ(started, 2);
  EXPECT_THAT(text.str(),
              HasSubstr("the service cannot be started: it does not answer; it is started again"));
  EXPECT_FALSE(dependencies.ended()) << "the first has ended, and was expected to";
  EXPECT_TRUE(loop.run(stopped()));
}

TEST_F(ADependency, IsNotWaitedForOnceItIsGivenUp) {
  dependencies.cancel();
  EXPECT_TRUE(loop.run(dependencies.start(shell("exec sleep 60", [] { return false; }))));
  EXPECT_TRUE(loop.run(stopped()));
}

TEST_F(ADependency, CanBeStartedAgainAfterItsEnd) {
  EXPECT_FALSE(loop.run(dependencies.start(shell("exit 0"))));
  while (!dependencies.ended()) {
  }
  EXPECT_FALSE(loop.run(dependencies.start(shell("exec sleep 60"))));
  EXPECT_FALSE(dependencies.ended());
  EXPECT_TRUE(loop.run(stopped()));
}

}  // namespace
