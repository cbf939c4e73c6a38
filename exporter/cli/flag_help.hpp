// How the flags are shown: the layout of --help, and docs/flags.md.
#pragma once

#include <memory>
#include <string>

namespace CLI {
class App;
class FormatterBase;
}  // namespace CLI

namespace ganesha::exporter {

/// Flags in groups, the help of each wrapped below it.
std::shared_ptr<CLI::FormatterBase> help_layout();

/// All flags of the program and of its commands as Markdown, one table a group.
std::string flags_reference(const CLI::App& app);

}  // namespace ganesha::exporter
