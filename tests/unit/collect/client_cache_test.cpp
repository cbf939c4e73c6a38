#include "exporter/collect/client_cache.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace {

using namespace ganesha::exporter;
using ganesha::dbus::Client;
using ganesha::dbus::Protocol;
using ganesha::dbus::Timestamp;

constexpr Timestamp long_ago{1000, 5};
constexpr Timestamp now{2000, 0};

Client client(Timestamp last_activity) {
  Client one;
  one.address = "::ffff:10.0.0.1";
  one.last_activity = last_activity;
  one.protocols.set(static_cast<std::size_t>(Protocol::nfsv41));
  return one;
}

struct ACachedValue : testing::Test {
  CachedValues<int> cached;
  void keep(const Client& one, int value) { cached.keep(one, {{Protocol::nfsv41, value}}, now); }
  void SetUp() override { cached.begin_round(); }
};

TEST_F(ACachedValue, IsUnknownAtFirst) { EXPECT_FALSE(cached.reuse(client(long_ago), now)); }

TEST_F(ACachedValue, IsKnownWhileTheClientIsIdle) {
  keep(client(long_ago), 7);
  cached.begin_round();
  ASSERT_TRUE(cached.reuse(client(long_ago), now));
  EXPECT_EQ(cached.values(client(long_ago)).at(0).second, 7);
}

TEST_F(ACachedValue, IsAskedForAgainAfterAnyActivity) {
  keep(client(long_ago), 7);
  EXPECT_FALSE(cached.reuse(client({1000, 6}), now));
}

TEST_F(ACachedValue, IsAskedForAgainWhenAProtocolIsNew) {
  keep(client(long_ago), 7);
  auto other = client(long_ago);
  other.protocols.set(static_cast<std::size_t>(Protocol::nfsv3));
  EXPECT_FALSE(cached.reuse(other, now));
}

TEST_F(ACachedValue, IsAskedForOnceMoreAfterActivityRightBeforeTheList) {
  keep(client({1999, 0}), 7);
  EXPECT_FALSE(cached.reuse(client({1999, 0}), now));
  EXPECT_EQ(cached.values(client({1999, 0})).at(0).second, 7) << "but may be shown";
}

TEST_F(ACachedValue, IsAskedForAgainWithinAnHour) {
  keep(client(long_ago), 7);
  EXPECT_TRUE(cached.reuse(client(long_ago), {now.seconds + 1799, 0}));
  EXPECT_FALSE(cached.reuse(client(long_ago), {now.seconds + 3600, 0}));
}

TEST_F(ACachedValue, IsNotAskedForAgainTogetherWithAllOthers) {
  std::vector<Client> clients(1000, client(long_ago));
  for (std::size_t i = 0; i < clients.size(); ++i) {
    clients[i].address = "10.0.0." + std::to_string(i);
    cached.keep(clients[i], {}, now);
  }
  const auto known = std::ranges::count_if(clients, [&](const auto& one) {
    return cached.reuse(one, {now.seconds + 2700, 0});
  });
  EXPECT_THAT(known, testing::AllOf(testing::Gt(400), testing::Lt(600)));
}

TEST_F(ACachedValue, IsNotTrustedWhereNoActivityWasNoted) {
  keep(client({0, 0}), 7);
  EXPECT_FALSE(cached.reuse(client({0, 0}), now));
}

TEST_F(ACachedValue, IsForgottenWithTheClient) {
  keep(client(long_ago), 7);
  cached.begin_round();
  cached.begin_round();
  EXPECT_FALSE(cached.reuse(client(long_ago), now));
}

TEST_F(ACachedValue, HasAShortKeyHoweverLongTheAddressIs) {
  auto one = client(long_ago), other = client(long_ago);
  one.address = std::string(5000, 'a') + "1";
  other.address = std::string(5000, 'a') + "2";
  keep(one, 7);
  EXPECT_TRUE(cached.reuse(one, now));
  EXPECT_FALSE(cached.reuse(other, now));
}

TEST_F(ACachedValue, StaysWhileTheClientIsListed) {
  keep(client(long_ago), 7);
  for (int poll = 0; poll < 3; ++poll) {
    cached.begin_round();
    EXPECT_TRUE(cached.reuse(client(long_ago), now));
  }
}

}  // namespace
