// The flags by group; parse_flags() adds them all. What the options hold before is the default.
#pragma once

#include <array>
#include <string>

#include "exporter/model/options.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace ganesha::exporter {

/// The environment variable of --web.listen-address.
inline constexpr const char* listen_variable = "GANESHA_EXPORTER_WEB_LISTEN_ADDRESS";

void add_web(CLI::App& app, Options& options);
/// The first of them: the addresses.
void add_listeners(CLI::App& app, Options& options);
void add_dbus(CLI::App& app, Options& options);
void add_polling(CLI::App& app, Options& options);
void add_logging(CLI::App& app, Options& options);

/// Which collectors are on is known after all flags are read.
struct CollectorFlags {
  std::array<bool, collectors.size()> wanted{};
  std::array<CLI::Option*, collectors.size()> options{};
  bool disable_defaults = false;

  CollectorSet enabled() const;
  /// Those that the command line enables by name.
  CollectorSet named() const;
  /// Whether the command line enables or disables any.
  bool chosen() const;
};
void add_collectors(CLI::App& app, CollectorFlags& into);
void add_filters(CLI::App& app, Selection& into);

/// Each of them is an environment variable too: --ganesha.config-file is GANESHA_CONFIG_FILE.
void add_ganesha(CLI::App& app, RunOptions& options);

/// The server's own page of metrics. Environment variables as well.
void add_built_in(CLI::App& app, Options& options);

/// Which exporter --healthcheck and `top` ask, and how; both have these flags.
void add_exporter_to_ask(CLI::App& app, ExporterToAsk& into);
/// What is wrong with these flags together; empty: nothing.
std::string fault_in(const ExporterToAsk& flags);

/// Adds the command `record`; asked for in the same way as `top`.
CLI::App* add_record(CLI::App& app, std::string& folder);

/// What is wrong with the flags of a server without a bus together; empty: nothing.
std::string fault_in_bus(const Options& options);

/// Adds the command `top`. The caller asks CLI11 whether it was given.
CLI::App* add_top(CLI::App& app, TopOptions& options, ExporterToAsk& ask);

}  // namespace ganesha::exporter
