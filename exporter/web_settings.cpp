#include "exporter/web_settings.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

#include "exporter/http/tls_context.hpp"

namespace ganesha::exporter {
namespace {

// Null: plain HTTP. Throws std::runtime_error.
std::shared_ptr<const TlsContext> context_of(const WebConfig& config) {
  return config.tls ? std::make_shared<const TlsContext>(*config.tls) : nullptr;
}

}  // namespace

WebSettings::WebSettings(boost::asio::any_io_executor loop, const std::string& file, Log& log)
    : log_(log), access_(std::move(loop), {"/-/healthy", "/-/ready"}) {
  if (!file.empty())
    reload_.emplace(
        file, [this](const WebConfig& config) { apply(config); }, log);
}

void WebSettings::apply(const WebConfig& config) {
  // Each either fails and changes nothing, or the last of them follows, which cannot fail.
  auto context = context_of(config);
  access_.configure(config.access);
  server_->use_tls(std::move(context));
}

void WebSettings::load(HttpServer& server, IfWrong then) {
  server_ = &server;
  if (!reload_) return;
  try {
    reload_->load();
  } catch (const std::runtime_error& error) {
    if (then == IfWrong::fail) throw;
    access_.close("The web configuration is wrong; the log of the exporter says why");
    log_.error("The web configuration is wrong; only health and readiness are served until it is right",
               {{"err", error.what()}});
  }
}

std::string WebSettings::reload() { return reload_ ? reload_->reload() : ""; }

void WebSettings::look() {
  if (reload_) reload_->look();
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
