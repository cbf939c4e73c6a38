// Which exports and clients are shown, and how clients are labelled: --collector.clients.* and
// --collector.exports.*. The collectors apply it to the lists that Ganesha reports.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbus/records.hpp"

namespace ganesha::exporter {

/// A regular expression (RE2 syntax) that must match the whole text, or a list of networks and addresses
/// separated by commas, such as 10.0.0.0/8,2001:db8::/32.
class Pattern {
 public:
  /// Nothing for an invalid expression, and for a list of addresses with a mistake.
  static std::optional<Pattern> parse(const std::string& text);
  bool matches(const std::string& text) const;

 private:
  struct Impl;
  explicit Pattern(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

/// Selects what `include` matches and `exclude` does not. At most one of them is given.
struct Filter {
  std::optional<Pattern> include, exclude;
  bool takes(const std::string& text) const;
};

/// The prefix lengths of the networks that clients are aggregated by.
struct Aggregation {
  unsigned v4 = 32, v6 = 128;
  /// `/24`, or `/24,/56` with a length for IPv6.
  static std::optional<Aggregation> parse(std::string_view text);
};

/// How much is served of each client: everything, its bytes and operations, or its bytes as one sum.
enum class ClientDetail : std::uint8_t { full, io, totals };

struct ClientSelection {
  Filter filter;
  std::chrono::milliseconds max_idle = std::chrono::hours(24);  ///< 0: no limit
  unsigned max = 10'000;  ///< the most recently active ones; 0: no limit
  std::optional<Aggregation> aggregation;
  ClientDetail detail = ClientDetail::full;

  /// The label of a client: its address without ::ffff:, or its network.
  std::string label(std::string_view address) const;
  /// Whether the client is shown, `max` aside; `now` is the time of the list.
  bool shows(const dbus::Client& client, dbus::Timestamp now) const;
};

struct ExportSelection {
  Filter filter;          ///< by path
  unsigned max = 10'000;  ///< as that of clients

  /// Whether the export is shown, `max` aside.
  bool shows(const dbus::Export& one, dbus::Timestamp) const { return filter.takes(one.path); }
};

/// Removes all but the `max` most recently active exports or clients; 0: no limit. Returns how many it
/// removed. Of those that were active at the same time it keeps the same ones each time.
std::size_t keep_latest(unsigned max, std::vector<dbus::Export>& exports);
std::size_t keep_latest(unsigned max, std::vector<dbus::Client>& clients);

struct Selection {
  ExportSelection exports;
  ClientSelection clients;
};

}  // namespace ganesha::exporter
