// GETs pages: of a running exporter, for --healthcheck and `top`, and of a server that has metrics of its
// own.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "exporter/http/client_settings.hpp"

namespace boost::asio::ssl {
class context;
}

namespace ganesha::exporter {

class HttpClient {
 public:
  /// What one request may take.
  struct Limits {
    std::chrono::milliseconds time;
    std::size_t body_bytes = 8 * 1024 * 1024;
  };
  struct Reply {
    unsigned status = 0;
    std::string body;
  };

  /// Resolves the host name and reads the files at once, which may block; throws std::runtime_error.
  /// A server that listens on every address is reached over loopback.
  HttpClient(boost::asio::io_context& loop, ClientSettings settings);

  /// Opens a connection for each call. `target` is the path with its query. Blocks nothing; after the time
  /// the error is asio::error::timed_out, beyond the bytes asio::error::message_size. A certificate that is
  /// not trusted is an error of its own.
  boost::asio::awaitable<boost::system::result<Reply>> get(std::string target, Limits limits) const;

  /// host:port, or unix: and the path.
  const std::string& address() const { return address_; }

 private:
  using Endpoint = boost::asio::generic::stream_protocol::endpoint;

  boost::asio::io_context& loop_;
  ClientSettings settings_;
  std::string address_;
  std::vector<Endpoint> endpoints_;
  std::shared_ptr<boost::asio::ssl::context> tls_;  // null: plain HTTP
};

}  // namespace ganesha::exporter
