// The exporter's own counters. The exporter increments them, the page cache collects them.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "exporter/base/close_reason.hpp"

namespace ganesha::exporter {

class ExporterMetrics {
 public:
  ExporterMetrics();

  void count_poll() { polls_->Increment(); }
  // `result` is "ok" or a name of dbus::errc.
  void count_call(std::string_view result);
  void count_request(unsigned code);
  void count_close(CloseReason reason) { closed_[static_cast<std::size_t>(reason)]->Increment(); }

  std::shared_ptr<prometheus::Collectable> collectable() const { return registry_; }

 private:
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  prometheus::Counter* polls_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Counter>& requests_;
  std::map<std::string, prometheus::Counter*, std::less<>> call_counters_;
  std::array<prometheus::Counter*, close_reason_names.size()> closed_;
};

}  // namespace ganesha::exporter
