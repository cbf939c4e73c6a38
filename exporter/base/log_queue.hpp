// The log lines that wait to be written, and the thread that writes them. If nobody reads the log, lines are
// dropped, and nobody waits. Log owns one.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace ganesha::exporter {

class LogQueue {
 public:
  struct Options {
    /// Writes one line; false if it is lost. It may block. Only the queue's thread calls it.
    std::function<bool(std::string_view line)> write;
    /// The line that reports that `lines` were dropped. Only the queue's thread calls it.
    std::function<std::string(std::uint64_t lines)> report;
    std::size_t capacity = 2048;  ///< lines
    /// How long the destructor and flush() wait.
    std::chrono::milliseconds patience{1'000};
  };

  explicit LogQueue(Options options);
  /// As flush(). A thread that is still writing then is left to the end of the process.
  ~LogQueue();
  LogQueue(const LogQueue&) = delete;
  LogQueue& operator=(const LogQueue&) = delete;

  /// Does not wait: a full queue drops its oldest line.
  void push(std::string_view line);
  /// Waits until all lines are written, for `patience` at most and only once. False if some are not.
  bool flush();
  /// Lines that a full queue dropped, and lines that could not be written.
  std::uint64_t dropped() const;

 private:
  class Writer;

  std::chrono::milliseconds patience_;
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<Writer> writer_;
  std::shared_ptr<spdlog::logger> logger_;
  std::atomic<std::uint64_t> pushed_ = 0;
  bool stuck_ = false;  // flush() reached its timeout
};

/// Writes all of `text`; waits where the descriptor does not. False if it cannot be written.
bool write_all(int descriptor, std::string_view text);

}  // namespace ganesha::exporter
