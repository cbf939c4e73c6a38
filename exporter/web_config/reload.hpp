// Keeps the web configuration up to date. The old settings stay when the new ones are wrong.
// The exporter owns one where there is a --web.config.file, and calls look() at intervals.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "exporter/base/log.hpp"
#include "exporter/web_config/watched_files.hpp"
#include "exporter/web_config/web_config.hpp"

namespace ganesha::exporter {

class WebConfigReload {
 public:
  /// Puts settings in force, or throws std::runtime_error that says what is wrong and leaves the old ones.
  using Apply = std::function<void(const WebConfig&)>;

  WebConfigReload(std::filesystem::path file, Apply apply, Log& log);

  /// The first time. Throws std::runtime_error: without settings there is nothing to serve with.
  void load();

  /// Now, because somebody asked. Returns what is wrong; empty: nothing.
  std::string reload();

  /// Reloads if a file has changed. Settings that are wrong are reported only if they are the same at the
  /// next call: a key and its certificate are not written at once.
  void look();

  /// Of the last attempt that counts.
  bool successful() const { return successful_; }
  std::chrono::system_clock::time_point last_success() const { return last_success_; }

 private:
  std::string try_to_apply();
  void succeeded();
  void failed(const std::string& error);

  std::filesystem::path file_;
  Apply apply_;
  Log& log_;
  WatchedFiles files_;      // as they were at the last attempt
  bool suspected_ = false;  // the last attempt failed, and that was not reported yet
  bool successful_ = false;
  std::chrono::system_clock::time_point last_success_;
};

}  // namespace ganesha::exporter
