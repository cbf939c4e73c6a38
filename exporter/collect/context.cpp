#include "exporter/collect/context.hpp"

#include <utility>

#include "dbus/methods.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
namespace methods = dbus::methods;
using dbus::result;

// The parameter of NFS_CORE_PARAM that enables a statistic.
std::string_view parameter_of(Statistic statistic) {
  switch (statistic) {
    case Statistic::nfs:
      return "Enable_NFS_Stats";
    case Statistic::fsal:
      return "Enable_FSAL_Stats";
    case Statistic::v3_full:
      return "Enable_FULLV3_Stats";
    case Statistic::v4_full:
      return "Enable_FULLV4_Stats";
    case Statistic::auth:
      return "Enable_AUTH_Stats";
    case Statistic::client_all_ops:
      return "Enable_CLNT_AllOps_Stats";
  }
  return {};
}

std::string configuration_line(Statistic statistic) {
  return "NFS_CORE_PARAM { " + std::string(parameter_of(statistic)) + " = true; }";
}

std::optional<dbus::StatsSwitch> switch_of(const std::vector<dbus::StatsSwitch>& switches,
                                           Statistic statistic) {
  const auto* found = find_switch(switches, statistic);
  return found ? std::optional(*found) : std::nullopt;
}

}  // namespace

asio::awaitable<result<const std::vector<dbus::StatsSwitch>*>> CollectContext::switches() {
  if (!switches_) {
    const auto& status =
        has(methods::get_full_v3_stats) ? methods::status_stats : methods::status_stats_without_nfsv3;
    switches_ = co_await dbus::ask(bus_, status());
    if (*switches_) note_switches(**switches_);
  }
  co_return pointer_to(*switches_);
}

// Values of an earlier counting are forgotten.
void CollectContext::note_switches(const std::vector<dbus::StatsSwitch>& now) {
  if (now == memory_.switches) return;
  memory_.client_cache = {};
  memory_.bulk_ops_refused = false;
  for (const auto& one : now)
    if (one.enabled) memory_.logged.erase(std::string(one.name));
  memory_.other_latency = {};
  memory_.average_latency = {};
  const auto before = std::exchange(memory_.switches, now);
  const auto changed = [&](Statistic statistic) {
    return switch_of(before, statistic) != switch_of(now, statistic);
  };
  if (changed(Statistic::nfs))
    memory_.client_totals = {};
  else if (changed(Statistic::client_all_ops))
    memory_.client_totals.procedures = {};
}

// Where the server does not report whether the counters were reset, no cached value of a client can be
// trusted.
asio::awaitable<CollectResult> CollectContext::check_counting() {
  if (!has(methods::status_stats)) {
    memory_.client_cache = {};
    co_return CollectResult{};
  }
  const auto switches = co_await this->switches();
  if (!switches) memory_.client_cache = {};
  if (!switches && switches.error().code == dbus::errc::timed_out) co_return switches.error();
  co_return CollectResult{};
}

asio::awaitable<result<bool>> CollectContext::counts(Statistic statistic) {
  if (!has(methods::status_stats)) co_return true;
  const auto switches = co_await this->switches();
  // That StatusStats fails is reported by the collector server.
  if (!switches && switches.error().code != dbus::errc::timed_out) co_return true;
  if (!switches) co_return switches.error();
  const auto* found = find_switch(**switches, statistic);
  const bool on = !found || found->enabled;
  if (!on) log_uncounted(statistic);
  co_return on;
}

asio::awaitable<result<bool>> CollectContext::is_safe(dbus::Method method) {
  const std::string version = memory_.version.value_or("");
  if (always_safe(method, version)) co_return true;
  const auto clients = co_await this->clients();
  if (!clients) co_return clients.error();
  const auto hazard = hazard_of(method, version, memory_.clients_seen);
  if (hazard && memory_.logged.emplace(method.name).second)
    log_.warn("A call is left out: this server can crash on it after what a client did",
              {{"method", std::string(method.name)}, {"client_used", std::string(*hazard)}});
  co_return !hazard;
}

bool CollectContext::continue_without_ninep(const dbus::Error& error) {
  ninep_result_ = error;
  return error.code != dbus::errc::timed_out;
}

void CollectContext::log_uncounted(Statistic statistic) {
  if (memory_.logged.emplace(name_of(statistic)).second)
    log_.info("Statistic disabled in Ganesha; enable it in ganesha.conf",
              {{"stats", std::string(name_of(statistic))}, {"line", configuration_line(statistic)}});
}

void CollectContext::warn_once(const std::string& message, const dbus::Error& error) {
  if (memory_.logged.insert(message).second) log_.warn(message, {{"err", error.message()}});
}

}  // namespace ganesha::exporter
