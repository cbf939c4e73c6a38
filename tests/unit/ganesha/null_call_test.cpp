#include "ganesha/null_call.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "loop.hpp"

namespace {

using namespace ganesha;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using Words = std::vector<std::uint32_t>;

// A server that reads one call and answers with these words.
struct ANullCall : testing::Test {
  Loop loop;
  tcp::acceptor acceptor{loop.context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
  tcp::socket peer{loop.context};
  std::array<std::uint32_t, 11> question{};
  Words reply;

  void answer(const Words& words) {
    for (const auto word : words) reply.push_back(htonl(word));
    acceptor.async_accept(peer, [this](auto) {
      boost::asio::async_read(peer, boost::asio::buffer(question), [this](auto, auto) {
        reply.at(1) = question[1];
        boost::asio::async_write(peer, boost::asio::buffer(reply), [](auto, auto) {});
      });
    });
  }

  bool ask(std::uint32_t version = 4, std::chrono::milliseconds patience = 10s) {
    return loop.run(answers_null_call(acceptor.local_endpoint(), version, loop.in(patience)));
  }
};

constexpr std::uint32_t mark = 0x80000018;

TEST_F(ANullCall, IsTheNfsProgramsProcedureZero) {
  answer({mark, 0, 1, 0, 0, 0, 0});
  EXPECT_TRUE(ask(3));
  EXPECT_EQ(ntohl(question[0]), 0x80000028U);
  EXPECT_EQ(ntohl(question[2]), 0U);
  EXPECT_EQ(ntohl(question[3]), 2U);
  EXPECT_EQ(ntohl(question[4]), 100003U);
  EXPECT_EQ(ntohl(question[5]), 3U);
  EXPECT_EQ(ntohl(question[6]), 0U);
}

TEST_F(ANullCall, IsNotAnsweredByARefusal) {
  answer({mark, 0, 1, 0, 0, 0, 2});
  EXPECT_FALSE(ask());
}

TEST_F(ANullCall, IsNotAnsweredByADeniedCall) {
  answer({mark, 0, 1, 1, 1, 5, 0});
  EXPECT_FALSE(ask());
}

TEST_F(ANullCall, IsNotAnsweredBySilence) {
  const auto start = loop.clock->now();
  EXPECT_FALSE(ask(4, 200ms));
  EXPECT_GE(loop.clock->now() - start, 200ms);
}

TEST_F(ANullCall, IsNotAnsweredByAClosedPort) {
  const auto server = acceptor.local_endpoint();
  acceptor.close();
  EXPECT_FALSE(loop.run(answers_null_call(server, 4, loop.in(10s))));
}

}  // namespace
