// Fetches the server's own page of metrics at an interval of its own and keeps the last one. The exporter
// runs it while the server is up; the collector built_in takes the page.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "dbus/clock.hpp"
#include "dbus/error.hpp"
#include "exporter/base/log.hpp"
#include "exporter/built_in/fetch_result.hpp"
#include "exporter/model/built_in_page.hpp"

namespace ganesha::exporter {

struct PageFetching {
  dbus::Duration interval = std::chrono::seconds(15);  // from start to start
  dbus::Duration timeout = std::chrono::seconds(10);   // of one fetch
  double max_duty = 0.1;  // the part of the time that fetches may take: the server works for each
  // Between two fetches while pages are unreadable, unless the interval is longer.
  dbus::Duration longest_back_off = std::chrono::minutes(10);
};

class PageFetcher {
 public:
  using Result = dbus::result<BuiltInPagePtr>;
  // The text of the page, within the time.
  using Fetch = std::function<boost::asio::awaitable<FetchResult<std::string>>(dbus::Duration timeout)>;
  // Called on the worker.
  using Read = std::function<Result(const std::string& text, dbus::WallTime taken)>;
  struct Parts {
    Fetch fetch;
    Read read;
    std::function<void()> on_fetched;  // a fetch has ended
  };

  PageFetcher(boost::asio::any_io_executor worker, dbus::Clock& clock, Log& log, PageFetching options,
              Parts parts);

  // Fetches between resume() and pause(), until stop(). Never has two fetches running.
  boost::asio::awaitable<void> run();
  // The server is up: fetches at once, and then at the interval.
  void resume();
  // The server is down, or another one: forgets what it served.
  void pause();
  void stop();

  // The last page while it is younger than two intervals and one timeout, and no connection was refused
  // since. Otherwise why the last fetch failed, or errc::pending before the first has ended.
  Result page() const;
  // When the last page was taken, shown or not, of whatever server; nothing before the first.
  std::optional<dbus::WallTime> last_taken() const { return last_taken_; }

 private:
  using Outcome = FetchResult<BuiltInPagePtr>;

  boost::asio::awaitable<void> until_due();
  boost::asio::awaitable<void> fetch();
  boost::asio::awaitable<Outcome> fetch_and_read();
  Outcome unless_cut(Outcome found);
  void keep(Outcome found, dbus::TimePoint start);
  void schedule(dbus::TimePoint start, const Outcome& found);
  void log_unknown(const BuiltInPage& page);
  void free(BuiltInPagePtr page);

  boost::asio::any_io_executor worker_;
  dbus::Clock& clock_;
  Log& log_;
  PageFetching options_;
  Parts parts_;
  dbus::Condition wake_;
  bool fetching_ = false;
  bool stopping_ = false;
  std::uint64_t server_ = 0;  // counts pause(): what was fetched before is of no use
  dbus::TimePoint next_{};
  dbus::Duration interval_;  // in force: longer while pages are unreadable
  bool unreadable_ = false;  // a page was, and none was read since
  BuiltInPagePtr page_;      // the last that was taken
  bool refused_ = false;     // the page after it, as cut
  dbus::TimePoint expires_{};
  std::optional<dbus::WallTime> last_taken_;
  std::optional<dbus::Error> error_;  // of the last fetch
  std::set<std::string> logged_;      // unknown families
};

}  // namespace ganesha::exporter
