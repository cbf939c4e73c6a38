#include "exporter/built_in/page_source.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "exporter/built_in/text_format.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using dbus::errc;

constexpr unsigned ok = 200;

// True as long as it lives.
struct Raised {
  explicit Raised(bool& flag) : flag_(flag) { flag_ = true; }
  ~Raised() { flag_ = false; }
  Raised(const Raised&) = delete;
  Raised& operator=(const Raised&) = delete;

 private:
  bool& flag_;
};

FetchError failure(const HttpUrl& url, const boost::system::error_code& error) {
  if (error == asio::error::timed_out) return {{errc::timed_out, text_of(url)}};
  if (error == asio::error::message_size)
    return {{errc::malformed_reply, text_of(url) + ": it has more than " + most_page_bytes_text()},
            FetchProblem::unreadable};
  const dbus::Error unreachable{errc::unreachable, text_of(url) + ": " + error.message()};
  return {unreachable,
          error == asio::error::connection_refused ? FetchProblem::nobody_there : FetchProblem::other};
}

}  // namespace

PageSource::PageSource(asio::io_context& loop, asio::any_io_executor resolver, std::function<Place()> place)
    : loop_(loop), resolver_(std::move(resolver)), place_(std::move(place)) {}

asio::awaitable<void> PageSource::resolve(const HttpUrl& url) {
  using Client = std::unique_ptr<HttpClient>;
  auto work = [&loop = loop_, url]() -> asio::awaitable<Client> {
    ClientSettings settings;
    settings.host = url.host;
    settings.port = url.port;
    co_return std::make_unique<HttpClient>(loop, std::move(settings));
  };
  client_.reset();
  url_ = url;
  const Raised resolving(resolving_);
  client_ = co_await asio::co_spawn(resolver_, std::move(work), asio::use_awaitable);
}

asio::awaitable<FetchResult<std::string>> PageSource::get(dbus::Duration timeout) {
  const auto place = place_();
  if (!place) co_return FetchError{place.error()};
  if (!client_ || *place != url_) co_await resolve(*place);
  const auto time = std::chrono::ceil<std::chrono::milliseconds>(timeout);
  auto reply = co_await client_->get(url_.target, {time, most_page_bytes});
  if (!reply) {
    client_.reset();  // The name may stand for another address now.
    co_return failure(url_, reply.error());
  }
  if (reply->status != ok)
    co_return FetchError{
        {errc::unreachable, text_of(url_) + ": it answers with status " + std::to_string(reply->status)}};
  co_return std::move(reply->body);
}

}  // namespace ganesha::exporter
