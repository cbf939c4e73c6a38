#include "exporter/built_in/page_source.hpp"

#include <boost/asio/error.hpp>
#include <utility>

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using dbus::errc;

constexpr std::size_t max_bytes = 16 * 1024 * 1024;
constexpr unsigned ok = 200;

dbus::Error failure(const HttpUrl& url, const boost::system::error_code& error) {
  if (error == asio::error::timed_out) return {errc::timed_out, text_of(url)};
  if (error == asio::error::message_size)
    return {errc::malformed_reply, text_of(url) + ": it has more than 16 MiB"};
  return {errc::unreachable, text_of(url) + ": " + error.message()};
}

}  // namespace

PageSource::PageSource(asio::io_context& loop, const HttpUrl& url)
    : loop_(loop), place_([url] { return Place(url); }) {
  connect_to(url);
}

PageSource::PageSource(asio::io_context& loop, std::function<Place()> place)
    : loop_(loop), place_(std::move(place)) {}

void PageSource::connect_to(const HttpUrl& url) {
  if (client_ && url == url_) return;
  ClientSettings settings;
  settings.host = url.host;
  settings.port = url.port;
  client_.emplace(loop_, std::move(settings));
  url_ = url;
}

asio::awaitable<dbus::result<std::string>> PageSource::get(dbus::Duration timeout) {
  const auto place = place_();
  if (!place) co_return place.error();
  connect_to(*place);
  const auto time = std::chrono::ceil<std::chrono::milliseconds>(timeout);
  auto reply = co_await client_->get(url_.target, {time, max_bytes});
  if (!reply) co_return failure(url_, reply.error());
  if (reply->status != ok)
    co_return dbus::Error{errc::unreachable,
                          text_of(url_) + ": it answers with status " + std::to_string(reply->status)};
  co_return std::move(reply->body);
}

}  // namespace ganesha::exporter
