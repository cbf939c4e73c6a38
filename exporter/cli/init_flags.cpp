#include "exporter/cli/init_flags.hpp"

#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "exporter/base/text.hpp"
#include "exporter/cli/flag_groups.hpp"
#include "exporter/cli/flags.hpp"

namespace ganesha::exporter {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

// The words of a file in which each ends with a zero byte; empty where it cannot be read.
std::optional<Words> words_of_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in) return std::nullopt;
  Words words;
  for (const auto word : split(text, '\0')) words.emplace_back(word);
  if (words.back().empty()) words.pop_back();
  return words;
}

// The link cannot be read where process 1 has another user. It is another file after an upgrade.
bool is_this_program(const fs::path& process, const Words& command) {
  std::error_code error;
  if (fs::equivalent(process / "exe", "/proc/self/exe", error)) return true;
  return !command.empty() && fs::path(command.front()).filename() == "ganesha_exporter";
}

std::optional<Options> parsed(const Words& command) {
  std::vector<const char*> arguments;
  for (const std::string& word : command) arguments.push_back(word.c_str());
  auto result = parse_flags(static_cast<int>(arguments.size()), arguments.data(), "");
  if (auto* options = std::get_if<Options>(&result)) return std::move(*options);
  return std::nullopt;
}

// The flag that stands for the variable, with the program's name before it.
Words command_of(const Words& environment) {
  const std::string begin = std::string(listen_variable) + "=";
  Words command{"ganesha_exporter"};
  for (const std::string& variable : environment)
    if (variable.starts_with(begin) && variable != begin)
      command.push_back("--web.listen-address=" + variable.substr(begin.size()));
  return command;
}

InitFlags with_environment(Options options, const fs::path& file) {
  const auto environment = words_of_file(file);
  if (!environment) return {std::move(options), "cannot read the environment of process 1"};
  const auto of_environment = parsed(command_of(*environment));
  if (!of_environment) return {std::move(options), "cannot parse the environment of process 1"};
  options.listen = of_environment->listen;
  return {std::move(options), ""};
}

}  // namespace

InitFlags flags_of_init(const fs::path& process) {
  const auto command = words_of_file(process / "cmdline");
  if (!command) return {std::nullopt, "cannot read the flags of process 1"};
  if (!is_this_program(process, *command)) return {};
  auto options = parsed(*command);
  if (!options) return {std::nullopt, "cannot parse the flags of process 1"};
  if (options->action != Action::serve) return {};
  // By its flag, or by a variable of this process, which is one of process 1 too.
  if (options->listen_from != AddressSource::by_default) return {std::move(options), ""};
  return with_environment(std::move(*options), process / "environ");
}

}  // namespace ganesha::exporter
