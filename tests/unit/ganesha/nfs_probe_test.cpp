#include "ganesha/nfs_probe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rpc_server.hpp"

namespace {

using namespace ganesha;
using namespace std::chrono_literals;
using boost::asio::ip::address_v4;
using boost::asio::ip::tcp;
using ganesha::test::RpcServer;

struct AnNfsProbe : testing::Test {
  Loop loop;

  bool ask(NfsProbe& probe, std::chrono::milliseconds patience = 10s) {
    return loop.run(probe.answers(loop.in(patience)));
  }
};

TEST_F(AnNfsProbe, IsAnsweredInEitherVersionAndKeepsTheOneThatIsServed) {
  for (const std::uint32_t version : {3U, 4U}) {
    RpcServer nfs(loop, version);
    NfsProbe probe(*loop.clock, {nfs.endpoint()});
    EXPECT_TRUE(ask(probe)) << version;
    const int before = nfs.calls;
    EXPECT_TRUE(ask(probe));
    EXPECT_EQ(nfs.calls, before + 1) << version;
  }
}

TEST_F(AnNfsProbe, IsNotAnsweredByARefusalOfBothVersions) {
  RpcServer other(loop, 0);
  NfsProbe probe(*loop.clock, {other.endpoint()});
  EXPECT_FALSE(ask(probe));
  EXPECT_EQ(other.calls, 2);
}

TEST_F(AnNfsProbe, LeavesTimeForTheAddressAfterASilentOne) {
  const tcp::acceptor silent(loop.context, {address_v4::loopback(), 0});
  RpcServer nfs(loop, 4);
  NfsProbe probe(*loop.clock, {silent.local_endpoint(), nfs.endpoint()});
  EXPECT_TRUE(ask(probe, 2s));
  EXPECT_TRUE(ask(probe, 2s)) << "and is asked first from now on";
}

TEST_F(AnNfsProbe, IsNotAnsweredByAServerThatBecameSilent) {
  tcp::endpoint at;
  std::optional<NfsProbe> probe;
  {
    RpcServer nfs(loop, 4);
    at = nfs.endpoint();
    probe.emplace(*loop.clock, std::vector{at});
    EXPECT_TRUE(ask(*probe));
  }
  EXPECT_FALSE(ask(*probe)) << "a closed port";
  const tcp::acceptor silent(loop.context, at);
  const auto start = loop.clock->now();
  EXPECT_FALSE(ask(*probe, 200ms));
  EXPECT_GE(loop.clock->now() - start, 200ms);
}

TEST_F(AnNfsProbe, FindsEachAddressOfAHostOnce) {
  const auto executor = loop.context.get_executor();
  EXPECT_EQ(addresses_of(executor, "127.0.0.1", 2049),
            (std::vector{tcp::endpoint(address_v4::loopback(), 2049)}));
  const auto local = addresses_of(executor, "localhost", 2049);
  EXPECT_EQ(std::ranges::count(local, tcp::endpoint(address_v4::loopback(), 2049)), 1);
}

TEST_F(AnNfsProbe, NamesAHostThatIsUnknown) {
  try {
    addresses_of(loop.context.get_executor(), "nobody.invalid", 2049);
    ADD_FAILURE() << "it was found";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("cannot resolve nobody.invalid: "));
  }
}

}  // namespace
