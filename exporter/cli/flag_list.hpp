// The flags as they were declared, for what is made from them: --help, docs/flags.md, the man page, the
// completion of bash and the defaults file.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace ganesha::exporter {

struct FlagGroup {
  std::string name;
  std::vector<const CLI::Option*> flags;
};

/// Those that --help shows, in its order.
std::vector<FlagGroup> groups_of(const CLI::App& app);

/// The commands of the program.
std::vector<const CLI::App*> commands_of(const CLI::App& app);

/// `top`, `record DIR`: a command with its arguments.
std::string synopsis_of(const CLI::App& command);

/// `-h` and `--help`; `--[no-]collector.server`; `DIR`, an argument without a flag.
std::vector<std::string> names_of(const CLI::Option& flag);

/// ADDRESS, FILE, ...; empty: the flag takes no value.
std::string value_of(const CLI::Option& flag);

/// The values of a flag that takes one of a few; empty: it takes others.
std::vector<std::string> choices_of(const CLI::Option& flag);

/// `-h, --help`, `--[no-]collector.server`, `--web.listen-address=ADDRESS`.
std::string label_of(const CLI::Option& flag);

/// The words of a text in lines of at most `width` bytes, each after `indent`; a longer word has its own
/// line.
std::string wrapped(const std::string& text, const std::string& indent, std::size_t width);

}  // namespace ganesha::exporter
