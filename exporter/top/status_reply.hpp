// The response of the exporter's /api/v1/status, as far as `top` shows it. What is unknown is nullopt or
// empty.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ganesha::exporter::top {

using Number = std::optional<double>;

/// Per second; the latency in seconds per read or write.
struct TrafficRates {
  Number read_bytes, written_bytes, reads, writes, errors, latency;
};

/// An export or a client.
struct TableRow {
  std::string name;  ///< path or address
  std::string id;    ///< of an export
  std::vector<std::string> protocols;
  TrafficRates rates;
  Number last_activity;         ///< Unix time, as all times here
  std::vector<Number> history;  ///< bytes a second, oldest first
};

struct Table {
  Number known;          ///< how many Ganesha has
  std::string filter;    ///< that was asked for
  unsigned matched = 0;  ///< how many fit it
  unsigned page = 1, pages = 1;
  std::vector<TableRow> rows;
};

struct StatusReply {
  bool up = false;
  std::string state;  ///< a sentence
  Number since, last_heartbeat;
  std::string since_kind;  ///< what began then: "started", "counting", "seen", "down"
  std::string version;     ///< empty when not known
  std::optional<bool> in_grace;
  bool statistics_off = false;  ///< Ganesha counts no reads and writes
  std::string exporter_version;
  std::optional<bool> dbus_connected;
  bool without_bus = false;  ///< the exporter has no bus to connect to
  Number last_poll;
  std::vector<std::string> failing_collectors;
  std::size_t exports_missing = 0;  ///< configured but not served
  std::vector<std::string> suspended_methods;
  TrafficRates totals;
  Table exports, clients;
};

/// Throws std::runtime_error where `json` is no such response; a value that is missing is unknown.
StatusReply parse_status(std::string_view json);

}  // namespace ganesha::exporter::top
