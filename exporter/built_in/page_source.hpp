// GETs the text of the server's own page of metrics. The fetcher calls it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "dbus/time.hpp"
#include "exporter/base/http_url.hpp"
#include "exporter/built_in/fetch_result.hpp"
#include "exporter/http/client.hpp"

namespace ganesha::exporter {

class PageSource {
 public:
  // Where the page is; errc::unsupported where the server has none, errc::pending before that is known.
  using Place = dbus::result<HttpUrl>;

  // `place` is asked before each request. Names are resolved on `resolver`, where that may block.
  PageSource(boost::asio::io_context& loop, boost::asio::any_io_executor resolver,
             std::function<Place()> place);

  // The text, at most most_page_bytes. `timeout` begins when the name is resolved. Throws std::runtime_error
  // where it cannot be resolved.
  boost::asio::awaitable<FetchResult<std::string>> get(dbus::Duration timeout);
  // False while `resolver` is inside a resolution.
  bool idle() const noexcept { return !resolving_; }

 private:
  boost::asio::awaitable<void> resolve(const HttpUrl& url);

  boost::asio::io_context& loop_;
  boost::asio::any_io_executor resolver_;
  std::function<Place()> place_;
  HttpUrl url_;
  std::unique_ptr<HttpClient> client_;  // of url_; null: to be resolved
  bool resolving_ = false;
};

}  // namespace ganesha::exporter
