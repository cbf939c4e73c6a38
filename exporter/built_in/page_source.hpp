// GETs the text of the server's own page of metrics. The fetcher calls it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <string>

#include "dbus/error.hpp"
#include "dbus/time.hpp"
#include "exporter/base/http_url.hpp"
#include "exporter/http/client.hpp"

namespace ganesha::exporter {

class PageSource {
 public:
  // Where the page is; errc::unsupported where the server has none, errc::pending before that is known.
  using Place = dbus::result<HttpUrl>;

  // Of one place. Resolves the name, which may block; throws std::runtime_error.
  PageSource(boost::asio::io_context& loop, const HttpUrl& url);
  // `place` is asked before each request; its host is an address.
  PageSource(boost::asio::io_context& loop, std::function<Place()> place);

  // The text, at most 16 MiB.
  boost::asio::awaitable<dbus::result<std::string>> get(dbus::Duration timeout);

 private:
  void connect_to(const HttpUrl& url);

  boost::asio::io_context& loop_;
  std::function<Place()> place_;
  HttpUrl url_;
  std::optional<HttpClient> client_;  // of url_
};

}  // namespace ganesha::exporter
