// Log lines on standard error, as logfmt or JSON: one event is one line, whatever its fields hold.
// main.cpp makes the one Log and passes it by reference to all that log.
#pragma once

#include <chrono>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ganesha::exporter {

enum class LogLevel { debug, info, warn, error };
enum class LogFormat { logfmt, json };

struct LogField {
  std::string_view key;  ///< a plain word, written as it is
  std::string value;     ///< anything
};

class Log {
 public:
  using Fields = std::initializer_list<LogField>;

  /// Writes to standard error.
  Log(LogLevel level, LogFormat format);
  /// Writes to `out`, which must outlive it.
  Log(LogLevel level, LogFormat format, std::ostream& out);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void debug(std::string_view message, Fields fields = {});
  void info(std::string_view message, Fields fields = {});
  void warn(std::string_view message, Fields fields = {});
  void error(std::string_view message, Fields fields = {});

 private:
  struct Sink;
  void write(LogLevel level, std::string_view message, Fields fields);

  LogLevel level_;
  LogFormat format_;
  std::unique_ptr<Sink> sink_;
};

/// One event as one line, without the newline.
std::string format_line(LogFormat format, std::chrono::system_clock::time_point when, LogLevel level,
                        std::string_view message, std::span<const LogField> fields);

/// `text` in double quotes, escaped as JSON does; control characters as \u00xx, bytes that are not UTF-8 as
/// \ufffd.
std::string quote(std::string_view text);

}  // namespace ganesha::exporter
