#include "exporter/web_config/reload.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

namespace ganesha::exporter {

WebConfigReload::WebConfigReload(std::filesystem::path file, Apply apply, Log& log)
    : file_(std::move(file)), apply_(std::move(apply)), log_(log) {}

// Returns what is wrong. What is not there, or wrong, is watched too: it may be mended.
std::string WebConfigReload::try_to_apply() {
  WatchedFiles files;
  std::string error;
  try {
    apply_(load_web_config(file_, files));
  } catch (const std::exception& failure) {
    error = failure.what();
  }
  files_ = std::move(files);
  return error;
}

void WebConfigReload::load() {
  if (const std::string error = try_to_apply(); !error.empty()) throw std::runtime_error(error);
  successful_ = true;
  last_success_ = std::chrono::system_clock::now();
}

std::string WebConfigReload::reload() {
  const std::string error = try_to_apply();
  error.empty() ? succeeded() : failed(error);
  return error;
}

void WebConfigReload::look() {
  if (!suspected_ && !files_.changed()) return;
  const auto before = files_.contents();
  const std::string error = try_to_apply();
  const bool same = files_.contents() == before;
  if (same && !suspected_) return;
  if (error.empty()) return succeeded();
  if (same) return failed(error);
  suspected_ = true;
}

void WebConfigReload::succeeded() {
  suspected_ = false;
  successful_ = true;
  last_success_ = std::chrono::system_clock::now();
  log_.info("Reloaded the web configuration", {{"file", file_.string()}});
}

void WebConfigReload::failed(const std::string& error) {
  suspected_ = false;
  successful_ = false;
  log_.error("Cannot reload the web configuration; the old one stays", {{"err", error}});
}

}  // namespace ganesha::exporter
