#include "exporter/web_settings.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <memory>
#include <stdexcept>
#include <utility>

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

WebSettings::WebSettings(boost::asio::any_io_executor loop, const std::string& file, Log& log)
    : log_(log), access_(std::move(loop), {"/-/healthy", "/-/ready"}) {
  if (file.empty()) return;
  reload_.emplace(
      file, [this](const WebConfig& config) { apply(config); }, log);
  reader_.emplace(1);
}

void WebSettings::apply(const WebConfig& config) {
  // Each either fails and changes nothing, or the last of them follows, which cannot fail.
  auto context = context_of(config);
  access_.configure(config.access);
  server_->use_tls(std::move(context));
}

// In run mode the start does not wait for a file system that hangs: it may be a mount of the very Ganesha
// that is to be started. The looks that follow wait for it.
WebConfigReload::Reading WebSettings::first_reading(IfWrong then) {
  looking_since_ = std::chrono::steady_clock::now();
  auto look = run(reload_->next_look());
  auto reading = asio::co_spawn(*reader_, std::move(look), asio::use_future);
  if (then == IfWrong::serve_health_alone && reading.wait_for(patience) != std::future_status::ready)
    throw std::runtime_error(no_answer);
  looking_since_.reset();
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
  return looking_since_ && std::chrono::steady_clock::now() - *looking_since_ > patience;
}

std::string WebSettings::reload() {
  if (!reload_) return {};
  if (!file_system_hangs()) return reload_->reload();
  log_.error("Cannot reload the web configuration; the old one stays", {{"err", no_answer}});
  return no_answer;
}

asio::awaitable<void> WebSettings::look() {
  if (!reload_) co_return;
  if (!looking_since_) looking_since_ = std::chrono::steady_clock::now();
  auto look = run(reload_->next_look());
  auto seen = co_await asio::co_spawn(*reader_, std::move(look), asio::use_awaitable);
  looking_since_.reset();
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
