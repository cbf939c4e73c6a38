// How the supervisor evaluates the server's configuration.

#include "exporter/base/listed.hpp"
#include "exporter/supervisor/supervisor.hpp"

namespace ganesha::exporter {

void Supervisor::note_configuration(const Config& config) {
  const bool whole = config.unknown.empty();
  status_->configured_exports = whole ? std::optional(config.exports) : std::nullopt;
  if (!whole)
    log_.warn("The configuration of NFS-Ganesha can be read only in part; its exports are unknown",
              {{"reason", listed(config.unknown)}});
  if (config.several_cores)
    log_.warn(
        "The configuration has several NFS_CORE_PARAM blocks: NFS-Ganesha before 5.0 uses the last, later "
        "versions the first");
  const auto odd = exports_that_dbus_cannot_carry(config);
  if (!odd.empty())
    log_.warn("DBus carries only UTF-8: NFS-Ganesha may crash when its exports are queried",
              {{"reason", listed(odd)}});
}

// On SIGHUP the server reloads its exports. An error there is no reason to end a server that works.
void Supervisor::reload_configuration() {
  Config config;
  try {
    config = read_config(flags_.config_file);
    note_configuration(config);
  } catch (const std::exception& error) {
    config.unknown = {error.what()};
    status_->configured_exports.reset();
    log_.warn("Cannot reload the configuration of NFS-Ganesha", {{"reason", error.what()}});
  }
  ganesha_->expect_exports(config);
}

}  // namespace ganesha::exporter
