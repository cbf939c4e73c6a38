#include "exporter/web_settings.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <memory>
#include <stdexcept>
#include <utility>

#include "exporter/base/spawned.hpp"
#include "exporter/http/redirect_to.hpp"
#include "exporter/http/tls_context.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;

// A file system that needs longer hangs.
constexpr std::chrono::seconds patience{3};
constexpr auto no_answer = "the file system of the web configuration does not answer";

// Null: plain HTTP. Throws std::runtime_error.
std::shared_ptr<const TlsContext> context_of(const WebConfig& config) {
  return config.tls ? std::make_shared<const TlsContext>(*config.tls) : nullptr;
}

asio::awaitable<std::optional<WebConfigReload::Reading>> run(WebConfigReload::Look look) { co_return look(); }

}  // namespace

struct WebSettings::Answer {
  explicit Answer(const asio::any_io_executor& loop) : came(loop, patience) {}

  Seen seen;
  asio::steady_timer came;  // cancelled when it has come
};

WebSettings::WebSettings(boost::asio::any_io_executor loop, const std::string& file, Log& log)
    : loop_(loop), log_(log), access_(std::move(loop), {"/-/healthy", "/-/ready"}) {
  if (file.empty()) return;
  reload_.emplace(
      file, [this](const WebConfig& config) { return prepare(config); }, log);
  reader_.emplace(1);
}

// Of the steps of what is returned, each either fails and changes nothing, or use_tls() follows, which cannot
// fail.
WebConfigReload::Apply WebSettings::prepare(const WebConfig& config) {
  return [this, context = context_of(config), access = config.access]() mutable {
    const bool refuses_all = access.rate_limit && access.rate_limit->burst == 0;
    access_.configure(std::move(access));
    server_->use_tls(std::move(context));
    if (refuses_all) log_.warn("rate_limit has no burst: every page but health and readiness is refused");
  };
}

// In run mode the start does not wait for a file system that hangs: it may be a mount of the very Ganesha
// that is to be started. The looks that follow wait for it.
WebConfigReload::Reading WebSettings::first_reading(IfWrong then) {
  const auto number = note_read_begins();
  auto look = run(reload_->next_look());
  auto reading = asio::co_spawn(*reader_, std::move(look), asio::use_future);
  if (then == IfWrong::serve_health_alone && reading.wait_for(patience) != std::future_status::ready)
    throw std::runtime_error(no_answer);
  note_read_ended(number);
  return reading.get().value();
}

void WebSettings::load(HttpServer& server, IfWrong then) {
  server_ = &server;
  if (!reload_) return;
  try {
    reload_->load(first_reading(then));
  } catch (const std::runtime_error& error) {
    if (then == IfWrong::fail) throw;
    access_.close("The web configuration is wrong; the log of the exporter says why");
    log_.error("The web configuration is wrong; only health and readiness are served until it is right",
               {{"err", error.what()}});
  }
}

bool WebSettings::file_system_hangs() const {
  return reads_ended_ < reads_begun_ && std::chrono::steady_clock::now() - reading_since_ > patience;
}

std::uint64_t WebSettings::note_read_begins() {
  if (reads_ended_ == reads_begun_) reading_since_ = std::chrono::steady_clock::now();
  return ++reads_begun_;
}

void WebSettings::note_read_ended(std::uint64_t number) {
  reads_ended_ = number;
  reading_since_ = std::chrono::steady_clock::now();
}

asio::awaitable<WebSettings::Seen> WebSettings::read(WebConfigReload::Look look) {
  const auto number = note_read_begins();
  auto seen = co_await asio::co_spawn(*reader_, run(std::move(look)), asio::use_awaitable);
  note_read_ended(number);
  co_return seen;
}

asio::awaitable<void> WebSettings::read_into(std::shared_ptr<Answer> answer) {
  answer->seen = co_await read(reload_->whole_look());
  answer->came.cancel();
}

// An answer that comes too late is not used: the looks that follow see the same.
asio::awaitable<std::string> WebSettings::reload() {
  if (!reload_) co_return std::string();
  const auto answer = std::make_shared<Answer>(loop_);
  if (!file_system_hangs()) {
    asio::co_spawn(loop_, read_into(answer), pass_on);
    boost::system::error_code ignored;
    co_await answer->came.async_wait(redirect_to(ignored));
  }
  if (answer->seen) co_return reload_->reload(std::move(*answer->seen));
  log_.error("Cannot reload the web configuration; the old one stays", {{"err", no_answer}});
  co_return no_answer;
}

asio::awaitable<void> WebSettings::look() {
  if (!reload_) co_return;
  auto seen = co_await read(reload_->next_look());
  reload_->take(std::move(seen));
}

std::optional<ConfigReload> WebSettings::last_reload() const {
  if (!reload_ || !server_) return std::nullopt;
  return ConfigReload{reload_->successful(), reload_->last_success()};
}

void check_web_config(const std::string& file) {
  WatchedFiles files;
  if (!file.empty()) context_of(load_web_config(file, files));
}

}  // namespace ganesha::exporter
