#include "exporter/cli/top_flags.hpp"

#include <CLI/CLI.hpp>

#include "exporter/base/parse.hpp"
#include "exporter/cli/flag_kinds.hpp"

namespace ganesha::exporter {
namespace {

constexpr unsigned most_rows = 500, most_iterations = 1'000'000'000;

void add_source(CLI::App& top, TopOptions& flags) {
  top.option_defaults()->group("Where from");
  add_value(top, "--exporter", "ADDRESS",
            with_default("Address of the running exporter, such as 127.0.0.1:19587 or fileserver:19587.",
                         "that of --web.listen-address"),
            "is not an address (such as :19587, 127.0.0.1:19587, [::1]:19587)",
            [&flags](const std::string& text) {
              flags.exporter = parse_listen_address(text);
              return flags.exporter.has_value();
            });
  add_duration(top, "-d,--interval", "Time from one look to the next.", flags.interval,
               std::chrono::milliseconds(100));
}

void add_what(CLI::App& top, TopOptions& flags) {
  top.option_defaults()->group("What is shown");
  add_choice(top, "-t,--table", "The table to begin with", flags.table,
             {top_table_names.begin(), top_table_names.end()});
  add_choice(top, "-s,--sort", "What the rows are sorted by, the largest first, names alphabetically",
             flags.sort, {top_sort_names.begin(), top_sort_names.end()});
  top.add_flag("-r,--reverse", flags.reverse, "Sort the other way round.");
  add_text(top, "-f,--filter", "TEXT", "Only rows that hold this text in the path, the id or the address.",
           flags.filter);
}

void add_form(CLI::App& top, TopOptions& flags) {
  top.option_defaults()->group("Plain output");
  top.add_flag("-b,--batch", flags.batch,
               "Print plain lines and no live view, as is done whenever standard input or output is no "
               "terminal.");
  add_value(top, "-n,--iterations", "NUMBER",
            with_default("Leave after so many looks; 0 for no limit.", "1, no limit for the live view"),
            "is not a whole number from 0 to " + std::to_string(most_iterations),
            [&flags](const std::string& text) {
              flags.iterations = parse_number(text, 0, most_iterations);
              return flags.iterations.has_value();
            });
  add_number(top, "--rows", "Most rows printed, 1 to " + std::to_string(most_rows) + ".", flags.rows, 1,
             most_rows);
  top.add_flag("--ascii", flags.ascii,
               "Use no other characters than ASCII, as is done whenever the locale is not UTF-8.");
}

}  // namespace

CLI::App* add_top(CLI::App& app, TopOptions& flags) {
  CLI::App* top = app.add_subcommand(
      "top",
      "Show the exports and clients with their live figures in this terminal, asking the running exporter.");
  add_source(*top, flags);
  add_what(*top, flags);
  add_form(*top, flags);
  top->option_defaults()->group("Other");
  top->set_help_flag("-h,--help", "Print this help and leave.");
  return top;
}

}  // namespace ganesha::exporter
