#include "exporter/collect/probe_monitor.hpp"

#include <algorithm>
#include <utility>

namespace ganesha::exporter {

namespace asio = boost::asio;

ProbeMonitor::ProbeMonitor(dbus::Clock& clock, Signs signs, Pace pace, LifeEvents events)
    : LifeMonitor(events.on_change),
      clock_(clock),
      signs_(std::move(signs)),
      pace_(pace),
      events_(std::move(events)) {}

asio::awaitable<void> ProbeMonitor::watch() {
  const auto timer = clock_.timer();
  while (true) {
    const auto start = clock_.now();
    bool answered = true;
    if (signs_.ask) answered = co_await signs_.ask(start + pace_.timeout);
    note_call(answered);
    report_change();
    co_await timer->wait_until(start + pace_.interval);
  }
}

bool ProbeMonitor::up() const {
  const auto all = signs();
  return answers_ && std::ranges::all_of(all, &SignOfLife::seen);
}

std::vector<SignOfLife> ProbeMonitor::signs() const {
  std::vector<SignOfLife> all;
  if (!signs_.nfs_address.empty()) all.push_back({"null_call", signs_.nfs_address, answers_});
  if (!signs_.page_url.empty()) all.push_back({"built_in_page", signs_.page_url, events_.page_is_read()});
  return all;
}

void ProbeMonitor::note_call(bool answered) {
  if (std::exchange(answers_, answered) != answered) events_.on_answering(answered);
}

}  // namespace ganesha::exporter
