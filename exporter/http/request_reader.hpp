// Reads the requests of one connection. HttpSession owns one; Beast stays in request_reader.cpp.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "exporter/http/message.hpp"
#include "exporter/http/options.hpp"
#include "exporter/http/response.hpp"
#include "exporter/http/transport.hpp"

namespace ganesha::exporter {

/// Which part of the response the client wants.
enum class Content { head_only, head_and_body };

/// A whole request, or the status to refuse it with; 0 where the client has closed or the connection failed.
struct ReadRequest {
  bool whole = false;
  unsigned refusal = 0;
  HttpRequest request{};
  Content content = Content::head_and_body;
  Persistence persistence = Persistence::close;  ///< as the client wants it
};

class RequestReader {
 public:
  /// Both must outlive it.
  RequestReader(Transport& transport, const HttpOptions& options)
      : transport_(transport), options_(options) {}

  /// True at the first byte of a request, which may be in the buffer already. Skips blank lines before it.
  boost::asio::awaitable<bool> wait();
  boost::asio::awaitable<ReadRequest> read();

 private:
  boost::asio::awaitable<void> read_some(boost::system::error_code& ec);
  template <class Parser>
  boost::asio::awaitable<void> parse(Parser& parser, boost::system::error_code& ec);
  template <class Parser>
  boost::asio::awaitable<unsigned> read_message(Parser& parser, boost::system::error_code& ec);
  boost::asio::awaitable<void> send_continue(boost::system::error_code& ec);
  bool skip_blank_lines();

  Transport& transport_;
  const HttpOptions& options_;
  std::string input_;  // read but not parsed
};

}  // namespace ganesha::exporter
