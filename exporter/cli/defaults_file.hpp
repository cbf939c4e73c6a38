// /etc/default/ganesha-exporter, the flags of the systemd unit: `make docs` writes it to packaging/systemd.
#pragma once

#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace ganesha::exporter {

/// Each flag that makes sense in the unit as a comment, and ARGS="" at the end.
std::string defaults_file(const CLI::App& app);

}  // namespace ganesha::exporter
