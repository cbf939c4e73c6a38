#include "exporter/status/handler.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "exporter/base/gzip.hpp"
#include "exporter/status/page.hpp"
#include "exporter/status/report_json.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;

Chunk chunk(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

std::vector<Chunk> zipped(const std::string& text) {
  auto piece = deflate(text);
  GzipMember member;
  member.add(piece);
  return {chunk(GzipMember::header()), chunk(std::move(piece.data)), chunk(member.trailer())};
}

std::vector<Chunk> body(const StatusFacts& facts, const RateTracker& tracker, const StatusRequest& request) {
  const auto report = make_report(facts, tracker, request.query);
  auto text =
      request.format == StatusFormat::json ? status_json(report) : status_page(report, request.navigation);
  if (request.gzip) return zipped(text);
  return {chunk(std::move(text))};
}

}  // namespace

StatusHandler::StatusHandler(asio::any_io_executor worker)
    : worker_(std::move(worker)), tracker_(std::make_shared<RateTracker>()) {}
StatusHandler::~StatusHandler() = default;

void StatusHandler::add(SnapshotPtr snapshot, dbus::TimePoint at, std::uint64_t owner) {
  asio::post(worker_, [tracker = tracker_, snapshot = std::move(snapshot), at, owner] {
    try {
      tracker->update(snapshot, at, owner);
    } catch (const std::exception&) {
      // An exception would end the program. The rates go on with the next poll.
    }
  });
}

asio::awaitable<std::vector<Chunk>> StatusHandler::answer(StatusFacts facts, StatusRequest request) {
  auto work = [tracker = tracker_, facts = std::move(facts),
               request = std::move(request)]() -> asio::awaitable<std::vector<Chunk>> {
    co_return body(facts, *tracker, request);
  };
  co_return co_await asio::co_spawn(worker_, std::move(work), asio::use_awaitable);
}

}  // namespace ganesha::exporter
