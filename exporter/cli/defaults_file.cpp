#include "exporter/cli/defaults_file.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

#include "exporter/cli/flag_list.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::size_t file_width = 110;

// An admin edits the installed file, so it does not say that it is generated.
constexpr std::string_view file_opening =
    R"(# Flags of ganesha-exporter.service: in ARGS, at the end of this file. After a change:
#   systemctl restart ganesha-exporter
# `ganesha_exporter --config.check` with the same flags checks them; ganesha_exporter(1) is the manual.
# Those of ganesha-exporter@NAME.service are in /etc/default/ganesha-exporter-NAME.
#
# Often needed
#   Dbus_Name_Prefix = "NAME" in ganesha.conf: --dbus.service-name=NAME.org.ganesha.nfsd
#   Heartbeat_Freq = 0 in ganesha.conf:        --heartbeat.timeout=0
#   only this machine may connect:             --web.listen-address=127.0.0.1:19587
#   a proxy on this machine:                   --web.listen-address=unix:/run/ganesha-exporter/http.sock
#   with ganesha-exporter.socket:              --web.systemd-socket
#   TLS and passwords:                         --web.config.file=/etc/ganesha-exporter/web.yml
#   probes without a certificate:              --web.health-listen-address=127.0.0.1:19588
# --ganesha.run does not work here: it needs what this unit takes away.
#
# Quoting: systemd reads this file, not a shell. One line, flags separated by spaces, no $VARIABLE. A value
# with spaces has quotes of its own: ARGS="--collector.exports.exclude='/srv/old data' --log.level=warn".
# Backslashes are removed: in a PATTERN, write [.] instead of \.
#
# All flags, with their defaults in parentheses. Durations are written as 200ms, 5s, 1m30s, 1d.
)";

constexpr std::string_view file_closing = R"(
ARGS=""
)";

// Those of a service. The others run a server, or are for one call.
constexpr std::string_view groups_of_a_service[] = {
    "Web", "DBus", "Polling", "Collectors", "Filters", "Logging", "NFS-Ganesha's own metrics"};

// The unit has its own directory for it.
constexpr std::string_view set_by_the_unit = "--state.path";

// `--poll.interval=DURATION (5s): Time ...`, with further lines indented.
std::string comment_of(const CLI::Option& flag) {
  constexpr std::string_view begin = "#   ", indent = "#       ";
  const std::string value = flag.get_default_str();
  const std::string head = label_of(flag) + (value.empty() ? "" : " (" + value + ")") + ": ";
  const std::string lines = wrapped(head + flag.get_description(), std::string(indent), file_width);
  return std::string(begin) + lines.substr(indent.size());
}

std::string comments_of(const FlagGroup& group) {
  std::string text = "\n# " + group.name + "\n";
  for (const CLI::Option* flag : group.flags)
    if (names_of(*flag).front() != set_by_the_unit) text += comment_of(*flag);
  return text;
}

}  // namespace

std::string defaults_file(const CLI::App& app) {
  std::string text(file_opening);
  for (const auto& group : groups_of(app))
    if (std::ranges::find(groups_of_a_service, group.name) != std::end(groups_of_a_service))
      text += comments_of(group);
  return text + std::string(file_closing);
}

}  // namespace ganesha::exporter
