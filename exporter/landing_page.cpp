#include "exporter/landing_page.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace ganesha::exporter {
namespace {

std::string escaped(std::string_view text) {
  constexpr std::array<std::pair<char, std::string_view>, 5> entities{
      {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}}};
  std::string out;
  for (const char c : text) {
    const auto* entity =
        std::find_if(entities.begin(), entities.end(), [c](auto& e) { return e.first == c; });
    if (entity == entities.end())
      out += c;
    else
      out += entity->second;
  }
  return out;
}

std::string seconds(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.begin(), text.end(), value, std::chars_format::fixed, 1).ptr;
  return std::string(text.begin(), end) + " s";
}

std::string ago(const std::optional<double>& value) { return value ? seconds(*value) + " ago" : "never"; }

std::string row(std::string_view name, std::string_view value) {
  return "<tr><th scope=\"row\">" + escaped(name) + "</th><td>" + escaped(value) + "</td></tr>\n";
}

std::string link(const std::string& path, std::string_view text) {
  return "<li><a href=\"" + escaped(path) + "\">" + escaped(text) + "</a></li>\n";
}

std::string state_rows(const ServerState& state) {
  std::string rows = row("State", state.up ? "up" : "down");
  rows += row("Version", state.ganesha_version.empty() ? "unknown" : state.ganesha_version);
  rows += row("DBus", !state.bus_connected ? "not connected" : state.owned ? "connected" : "name not owned");
  rows += row("Last heartbeat", ago(state.seconds_since_beat));
  rows += row("Last poll", ago(state.seconds_since_poll));
  if (!state.last_error.empty()) rows += row("Last error", state.last_error);
  return rows;
}

}  // namespace

std::string landing_page(const Site& site, const ServerState& state) {
  const std::string revision = site.revision.empty() ? "" : " (revision " + site.revision + ")";
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n"
         "<title>NFS-Ganesha exporter</title>\n</head>\n<body>\n"
         "<h1>NFS-Ganesha exporter</h1>\n<p>Version " +
         escaped(site.version + revision) + "</p>\n<ul>\n" + link(site.telemetry_path, "Metrics") +
         link("/-/healthy", "Health of the exporter") + link("/-/ready", "Readiness of NFS-Ganesha") +
         "</ul>\n<h2>NFS-Ganesha</h2>\n<table>\n" + state_rows(state) + "</table>\n</body>\n</html>\n";
}

std::string why_not_ready(const ServerState& state) {
  std::string reason = "NFS-Ganesha is up, but no poll has succeeded yet";
  if (!state.bus_connected)
    reason = "not connected to DBus";
  else if (!state.owned)
    reason = "NFS-Ganesha is not on the bus";
  else if (!state.up && !state.seconds_since_beat)
    reason = "no heartbeat of NFS-Ganesha yet";
  else if (!state.up)
    reason = "no healthy heartbeat of NFS-Ganesha for " + seconds(*state.seconds_since_beat);
  return state.last_error.empty() ? reason : reason + "; last error: " + state.last_error;
}

}  // namespace ganesha::exporter
