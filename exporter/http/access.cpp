#include "exporter/http/access.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "exporter/base/text.hpp"
#include "exporter/http/bcrypt.hpp"
#include "exporter/http/connection.hpp"
#include "exporter/http/credentials.hpp"
#include "exporter/http/passwords.hpp"
#include "exporter/http/response.hpp"
#include "exporter/http/token_bucket.hpp"

namespace ganesha::exporter {
namespace asio = boost::asio;
namespace {

using SettingsPtr = std::shared_ptr<const AccessSettings>;

HttpResponse unauthorized() {
  HttpResponse response = plain_response(401);
  response.headers.emplace_back("WWW-Authenticate", R"(Basic realm="ganesha_exporter", charset="UTF-8")");
  return response;
}

// Where a handler has set the same header, that of the settings takes its place.
void add_headers(HttpResponse& response, const AccessSettings& settings) {
  for (const auto& [name, value] : settings.headers) {
    if (value.empty()) continue;
    std::erase_if(response.headers,
                  [lower = to_lower(name)](const auto& header) { return to_lower(header.first) == lower; });
    response.headers.emplace_back(name, value);
  }
}

// Clients of unix sockets are one.
std::string network_of_text(const std::string& client) {
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(client, ec);
  return ec ? std::string() : network_of(address);
}

std::shared_ptr<const Users> users_of(const SettingsPtr& settings) { return {settings, &settings->users}; }

std::optional<TokenBucket> bucket_of(const AccessSettings& settings) {
  const auto& limit = settings.rate_limit;
  if (!limit || limit->interval.count() == 0) return std::nullopt;
  return TokenBucket(*limit, std::chrono::steady_clock::now());
}

}  // namespace

struct Access::State {
  State(const asio::any_io_executor& loop, std::vector<std::string> paths)
      : open_paths(std::move(paths)), passwords(std::make_shared<Passwords>(loop, matches_hash)) {}

  bool is_open(const std::string& path) const {
    return std::ranges::find(open_paths, path) != open_paths.end();
  }
  bool over_rate() { return bucket && !bucket->take(std::chrono::steady_clock::now()); }
  asio::awaitable<std::optional<HttpResponse>> refusal(SettingsPtr now, HttpRequest& request);
  static asio::awaitable<HttpResponse> serve(std::shared_ptr<State> state,
                                             std::shared_ptr<const HttpHandler> next, HttpRequest request);

  std::vector<std::string> open_paths;
  std::string closed;  // why; empty: it is not
  SettingsPtr settings = std::make_shared<AccessSettings>();
  std::optional<TokenBucket> bucket;
  std::shared_ptr<Passwords> passwords;
};

// None for a request that may go on; the password is wiped from it.
asio::awaitable<std::optional<HttpResponse>> Access::State::refusal(SettingsPtr now, HttpRequest& request) {
  if (!closed.empty()) co_return plain_response(503, closed);
  if (over_rate()) co_return busy_response("too many requests", 429);
  if (now->users.empty()) co_return std::nullopt;
  auto credentials = parse_credentials(request.authorization);
  wipe(request.authorization);
  if (!credentials) co_return unauthorized();
  std::string client = network_of_text(request.client);
  const Verdict verdict =
      co_await passwords->check(users_of(now), std::move(*credentials), std::move(client));
  if (verdict == Verdict::busy) co_return busy_response("too many passwords wait to be checked", 429);
  if (verdict == Verdict::wrong) co_return unauthorized();
  co_return std::nullopt;
}

// One set of settings from begin to end. `next` is kept alive.
asio::awaitable<HttpResponse> Access::State::serve(std::shared_ptr<State> state,
                                                   std::shared_ptr<const HttpHandler> next,
                                                   HttpRequest request) {
  const SettingsPtr now = state->settings;
  std::optional<HttpResponse> refused;
  if (!state->is_open(request.path)) refused = co_await state->refusal(now, request);
  HttpResponse response;
  if (refused)
    response = std::move(*refused);
  else
    response = co_await (*next)(std::move(request));
  add_headers(response, *now);
  co_return response;
}

Access::Access(asio::any_io_executor loop, std::vector<std::string> open_paths)
    : state_(std::make_shared<State>(loop, std::move(open_paths))) {}

Access::~Access() { state_->passwords->stop(); }

HttpHandler Access::guard(HttpHandler next) const {
  return [state = state_, handler = std::make_shared<const HttpHandler>(std::move(next))](
             HttpRequest request) { return State::serve(state, handler, std::move(request)); };
}

void Access::configure(AccessSettings settings) {
  // First what can fail.
  Users users = settings.users;
  auto next = std::make_shared<const AccessSettings>(std::move(settings));
  if (next->rate_limit != state_->settings->rate_limit) state_->bucket = bucket_of(*next);
  state_->passwords->keep(std::move(users));
  state_->settings = std::move(next);
  state_->closed.clear();
}

void Access::close(std::string why) { state_->closed = std::move(why); }

bool Access::idle() const { return state_->passwords->idle(); }

}  // namespace ganesha::exporter
