#include "exporter/base/log_queue.hpp"

#include <poll.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace ganesha::exporter {
namespace {

using Clock = std::chrono::steady_clock;

// While lines are dropped without a pause, they are reported this often.
constexpr std::chrono::seconds between_reports{10};

}  // namespace

// Its functions run on the thread of the pool, except where it is noted. A thread that is stuck keeps it.
class LogQueue::Writer : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  Writer(Options options, spdlog::details::thread_pool& pool) : options_(std::move(options)), pool_(pool) {}

  // Any thread.
  std::uint64_t dropped() const { return pool_.overrun_counter() + lost_; }

  // Any other thread: whether `pushed` lines are written or dropped at `deadline`.
  bool wait_for(const std::atomic<std::uint64_t>& pushed, Clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return written_.wait_until(lock, deadline,
                               [&] { return taken_ + pool_.overrun_counter() >= pushed.load(); });
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (report_due()) report();
    if (!options_.write({message.payload.data(), message.payload.size()})) ++lost_;
    const std::lock_guard lock(mutex_);
    ++taken_;
    written_.notify_all();
  }
  void flush_() override {}

  // Once there is room: a report for each line that pushed another out would double the log.
  bool report_due() const {
    if (dropped() == reported_) return false;
    return pool_.queue_size() <= options_.capacity / 2 || Clock::now() - reported_at_ >= between_reports;
  }

  void report() {
    const auto dropped_until_now = dropped();
    if (!options_.write(options_.report(dropped_until_now - reported_))) return;
    reported_ = dropped_until_now;
    reported_at_ = Clock::now();
  }

  Options options_;
  spdlog::details::thread_pool& pool_;
  std::atomic<std::uint64_t> lost_ = 0;
  std::uint64_t reported_ = 0;
  Clock::time_point reported_at_{};
  std::mutex mutex_;
  std::condition_variable written_;
  std::uint64_t taken_ = 0;
};

LogQueue::LogQueue(Options options)
    : patience_(options.patience),
      pool_(std::make_shared<spdlog::details::thread_pool>(options.capacity, 1)),
      writer_(std::make_shared<Writer>(std::move(options), *pool_)),
      logger_(std::make_shared<spdlog::async_logger>("ganesha_exporter", writer_, pool_,
                                                     spdlog::async_overflow_policy::overrun_oldest)) {
  // spdlog would write its errors to standard error, and wait there.
  logger_->set_error_handler([](const std::string&) {});
}

LogQueue::~LogQueue() {
  if (flush()) return;
  // A thread that is stuck cannot be joined. It needs the pool.
  [[maybe_unused]] const auto* const left = new std::shared_ptr(std::move(pool_));
}

void LogQueue::push(std::string_view line) {
  ++pushed_;
  logger_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

bool LogQueue::flush() {
  if (!stuck_) stuck_ = !writer_->wait_for(pushed_, Clock::now() + patience_);
  return !stuck_;
}

std::uint64_t LogQueue::dropped() const { return writer_->dropped(); }

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd writable{descriptor, POLLOUT, 0};
      poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace ganesha::exporter
