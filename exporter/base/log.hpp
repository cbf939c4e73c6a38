// Log lines on standard error, as logfmt or JSON: one event is one line, whatever its fields hold. No call
// waits for the reader of the log. running.cpp makes the one Log and passes it by reference to all that log.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ganesha::exporter {

class LogQueue;

enum class LogLevel { debug, info, warn, error };
enum class LogFormat { logfmt, json };

struct LogField {
  std::string_view key;  ///< a plain word, written as it is
  std::string value;     ///< anything
};

class Log {
 public:
  using Fields = std::initializer_list<LogField>;

  /// Writes to standard error, by a thread of its own. What is not read in time is dropped.
  Log(LogLevel level, LogFormat format);
  /// Writes to `out` at once. It must outlive the log.
  Log(LogLevel level, LogFormat format, std::ostream& out);
  /// As flush().
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void debug(std::string_view message, Fields fields = {});
  void info(std::string_view message, Fields fields = {});
  void warn(std::string_view message, Fields fields = {});
  void error(std::string_view message, Fields fields = {});

  /// Waits until all lines are written, for a second at most: before the process exits.
  void flush();
  /// Lines that nobody read in time, or that could not be written.
  std::uint64_t lines_dropped() const;

 private:
  void write(LogLevel level, std::string_view message, Fields fields);

  LogLevel level_;
  LogFormat format_;
  std::ostream* out_ = nullptr;
  std::unique_ptr<LogQueue> queue_;  // if there is no out_
};

/// Longer lines are written with shorter values.
constexpr std::size_t longest_log_line = 16'384;

/// One event as one line, without the newline, of `longest_log_line` bytes at most. A value that is cut ends
/// in "...".
std::string format_line(LogFormat format, std::chrono::system_clock::time_point when, LogLevel level,
                        std::string_view message, std::span<const LogField> fields);

/// `text` in double quotes, escaped as JSON does; control characters as \u00xx, bytes that are not UTF-8 as
/// \ufffd.
std::string quote(std::string_view text);

}  // namespace ganesha::exporter
