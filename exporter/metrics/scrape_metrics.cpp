#include "exporter/metrics/scrape_metrics.hpp"

#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter {
namespace {

void up(const ScrapeState& state, Samples& out) { out.add({}, bool_sample(state.up)); }

void up_source(const ScrapeState& state, Samples& out) {
  for (const auto& sign : state.signs) out.add({{"source", sign.source}}, bool_sample(sign.seen));
}

void heartbeats(const ScrapeState& state, Samples& out) {
  if (state.heartbeats) out.add({}, to_sample(*state.heartbeats));
}

void last_heartbeat(const ScrapeState& state, Samples& out) {
  if (state.last_heartbeat) out.add({}, seconds(*state.last_heartbeat));
}

void owner_changes(const ScrapeState& state, Samples& out) {
  if (state.owner_changes) out.add({}, to_sample(*state.owner_changes));
}

void build_info(const ScrapeState& state, Samples& out) {
  out.add({{"version", state.version}, {"revision", state.revision}}, 1);
}

void dbus_connected(const ScrapeState& state, Samples& out) {
  if (state.bus_connected) out.add({}, bool_sample(*state.bus_connected));
}

void method_suspended(const ScrapeState& state, Samples& out) {
  for (const auto& method : state.suspended_methods) out.add({{"method", method}}, 1);
}

void log_lines_dropped(const ScrapeState& state, Samples& out) {
  out.add({}, to_sample(state.log_lines_dropped));
}

void config_reload_successful(const ScrapeState& state, Samples& out) {
  if (state.config_reload) out.add({}, bool_sample(state.config_reload->successful));
}

void config_reload_time(const ScrapeState& state, Samples& out) {
  if (state.config_reload) out.add({}, seconds(state.config_reload->last_success));
}

// Calls `add` with the name of each enabled collector and its outcome in the last poll.
template <class Add>
void each_collector(const ScrapeState& state, Add add) {
  for (const auto& [id, name, help, by_default] : collectors) {
    const auto index = index_of(id);
    if (state.enabled[index])
      add(name, state.last_poll ? state.last_poll->outcomes[index] : CollectorOutcome{});
  }
}

void collector_success(const ScrapeState& state, Samples& out) {
  each_collector(state, [&](std::string_view name, const CollectorOutcome& outcome) {
    if (outcome.supported) out.add({{"collector", name}}, bool_sample(state.fresh && outcome.success));
  });
}

void collector_supported(const ScrapeState& state, Samples& out) {
  if (!state.last_poll) return;
  each_collector(state, [&](std::string_view name, const CollectorOutcome& outcome) {
    out.add({{"collector", name}}, bool_sample(outcome.supported));
  });
}

void collector_duration(const ScrapeState& state, Samples& out) {
  if (!state.last_poll) return;
  each_collector(state, [&](std::string_view name, const CollectorOutcome& outcome) {
    if (outcome.supported) out.add({{"collector", name}}, seconds(outcome.duration));
  });
}

void poll_duration(const ScrapeState& state, Samples& out) {
  if (state.last_poll) out.add({}, seconds(state.last_poll->duration));
}

void last_poll(const ScrapeState& state, Samples& out) {
  if (state.last_poll) out.add({}, seconds(state.last_poll->taken));
}

void last_fetch(const ScrapeState& state, Samples& out) {
  if (state.last_fetch) out.add({}, seconds(*state.last_fetch));
}

constexpr Origin life{{}, "heartbeat, NULL call, built-in page", any_version};
constexpr Origin heartbeat{{}, "heartbeat", "2.5"};
constexpr Origin name_owner{{}, "NameOwnerChanged", "2.5"};
constexpr Origin exporter{{}, "exporter", any_version};

}  // namespace

// clang-format off
ScrapeRows make_scrape_rows() {
  return {
    {"ganesha_up", gauge, life, "",
     "1 if Ganesha is on the bus and its last heartbeat is younger than --heartbeat.timeout, else 0. With "
     "--dbus.address=none: 1 if it answered the last NULL call within that time, and its own metrics, where "
     "--ganesha.metrics-url is given, were read.",
     up},
    {"ganesha_up_source", gauge, life, "source",
     "Each sign of life that ganesha_up needs: heartbeat; poll with --heartbeat.timeout=0; null_call and "
     "built_in_page with --dbus.address=none. 1 if it is there, else 0.",
     up_source},
    {"ganesha_heartbeats_total", counter, heartbeat, "",
     "Healthy heartbeats received. Absent with --dbus.address=none, as all that comes from the bus.", heartbeats},
    {"ganesha_last_heartbeat_timestamp_seconds", gauge, heartbeat, "",
     "Time of the last healthy heartbeat; absent before the first.", last_heartbeat},
    {"ganesha_owner_changes_total", counter, name_owner, "",
     "Number of times that another process acquired Ganesha's name on the bus. A restart counts as one.",
     owner_changes},

    {"ganesha_exporter_build_info", gauge, exporter, "version, revision",
     "Version of the exporter; always 1.", build_info},
    {"ganesha_exporter_collector_success", gauge, exporter, "collector",
     "Whether the collector succeeded in the last poll.", collector_success},
    {"ganesha_exporter_collector_supported", gauge, exporter, "collector",
     "Whether the server has the methods that the collector calls.", collector_supported},
    {"ganesha_exporter_collector_duration_seconds", gauge, exporter, "collector",
     "Duration of the collector in the last poll.", collector_duration},
    {"ganesha_exporter_poll_duration_seconds", gauge, exporter, "",
     "Duration of the last poll.", poll_duration},
    {"ganesha_exporter_last_poll_timestamp_seconds", gauge, exporter, "",
     "Time at which the last poll ended.", last_poll},
    {"ganesha_exporter_built_in_last_fetch_timestamp_seconds", gauge, exporter, "",
     "Time at which a page of the server's own metrics (collector built_in) was last taken; absent before the first. "
     "While later fetches fail, this page is still shown for up to two intervals and one timeout, unless the "
     "connection is refused.",
     last_fetch},
    {"ganesha_exporter_dbus_connected", gauge, exporter, "",
     "Whether the exporter is connected to the bus; absent with --dbus.address=none.", dbus_connected},
    {"ganesha_exporter_method_suspended", gauge, exporter, "method",
     "1 for each DBus method that is no longer called because Ganesha exited three times while it was "
     "called.",
     method_suspended},
    {"ganesha_exporter_log_lines_dropped_total", counter, exporter, "",
     "Log lines that were dropped because nobody read the log in time, or that could not be written.",
     log_lines_dropped},
    {"ganesha_exporter_config_last_reload_successful", gauge, exporter, "",
     "Whether the last reload of --web.config.file succeeded; absent without this flag.",
     config_reload_successful},
    {"ganesha_exporter_config_last_reload_success_timestamp_seconds", gauge, exporter, "",
     "Time of the last successful reload of --web.config.file; absent without this flag.",
     config_reload_time},
  };
}
// clang-format on

}  // namespace ganesha::exporter
