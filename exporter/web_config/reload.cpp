#include "exporter/web_config/reload.hpp"

#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

#include "exporter/base/text.hpp"

namespace ganesha::exporter {
namespace {

// Looks that must see the same before it counts. An editor that truncates a file leaves it empty, or cut,
// until it has written it: both may be valid, and would open what was closed.
constexpr int looks_alike = 3;

WebConfigReload::Reading read(const std::filesystem::path& file, const WebConfigReload::Prepare& prepare) {
  WebConfigReload::Reading reading;
  try {
    reading.config = load_web_config(file, reading.files);
    reading.apply = prepare(reading.config);
  } catch (const std::exception& failure) {
    reading.error = failure.what();
  }
  return reading;
}

}  // namespace

WebConfigReload::WebConfigReload(std::filesystem::path file, Prepare prepare, Log& log)
    : file_(std::move(file)), prepare_(std::move(prepare)), log_(log) {}

// Returns what is wrong. What is not there, or wrong, is watched too: it may be mended.
std::string WebConfigReload::try_to_apply(Reading reading) {
  files_ = std::move(reading.files);
  alike_ = 0;
  successful_ = false;
  if (!reading.error.empty()) return reading.error;
  try {
    reading.apply();
  } catch (const std::exception& failure) {
    return failure.what();
  }
  successful_ = true;
  last_success_ = std::chrono::system_clock::now();
  in_force_ = protection_of(reading.config);
  return {};
}

void WebConfigReload::load(Reading first) {
  if (const std::string error = try_to_apply(std::move(first)); !error.empty())
    throw std::runtime_error(error);
}

WebConfigReload::Look WebConfigReload::next_look() const {
  return [file = file_, prepare = prepare_, files = files_,
          again = alike_ > 0 || files_.contents().empty()]() -> std::optional<Reading> {
    if (!again && !files.changed()) return std::nullopt;
    return read(file, prepare);
  };
}

WebConfigReload::Look WebConfigReload::whole_look() const {
  return [file = file_, prepare = prepare_]() -> std::optional<Reading> { return read(file, prepare); };
}

void WebConfigReload::take(std::optional<Reading> seen) {
  if (!seen) return;
  Reading& now = *seen;
  if (now.files.contents() == files_.contents()) return nothing_new(std::move(now));
  alike_ = now.files.contents() == seen_ ? alike_ + 1 : 1;
  seen_ = now.files.contents();
  if (alike_ == looks_alike) reload(std::move(now));
}

void WebConfigReload::nothing_new(Reading now) {
  files_ = std::move(now.files);
  alike_ = 0;
}

std::string WebConfigReload::reload(Reading asked) {
  const Protection before = in_force_;
  std::string error = try_to_apply(std::move(asked));
  if (error.empty())
    log_success(before);
  else
    log_.error("Cannot reload the web configuration; the old one stays", {{"err", error}});
  return error;
}

WebConfigReload::Protection WebConfigReload::protection_of(const WebConfig& config) {
  return {config.tls.has_value(), config.tls && config.tls->client_auth == ClientAuth::require_and_verify,
          config.access.users.size()};
}

void WebConfigReload::log_success(const Protection& before) {
  log_.info("Reloaded the web configuration", {{"file", file_.string()},
                                               {"tls", in_force_.tls ? "on" : "off"},
                                               {"users", std::to_string(in_force_.users)}});
  std::vector<std::string> off;
  if (before.tls && !in_force_.tls) off.emplace_back("TLS");
  if (before.clients_verified && !in_force_.clients_verified) off.emplace_back("client certificates");
  if (before.users > 0 && in_force_.users == 0) off.emplace_back("passwords");
  if (!off.empty())
    log_.warn("The new web configuration protects less than the old one", {{"off", joined(off, ", ")}});
}

}  // namespace ganesha::exporter
