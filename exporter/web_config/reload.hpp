// Keeps the web configuration up to date. The old settings stay when the new ones are wrong.
// The exporter owns one where there is a --web.config.file, and looks at intervals.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "exporter/base/log.hpp"
#include "exporter/web_config/watched_files.hpp"
#include "exporter/web_config/web_config.hpp"

namespace ganesha::exporter {

class WebConfigReload {
 public:
  /// Puts settings in force.
  using Apply = std::function<void()>;
  /// Reads the files that settings name. Runs on the thread that looks. It, and what it returns, throw
  /// std::runtime_error that says what is wrong; then the old settings stay.
  using Prepare = std::function<Apply(const WebConfig&)>;

  struct Reading {
    WebConfig config;
    Apply apply;
    std::string error;  ///< empty: the file is right
    WatchedFiles files;
  };
  /// Returns nothing if no file has changed.
  using Look = std::function<std::optional<Reading>()>;

  WebConfigReload(std::filesystem::path file, Prepare prepare, Log& log);

  /// What the first look saw. Throws std::runtime_error: without settings there is nothing to serve with. The
  /// files are watched all the same.
  void load(Reading first);

  /// Looks whether a file has changed, and reads it then; the first time in any case. Any thread may run it:
  /// a file system that does not answer holds it up.
  Look next_look() const;
  /// Reads it in any case.
  Look whole_look() const;

  /// Puts in force what the whole look saw, because somebody asked. Returns what is wrong; empty: nothing.
  std::string reload(Reading asked);

  /// What the look saw. It is put in force once a few saw the same: a file may be in the middle of being
  /// written, and a key and its certificate are not written at once.
  void take(std::optional<Reading> seen);

  /// Of the last attempt that counts.
  bool successful() const { return successful_; }
  std::chrono::system_clock::time_point last_success() const { return last_success_; }

 private:
  // What keeps others out.
  struct Protection {
    bool tls = false, clients_verified = false;
    std::size_t users = 0;
  };

  static Protection protection_of(const WebConfig& config);
  std::string try_to_apply(Reading reading);
  void nothing_new(Reading now);
  void log_success(const Protection& before);

  std::filesystem::path file_;
  Prepare prepare_;
  Log& log_;
  WatchedFiles files_;           // as they were at the last attempt
  WatchedFiles::Contents seen_;  // by the last look,
  int alike_ = 0;                // and by so many in a row; 0: nothing new was seen
  Protection in_force_;
  bool successful_ = false;
  std::chrono::system_clock::time_point last_success_;
};

}  // namespace ganesha::exporter
