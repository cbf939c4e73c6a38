// A server that answers each call on its port: with success to one version, else with a refusal.
#pragma once

#include <arpa/inet.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <optional>

#include "loop.hpp"

namespace ganesha::test {

class RpcServer {
  using tcp = boost::asio::ip::tcp;

 public:
  RpcServer(Loop& loop, std::uint32_t version)
      : acceptor_(loop.context, {boost::asio::ip::address_v4::loopback(), 0}), version_(version) {
    accept();
  }
  tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }
  std::uint16_t port() const { return endpoint().port(); }
  int calls = 0;

 private:
  void accept() {
    acceptor_.async_accept([this](auto error, tcp::socket peer) {
      if (error) return;
      peer_.emplace(std::move(peer));
      boost::asio::async_read(*peer_, boost::asio::buffer(question_), [this](auto, auto) { answer(); });
      accept();
    });
  }

  void answer() {
    ++calls;
    const std::uint32_t outcome = ntohl(question_[5]) == version_ ? 0 : 2;
    reply_ = {htonl(0x80000018), question_[1], htonl(1), 0, 0, 0, htonl(outcome)};
    boost::asio::async_write(*peer_, boost::asio::buffer(reply_), [](auto, auto) {});
  }

  tcp::acceptor acceptor_;
  std::uint32_t version_;
  std::optional<tcp::socket> peer_;
  std::array<std::uint32_t, 11> question_{};
  std::array<std::uint32_t, 7> reply_{};
};

}  // namespace ganesha::test
