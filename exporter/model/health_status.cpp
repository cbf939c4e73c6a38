#include "exporter/model/health_status.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace ganesha::exporter {
namespace {

std::string seconds(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.begin(), text.end(), value, std::chars_format::fixed, 1).ptr;
  return std::string(text.begin(), end) + " s";
}

}  // namespace

std::string missing_sign(const std::vector<SignOfLife>& signs) {
  const auto missing = std::ranges::find(signs, false, &SignOfLife::seen);
  if (missing == signs.end()) return {};
  if (missing->source == "poll") return "no answer of NFS-Ganesha to polls";
  return missing->source == "built_in_page"
             ? "the metrics of NFS-Ganesha at " + missing->address + " were not read in time"
             : "NFS-Ganesha at " + missing->address + " does not answer NULL calls";
}

std::string why_down(const HealthStatus& state) {
  if (state.up) return {};
  if (!state.missing_sign.empty()) return state.missing_sign;
  if (!state.bus_connected) return "not connected to DBus";
  if (!state.owned) return "NFS-Ganesha is not on the bus";
  if (!state.seconds_since_heartbeat) return "no heartbeat of NFS-Ganesha yet";
  return "no healthy heartbeat of NFS-Ganesha for " + seconds(*state.seconds_since_heartbeat);
}

std::string why_not_ready(const HealthStatus& state) {
  if (!state.waits_for.empty()) return state.waits_for;
  const std::string reason = state.up ? "NFS-Ganesha is up, but no poll has succeeded yet" : why_down(state);
  return state.last_error.empty() || state.last_error == reason
             ? reason
             : reason + "; last error: " + state.last_error;
}

}  // namespace ganesha::exporter
