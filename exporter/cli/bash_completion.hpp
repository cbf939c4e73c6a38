// The completion of the command line in bash: `make docs` writes it to packaging/bash-completion.
#pragma once

#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace ganesha::exporter {

/// The file for /usr/share/bash-completion/completions: functions of bash and one `complete`.
std::string bash_completion(const CLI::App& app);

}  // namespace ganesha::exporter
