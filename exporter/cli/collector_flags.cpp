// The flags of the collectors, and of what they leave out.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "exporter/cli/flag_groups.hpp"
#include "exporter/cli/flag_kinds.hpp"

namespace ganesha::exporter {
namespace {

void add_filter(CLI::App& app, const std::string& collector, const std::string& what, Filter& into) {
  const auto add = [&](const std::string& name, const std::string& help, std::optional<Pattern>& pattern) {
    return add_value(app, {"--collector." + collector + "." + name, "PATTERN", help},
                     "is neither a regular expression nor a list of networks (such as 10.0.0.0/8)",
                     [&pattern](const std::string& text) {
                       pattern = text.empty() ? std::nullopt : Pattern::parse(text);
                       return text.empty() || pattern.has_value();
                     });
  };
  auto* include = add("include", "Show only " + what, into.include);
  add("exclude", "Leave out " + what, into.exclude)->excludes(include);
}

void add_aggregation(CLI::App& app, ClientSelection& into) {
  add_value(
      app,
      {"--collector.clients.aggregate", "/LENGTH[,/LENGTH]",
       "Sum the clients of each network of this prefix length, such as /24, or /24,/56 for IPv4 and IPv6. "
       "Without the second one it is /64 for IPv6.",
       "off"},
      "is not the length of a network (such as /24 or /24,/56)",
      [&into](const std::string& text) { return store(Aggregation::parse(text), into.aggregation); });
}

}  // namespace

void add_collectors(CLI::App& app, CollectorFlags& into) {
  app.option_defaults()->group("Collectors");
  for (std::size_t i = 0; i < collectors.size(); ++i) {
    const std::string name = "collector." + std::string(collectors[i].name);
    const std::string help = "Collect " + std::string(collectors[i].help) + ".";
    into.options[i] = app.add_flag("--" + name + ",!--no-" + name, into.wanted[i], help)
                          ->default_str(collectors[i].by_default ? "on" : "off")
                          ->take_last();
  }
  add_switch(app, "--collector.disable-defaults",
             "Enable only the collectors that are named on the command line.", into.disable_defaults);
}

CollectorSet CollectorFlags::enabled() const {
  CollectorSet set;
  for (std::size_t i = 0; i < collectors.size(); ++i) {
    const bool by_default = collectors[i].by_default && !disable_defaults;
    set[i] = options[i]->count() > 0 ? wanted[i] : by_default;
  }
  return set;
}

CollectorSet CollectorFlags::named() const {
  CollectorSet set;
  for (std::size_t i = 0; i < collectors.size(); ++i) set[i] = options[i]->count() > 0 && wanted[i];
  return set;
}

bool CollectorFlags::chosen() const {
  return disable_defaults ||
         std::ranges::any_of(options, [](const CLI::Option* option) { return option->count() > 0; });
}

void add_filters(CLI::App& app, Selection& into) {
  app.option_defaults()->group("Filters");
  add_filter(app, "exports", "exports whose whole path matches this regular expression (RE2 syntax).",
             into.exports.filter);
  add_number(
      app, "--collector.exports.max",
      "Show at most this many exports, the most recently active ones; ganesha_exporter_exports_dropped "
      "counts the others. 0: no limit.",
      into.exports.max, 0, 65'536);
  add_filter(app, "clients",
             "clients whose whole address matches this regular expression (RE2 syntax) or is in one of these "
             "networks (10.0.0.0/8,2001:db8::/32).",
             into.clients.filter);
  add_duration(
      app, "--collector.clients.max-idle",
      "Leave out clients that have been idle for longer: NFS-Ganesha never forgets one. 0: no limit.",
      into.clients.max_idle, std::chrono::milliseconds(0));
  add_number(
      app, "--collector.clients.max",
      "Show at most this many clients, the most recently active ones; ganesha_exporter_clients_dropped "
      "counts the others. 0: no limit.",
      into.clients.max, 0, 10'000'000);
  add_aggregation(app, into.clients);
  add_choice(
      app, "--collector.clients.detail",
      "How much to ask and to serve of each client: everything, only its bytes and operations, or only "
      "one series with all its bytes",
      into.clients.detail, {"full", "io", "totals"});
}

}  // namespace ganesha::exporter
