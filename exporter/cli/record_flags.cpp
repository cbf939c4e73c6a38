// The command `ganesha_exporter record DIR`.
#include <CLI/CLI.hpp>

#include "exporter/cli/flag_groups.hpp"

namespace ganesha::exporter {

CLI::App* add_record(CLI::App& app, std::string& folder) {
  CLI::App* record = app.add_subcommand(
      "record",
      "Poll the server once and write its replies to files in the directory DIR, for a report of a bug: "
      "addresses, paths and names are replaced. The flags of the program say how to reach the server; with "
      "--ganesha.metrics-url its own page of metrics is saved too. "
      "Without --collector.NAME and --no-collector.NAME all collectors run but "
      "`procedures`.");
  record->fallthrough();
  record->option_defaults()->group("Argument");
  record->add_option("DIR", folder, "Directory for the files, empty or missing.")->required()->type_name("");
  record->option_defaults()->group("Other");
  record->set_help_flag("-h,--help", "Print this help and exit.");
  return record;
}

}  // namespace ganesha::exporter
