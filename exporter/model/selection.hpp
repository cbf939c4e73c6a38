// Which exports and clients are shown, and under which label clients are: what the flags
// --collector.clients.* and --collector.exports.* say. The poll applies it to what Ganesha lists.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbus/records.hpp"

namespace ganesha::exporter {

/// A regular expression (RE2 syntax) that must match the whole text, or networks and addresses separated by
/// commas, such as 10.0.0.0/8,2001:db8::/32. A list of addresses with a mistake is neither.
class Pattern {
 public:
  static std::optional<Pattern> parse(const std::string& text);
  bool matches(const std::string& text) const;

 private:
  struct Impl;
  explicit Pattern(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

/// Shown is what `include` matches and `exclude` does not; one of them at most is given.
struct Filter {
  std::optional<Pattern> include, exclude;
  bool takes(const std::string& text) const;
};

/// The lengths of the networks that clients are summed by.
struct Aggregation {
  unsigned v4 = 32, v6 = 128;
  /// `/24`, or `/24,/56` with one for IPv6.
  static std::optional<Aggregation> parse(std::string_view text);
};

struct ClientSelection {
  Filter filter;
  std::chrono::milliseconds max_idle = std::chrono::hours(24);  ///< 0: no limit
  unsigned max = 10'000;                                        ///< the latest active ones; 0: no limit
  std::optional<Aggregation> aggregation;

  /// The label of a client: its address without ::ffff:, or its network.
  std::string label(std::string_view address) const;
  /// Leaves in `clients` those that are shown; `now` is the time of the list. Returns how many `max` cost.
  std::size_t apply(std::vector<dbus::Client>& clients, dbus::Timestamp now) const;
};

struct Selection {
  Filter exports;  ///< by path
  ClientSelection clients;
};

}  // namespace ganesha::exporter
