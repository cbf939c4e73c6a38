#include "exporter/collect/call_log.hpp"

#include <utility>

#include "exporter/base/duration.hpp"
#include "exporter/base/text.hpp"

namespace ganesha::exporter {
namespace {

std::string text_of(dbus::Duration duration) {
  return format_duration(std::chrono::round<std::chrono::milliseconds>(duration));
}

struct ArgumentText {
  std::string operator()(std::monostate) const { return "none"; }
  std::string operator()(std::uint16_t id) const { return std::to_string(id); }
  std::string operator()(const std::string& text) const { return dbus::shortened(std::string_view(text)); }
  std::string operator()(const std::pair<std::string, std::string>& texts) const {
    return texts.first + ' ' + texts.second;
  }
};

std::string failed_collectors(const Snapshot& snapshot, CollectorSet enabled) {
  std::vector<std::string> failed;
  for (const auto& info : collectors) {
    const auto& outcome = snapshot.outcomes[index_of(info.id)];
    if (enabled[index_of(info.id)] && outcome.supported && !outcome.success) failed.emplace_back(info.name);
  }
  return failed.empty() ? "none" : joined(failed, ",");
}

}  // namespace

void CallLog::call_ended(const dbus::CallReport& call) {
  constexpr std::chrono::seconds slow{1};
  ++calls_;
  if (call.outcome && call.duration <= slow) return;
  const auto [method, argument] = call.request();
  log_.debug(call.outcome ? "Slow call" : "Call failed",
             {{"method", label_of(method)},
              {"argument", std::visit(ArgumentText{}, argument)},
              {"duration", text_of(call.duration)},
              {"err", call.outcome ? "none" : call.outcome.error().message()}});
}

void CallLog::poll_ended(const Snapshot* snapshot) {
  const auto calls = std::to_string(std::exchange(calls_, 0));
  if (!snapshot) return log_.debug("Poll discarded: the server changed", {{"calls", calls}});
  log_.debug("Poll ended", {{"duration", text_of(snapshot->duration)},
                            {"calls", calls},
                            {"failed", failed_collectors(*snapshot, enabled_)}});
}

}  // namespace ganesha::exporter
