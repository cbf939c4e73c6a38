// GETs pages of a running exporter, for --healthcheck and `top`.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <string>

#include "exporter/base/listen_address.hpp"

namespace ganesha::exporter {

class HttpClient {
 public:
  struct Reply {
    unsigned status = 0;
    std::string body;
  };

  /// Resolves the host name at once, which may block; throws std::runtime_error.
  /// An exporter that listens on every address is reached over loopback.
  HttpClient(boost::asio::io_context& loop, const ListenAddress& exporter);

  /// Opens a connection for each call. `target` is the path with its query. Blocks nothing; after `timeout`
  /// the error is asio::error::timed_out.
  boost::asio::awaitable<boost::system::result<Reply>> get(std::string target,
                                                           std::chrono::milliseconds timeout) const;

  /// host:port.
  const std::string& address() const { return address_; }

 private:
  boost::asio::io_context& loop_;
  std::string address_;
  boost::asio::ip::tcp::resolver::results_type endpoints_;
};

}  // namespace ganesha::exporter
