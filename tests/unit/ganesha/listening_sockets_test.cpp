#include "ganesha/listening_sockets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <csignal>

#include "endpoint.hpp"
#include "ganesha/spawn.hpp"

namespace {

using namespace ganesha;
using boost::asio::ip::tcp;
using test::endpoint;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* heading =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

TEST(ListeningSockets, AreThoseOfStateTen) {
  const auto text =
      std::string(heading) +
      "   0: 0100007F:0801 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
      "815 1 0000000000000000 100 0 0 10 0\n"
      "   1: 0100007F:0801 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 "
      "816 1 0000000000000000 20 4 30 10 -1\n"
      "   2: 00000000:5000 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
      "4294967296 1 0000000000000000 100 0 0 10 0\n";
  EXPECT_THAT(parse_listening_sockets(text),
              ElementsAre(ListeningSocket{endpoint("127.0.0.1", 2049), 815},
                          ListeningSocket{endpoint("0.0.0.0", 20480), 4294967296}));
}

TEST(ListeningSockets, AreReadInIpv6Too) {
  const auto text =
      std::string(heading) +
      "   0: 00000000000000000000000001000000:0801 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 1\n"
      "   1: B80D0120000000000000000001000000:0802 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 "
      "2\n";
  EXPECT_THAT(parse_listening_sockets(text), ElementsAre(ListeningSocket{endpoint("::1", 2049), 1},
                                                         ListeningSocket{endpoint("2001:db8::1", 2050), 2}));
}

TEST(ListeningSockets, AreNotGuessedFromOtherLines) {
  for (const char* text : {"", "\n\n", heading, "0: 0100007F:0801 0:0 0A", "0: x:0801 0:0 0A 0:0 0:0 0 0 0 1",
                           "0: 0100007F 0:0 0A 0:0 0:0 0 0 0 1", "0: 0100007F:99999 0:0 0A 0:0 0:0 0 0 0 1",
                           "0: 0100007F:0801 0:0 0A 0:0 0:0 0 0 0 none"})
    EXPECT_THAT(parse_listening_sockets(text), IsEmpty()) << text;
}

TEST(ListeningSockets, AreThoseOfTheProcessAlone) {
  boost::asio::io_context loop;
  const tcp::acceptor ipv4(loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  const tcp::acceptor ipv6(loop, tcp::endpoint(boost::asio::ip::address_v6::loopback(), 0));
  const auto sockets = listening_sockets(getpid());
  ASSERT_TRUE(sockets);
  std::vector<tcp::endpoint> addresses;
  for (const auto& socket : *sockets) addresses.push_back(socket.address);
  EXPECT_THAT(addresses, UnorderedElementsAre(ipv4.local_endpoint(), ipv6.local_endpoint()));

  Command command;
  command.argv = {"sleep", "60"};
  const auto other = spawn(command).value();
  EXPECT_THAT(listening_sockets(other.pid).value(), IsEmpty());
  kill(other.pid, SIGKILL);
  close(other.pidfd);
  close(other.output);
}

TEST(ListeningSockets, AreUnknownWhereThereIsNothingToRead) { EXPECT_FALSE(listening_sockets(0x7fffffff)); }

}  // namespace
