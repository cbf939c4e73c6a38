// The command `ganesha_exporter top` and its flags.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "exporter/base/parse.hpp"
#include "exporter/cli/flag_groups.hpp"
#include "exporter/cli/flag_kinds.hpp"

namespace ganesha::exporter {
namespace {

constexpr unsigned max_rows = 500, max_iterations = 1'000'000'000;

void add_connection(CLI::App& top, TopOptions& options, ExporterToAsk& ask) {
  top.option_defaults()->group("Connection");
  add_exporter_to_ask(top, ask);
  add_duration(top, "-d,--interval", "Refresh interval.", options.interval, std::chrono::milliseconds(100));
}

void add_table(CLI::App& top, TopOptions& options) {
  top.option_defaults()->group("Table");
  add_choice(top, "-t,--table", "Table to show first", options.table,
             {top_table_names.begin(), top_table_names.end()});
  add_choice(top, "-s,--sort", "Sort key; largest value first, names alphabetically", options.sort,
             {top_sort_names.begin(), top_sort_names.end()});
  add_switch(top, "-r,--reverse", "Reverse the sort order.", options.reverse);
  add_text(top, {"-f,--filter", "TEXT", "Show only rows with this text in the path, id or address."},
           options.filter);
}

void add_output(CLI::App& top, TopOptions& options) {
  top.option_defaults()->group("Plain output");
  add_switch(top, "-b,--batch",
             "Print plain lines instead of the live view. Implied where standard input or output is not a "
             "terminal.",
             options.batch);
  add_value(top,
            {"-n,--iterations", "NUMBER", "Exit after this many refreshes; 0: no limit.",
             "1, no limit for the live view"},
            fmt::format("is not a whole number from 0 to {}", max_iterations),
            [&options](const std::string& text) {
              return store(parse_number(text, 0, max_iterations), options.iterations);
            });
  add_number(top, "--rows", fmt::format("Maximum rows to print, 1 to {}.", max_rows), options.rows, 1,
             max_rows);
  add_switch(top, "--ascii", "Use only ASCII characters. Implied where the locale is not UTF-8.",
             options.ascii);
}

}  // namespace

CLI::App* add_top(CLI::App& app, TopOptions& options, ExporterToAsk& ask) {
  CLI::App* top = app.add_subcommand(
      "top",
      "Show exports and clients with their current rates in this terminal, from the running exporter.");
  add_connection(*top, options, ask);
  add_table(*top, options);
  add_output(*top, options);
  top->option_defaults()->group("Other");
  top->set_help_flag("-h,--help", "Print this help and exit.");
  return top;
}

}  // namespace ganesha::exporter
