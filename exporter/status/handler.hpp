// The status page and its JSON, made on a worker thread: it alone knows the rates, fed with each new
// snapshot. The exporter owns one.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <vector>

#include "exporter/base/chunk.hpp"
#include "exporter/status/report.hpp"
#include "exporter/status/request.hpp"

namespace ganesha::exporter {

class StatusHandler {
 public:
  // `worker` runs one thing at a time.
  explicit StatusHandler(boost::asio::any_io_executor worker);
  ~StatusHandler();

  // Adds a new snapshot; see RateTracker::update().
  void add(SnapshotPtr snapshot, dbus::TimePoint at, std::uint64_t owner);
  // The whole body. The facts' snapshot is the one that was added last, or null.
  boost::asio::awaitable<std::vector<Chunk>> answer(StatusFacts facts, StatusRequest request);

 private:
  boost::asio::any_io_executor worker_;
  std::shared_ptr<RateTracker> tracker_;  // touched by the worker only
};

}  // namespace ganesha::exporter
