#include "exporter/top/status_reply.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "exporter/model/stats_switch.hpp"

namespace ganesha::exporter::top {
namespace {

using Json = nlohmann::json;

const Json& member(const Json& object, const char* name) {
  static const Json nothing;
  const auto found = object.find(name);  // The end of what is no object.
  return found == object.end() ? nothing : *found;
}

template <class Value>
std::optional<Value> known(const Json& object, const char* name) {
  const Json& value = member(object, name);
  if constexpr (std::is_same_v<Value, bool>) {
    if (value.is_boolean()) return value.get<bool>();
  } else {
    if (value.is_number()) return value.get<Value>();
  }
  return std::nullopt;
}

Number number(const Json& object, const char* name) { return known<double>(object, name); }

unsigned count(const Json& object, const char* name, unsigned otherwise) {
  const Json& value = member(object, name);
  return value.is_number_unsigned() ? value.get<unsigned>() : otherwise;
}

std::string text(const Json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }

TrafficRates rates(const Json& from) {
  return {number(from, "read_bytes"), number(from, "written_bytes"), number(from, "reads"),
          number(from, "writes"),     number(from, "errors"),        number(from, "latency")};
}

TableRow row(const Json& from, const char* name) {
  TableRow to{text(member(from, name)), text(member(from, "id")), {}, rates(from), {}, {}};
  for (const Json& protocol : member(from, "protocols")) to.protocols.push_back(text(protocol));
  to.last_activity = number(from, "last_activity");
  for (const Json& value : member(from, "history"))
    to.history.push_back(value.is_number() ? Number(value.get<double>()) : std::nullopt);
  return to;
}

Table table(const Json& from, const char* name) {
  Table to{number(from, "known"),  text(member(from, "filter")), count(from, "matched", 0),
           count(from, "page", 1), count(from, "pages", 1),      {}};
  for (const Json& entry : member(from, "rows")) to.rows.push_back(row(entry, name));
  return to;
}

bool statistics_off(const Json& list) {
  return std::any_of(list.begin(), list.end(), [](const Json& entry) {
    return text(member(entry, "name")) == name_of(Statistic::nfs) && known<bool>(entry, "enabled") == false;
  });
}

// One that the server does not support does not fail.
std::vector<std::string> failing(const Json& collectors) {
  std::vector<std::string> names;
  for (const Json& entry : collectors)
    if (known<bool>(entry, "supported") != false && known<bool>(entry, "success") == false)
      names.push_back(text(member(entry, "name")));
  return names;
}

StatusReply status(const Json& from) {
  StatusReply to;
  to.up = from.at("up").get<bool>();
  to.state = text(member(from, "state"));
  to.since = number(from, "since");
  to.since_kind = text(member(from, "since_kind"));
  to.last_heartbeat = number(from, "last_beat");
  to.version = text(member(from, "version"));
  to.in_grace = known<bool>(from, "in_grace");
  to.statistics_off = statistics_off(member(from, "statistics"));
  const Json& exporter = member(from, "exporter");
  to.exporter_version = text(member(exporter, "version"));
  to.dbus_connected = known<bool>(exporter, "dbus_connected");
  to.without_bus = exporter.contains("dbus_connected") && exporter["dbus_connected"].is_null();
  to.last_poll = number(exporter, "last_poll");
  for (const Json& name : member(exporter, "suspended_methods")) to.suspended_methods.push_back(text(name));
  to.failing_collectors = failing(member(from, "collectors"));
  to.exports_missing = member(from, "exports_missing").size();
  to.totals = rates(member(from, "totals"));
  to.exports = table(member(from, "exports"), "path");
  to.clients = table(member(from, "clients"), "client");
  return to;
}

}  // namespace

StatusReply parse_status(std::string_view json) {
  try {
    return status(Json::parse(json));
  } catch (const Json::exception&) {
    throw std::runtime_error("the response is not the status of an exporter");
  }
}

}  // namespace ganesha::exporter::top
