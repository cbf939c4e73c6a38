#include "ganesha/nfs_port.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "endpoint.hpp"
#include "rpc_server.hpp"

namespace {

using namespace ganesha;
using test::at;
using test::endpoint;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using ganesha::test::RpcServer;
using testing::ElementsAre;
using testing::IsEmpty;
using Answer = NfsPort::Answer;

TEST(NfsCandidates, AreThoseOfTheConfiguredPortWhereThereAreAny) {
  const std::vector sockets{at("::", 2049), at("::", 20048), at("127.0.0.1", 2049), at("::", 9587)};
  EXPECT_THAT(nfs_candidates(sockets, 2049), ElementsAre(sockets[0], sockets[2]));
}

TEST(NfsCandidates, AreAllButMetricsAnd9pWhereThePortIsAnotherOne) {
  const std::vector sockets{at("::", 20480), at("::", 9587), at("::", 564), at("::", 20048)};
  for (const std::optional<std::uint16_t> configured : {std::optional<std::uint16_t>(2049), {}, {0}})
    EXPECT_THAT(nfs_candidates(sockets, configured), ElementsAre(sockets[0], sockets[3]));
}

TEST(NfsCandidates, AreReachedByLoopbackWhereTheyTakeAllAddresses) {
  EXPECT_THAT(reachable({at("::", 1), at("0.0.0.0", 2), at("192.0.2.1", 3), at("2001:db8::1", 4)}),
              ElementsAre(endpoint("::1", 1), endpoint("127.0.0.1", 1), endpoint("127.0.0.1", 2),
                          endpoint("192.0.2.1", 3), endpoint("2001:db8::1", 4)));
  EXPECT_THAT(reachable({}), IsEmpty());
}

struct AnNfsPort : testing::Test {
  Loop loop;
  Config config;

  Answer ask(NfsPort& port) { return loop.run(port.ask()); }
};

TEST_F(AnNfsPort, IsFoundThoughTheConfigurationNamesAnother) {
  RpcServer mount(loop, 0), nfs(loop, 4);
  config.nfs_port = 2049;
  NfsPort port(*loop.clock, config);
  port.find(getpid());
  EXPECT_EQ(ask(port), Answer::yes);
  EXPECT_EQ(port.text(), "127.0.0.1:" + std::to_string(nfs.port())) << "and is kept";
  const int before = mount.calls;
  EXPECT_EQ(ask(port), Answer::yes);
  EXPECT_EQ(mount.calls, before);
}

TEST_F(AnNfsPort, AnswersInEitherVersion) {
  for (const std::uint32_t version : {3U, 4U}) {
    RpcServer nfs(loop, version);
    config.nfs_port = nfs.port();
    NfsPort port(*loop.clock, config);
    port.find(getpid());
    EXPECT_EQ(ask(port), Answer::yes) << version;
  }
}

TEST_F(AnNfsPort, IsSilentWhereNobodyAnswers) {
  const tcp::acceptor silent(loop.context, {boost::asio::ip::address_v4::loopback(), 0});
  NfsPort port(*loop.clock, config);
  port.find(getpid());
  EXPECT_EQ(ask(port), Answer::none);
}

TEST_F(AnNfsPort, IsUnknownWithoutSocketsAndWithoutProc) {
  NfsPort port(*loop.clock, config);
  port.find(getpid());
  EXPECT_EQ(ask(port), Answer::unknown);
  EXPECT_EQ(port.text(), "it listens on no TCP socket that may be NFS");
  port.find(0x7fffffff);
  EXPECT_EQ(ask(port), Answer::unknown);
  EXPECT_EQ(port.text(), "its sockets cannot be read in /proc");
}

TEST_F(AnNfsPort, IsKeptWhenTheProcessCanNoLongerBeRead) {
  RpcServer nfs(loop, 4);
  NfsPort port(*loop.clock, config);
  port.find(getpid());
  port.find(0x7fffffff);
  EXPECT_EQ(ask(port), Answer::yes);
}

}  // namespace
