// What the status page and its JSON show, as one value: made of a snapshot, the rates since the one
// before, and what is live. report_json.cpp and page.cpp write it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/model/scrape_state.hpp"
#include "exporter/status/query.hpp"
#include "exporter/status/rate_tracker.hpp"

namespace ganesha::exporter {

// What a time is the beginning of: the server's process, its counting, or our seeing it; or that it is down.
enum class SinceKind { started, counting, seen, down };

struct Since {
  SinceKind kind = SinceKind::seen;
  dbus::WallTime time{};
};

// `since` of a server that is up: when it began to count where it reports that, else when it was first seen.
Since since_of(const Snapshot* snapshot, dbus::WallTime seen);

// What the exporter knows at the moment of a request.
struct StatusFacts {
  ScrapeState live;
  SnapshotPtr snapshot;            // null: nothing that may be shown
  std::optional<Since> since;      // nothing: down from the start
  std::string why_down;            // empty: up
  dbus::Duration poll_interval{};  // in force: longer than wanted while polls take long
  dbus::Duration refresh_interval{};
  dbus::WallTime now{};
};

struct StatusRow {
  std::string_view id;    // exports only
  std::string_view name;  // path or client
  std::vector<std::string_view> protocols;
  std::optional<Rates> rates;
  std::optional<double> last_activity;  // Unix seconds
  std::vector<float> history;
};

struct StatusTable {
  std::optional<std::size_t> known;  // that Ganesha has
  std::size_t matched = 0;
  std::size_t pages = 1;
  TableQuery query;  // its page is one that there is
  std::vector<StatusRow> rows;
};

// Its views are of the facts' snapshot: valid as long as the facts.
struct StatusReport {
  const StatusFacts* facts = nullptr;
  std::optional<Rates> total;
  std::vector<float> total_history;
  StatusTable exports, clients;
};

StatusReport make_report(const StatusFacts& facts, const RateTracker& tracker, const StatusQuery& query);

// The tables alone. `rates` may be of another snapshot only if it knows nothing.
StatusTable exports_table(const Snapshot& snapshot, const RateTable& rates, TableQuery query);
StatusTable clients_table(const Snapshot& snapshot, const RateTable& rates, TableQuery query);

}  // namespace ganesha::exporter
