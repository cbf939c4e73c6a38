#include "exporter/status/report_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter {
namespace {

using Json = nlohmann::ordered_json;

// Only digits that are of use: a page of rows stays small.
Json to_json(double value, int decimals) {
  const double scale = std::pow(10, decimals);
  return std::round(value * scale) / scale;
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}
Json time(const std::optional<double>& value) { return value ? to_json(*value, 3) : Json(); }
Json time(const std::optional<dbus::WallTime>& value) { return value ? to_json(seconds(*value), 3) : Json(); }

Json name_of(SinceKind kind) {
  constexpr const char* names[] = {"started", "counting", "seen", "down"};
  return names[static_cast<std::size_t>(kind)];
}

// Whole bytes per second, as long as an integer can hold them.
Json to_json(const std::vector<float>& history) {
  constexpr float beyond = 0x1p63F;
  Json values = Json::array();
  for (const float value : history)
    values.push_back(value < beyond ? Json(std::llround(value)) : Json(static_cast<double>(value)));
  return values;
}

void add_rates(const std::optional<Rates>& rates, Json& out) {
  const auto add = [&](const char* name, auto rate) {
    out[name] = rates ? to_json((*rates).*rate, 3) : Json();
  };
  add("read_bytes", &Rates::read_bytes);
  add("written_bytes", &Rates::written_bytes);
  add("reads", &Rates::reads);
  add("writes", &Rates::writes);
  add("errors", &Rates::errors);
  out["latency"] = rates && rates->latency ? to_json(*rates->latency, 9) : Json();
}

Json to_json(const StatusRow& row, const char* name) {
  Json out = Json::object();
  if (!row.id.empty()) out["id"] = row.id;
  out[name] = row.name;
  out["protocols"] = row.protocols;
  add_rates(row.rates, out);
  out["last_activity"] = time(row.last_activity);
  out["history"] = to_json(row.history);
  return out;
}

Json to_json(const StatusTable& table, const char* name) {
  Json rows = Json::array();
  for (const auto& row : table.rows) rows.push_back(to_json(row, name));
  const auto& query = table.query;
  return {{"known", or_null(table.known)}, {"matched", table.matched},   {"page", query.page},
          {"pages", table.pages},          {"per_page", query.per_page}, {"sort", name_of(query.sort)},
          {"order", name_of(query.order)}, {"filter", query.filter},     {"rows", std::move(rows)}};
}

Json statistics(const StatusFacts& facts) {
  Json out = Json::array();
  if (!facts.snapshot || !facts.snapshot->stats) return out;
  for (const auto& one : *facts.snapshot->stats) {
    const bool known = one.since != dbus::Timestamp{};
    out.push_back({{"name", one.name},
                   {"enabled", one.enabled},
                   {"since", one.enabled && known ? to_json(seconds(one.since), 3) : Json()}});
  }
  return out;
}

Json signs_of_life(const ScrapeState& live) {
  Json out = Json::array();
  for (const auto& [source, address, seen] : live.signs)
    out.push_back(
        {{"source", source}, {"address", address.empty() ? Json() : Json(address)}, {"seen", seen}});
  return out;
}

Json exporter(const StatusFacts& facts) {
  const auto& live = facts.live;
  const auto poll = live.last_poll;
  return {{"version", live.version},
          {"revision", live.revision},
          {"dbus_connected", or_null(live.bus_connected)},
          {"suspended_methods", live.suspended_methods},
          {"poll_interval", seconds(facts.poll_interval)},
          {"last_poll", poll ? to_json(seconds(poll->taken), 3) : Json()},
          {"poll_duration", poll ? to_json(seconds(poll->duration), 6) : Json()},
          {"last_fetch", time(live.last_fetch)}};
}

Json collectors_of(const ScrapeState& live) {
  Json out = Json::array();
  if (!live.last_poll) return out;
  for (std::size_t i = 0; i < collectors.size(); ++i) {
    if (!live.enabled[i]) continue;
    const auto& outcome = live.last_poll->outcomes[i];
    out.push_back({{"name", collectors[i].name},
                   {"supported", outcome.supported},
                   {"success", outcome.success},
                   {"duration", to_json(seconds(outcome.duration), 6)}});
  }
  return out;
}

Json totals(const StatusReport& report) {
  Json out = Json::object();
  add_rates(report.total, out);
  out["history"] = to_json(report.total_history);
  return out;
}

}  // namespace

std::string status_json(const StatusReport& report) {
  const auto& facts = *report.facts;
  const auto* snapshot = facts.snapshot.get();
  const Json whole{{"up", facts.live.up},
                   {"since", facts.since ? time(facts.since->time) : Json()},
                   {"since_kind", facts.since ? name_of(facts.since->kind) : Json()},
                   {"state", facts.live.up ? "up" : "down: " + facts.why_down},
                   {"last_beat", time(facts.live.last_heartbeat)},
                   {"heartbeats", or_null(facts.live.heartbeats)},
                   {"signs_of_life", signs_of_life(facts.live)},
                   {"version", snapshot ? or_null(snapshot->version) : Json()},
                   {"in_grace", snapshot ? or_null(snapshot->in_grace) : Json()},
                   {"exports_missing", snapshot ? or_null(snapshot->exports_missing) : Json()},
                   {"clients_active", snapshot ? or_null(snapshot->clients_active) : Json()},
                   {"statistics", statistics(facts)},
                   {"exporter", exporter(facts)},
                   {"collectors", collectors_of(facts.live)},
                   {"totals", totals(report)},
                   {"exports", to_json(report.exports, "path")},
                   {"clients", to_json(report.clients, "client")}};
  // A path may be any bytes; JSON is UTF-8.
  return whole.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ganesha::exporter
