#include "exporter/collect/hazards.hpp"

#include <charconv>
#include <utility>

namespace ganesha::exporter {
namespace {

using dbus::Protocol;
using Version = std::pair<unsigned, unsigned>;

constexpr Version not_yet{~0U, 0};

struct Hazard {
  dbus::Method method;
  Protocol protocol;  // whose use by any client can have made the call dangerous
  Version fixed;
};

// These servers count procedures for which they have no name, and crash when they append the missing name to
// the reply: the NULL procedure of RQUOTA, 17 to 19 of NLM, LAYOUTSTATS of NFSv4.2.
constexpr Hazard hazards[] = {
    {dbus::methods::get_fast_ops, Protocol::rquota, not_yet},
    {dbus::methods::get_fast_ops, Protocol::nlmv4, not_yet},
    {dbus::methods::get_fast_ops, Protocol::nfsv42, {6, 1}},
    {dbus::methods::get_full_v4_stats, Protocol::nfsv42, {6, 1}},
    {dbus::methods::get_all_client_all_ops, Protocol::nlmv4, not_yet},
};

// {4, 3} for 4.3; {0, 0} for a text that is no version.
Version parse_version(std::string_view text) {
  Version version;
  const auto* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.first);
  if (major.ptr != end && *major.ptr == '.') std::from_chars(major.ptr + 1, end, version.second);
  return version;
}

}  // namespace

std::optional<std::string_view> hazard_of(const dbus::Method& method, std::string_view version,
                                          const ClientsSeen& clients) {
  const auto server = parse_version(version);
  for (const auto& one : hazards) {
    if (!(one.method == method) || server >= one.fixed) continue;
    if (clients.used[static_cast<std::size_t>(one.protocol)]) return name(one.protocol);
    // With Enable_Fast_Stats only what GetFastOPS reports is counted.
    if (clients.any && clients.used.none() && method == dbus::methods::get_fast_ops)
      return "unknown protocols";
  }
  return std::nullopt;
}

bool always_safe(const dbus::Method& method, std::string_view version) {
  return !hazard_of(method, version, {true, dbus::ProtocolSet().set()});
}

}  // namespace ganesha::exporter
