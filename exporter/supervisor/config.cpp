// What the supervisor makes of the server's configuration, beside the start.

#include "exporter/base/listed.hpp"
#include "exporter/supervisor/supervisor.hpp"

namespace ganesha::exporter {

void Supervisor::note_configuration(const Config& config) {
  const bool whole = config.unknown.empty();
  facts_->configured_exports = whole ? std::optional(config.exports) : std::nullopt;
  if (!whole)
    log_.warn("The configuration of NFS-Ganesha cannot be read as a whole; which exports it has is not known",
              {{"reason", listed(config.unknown)}});
  if (config.several_cores)
    log_.warn(
        "The configuration has several blocks NFS_CORE_PARAM: NFS-Ganesha before 5.0 uses the last, later "
        "versions the first");
  const auto odd = exports_that_dbus_cannot_carry(config);
  if (!odd.empty())
    log_.warn("DBus carries UTF-8 only: NFS-Ganesha may crash when it is asked for its exports",
              {{"reason", listed(odd)}});
}

// At SIGHUP the server reads its exports again. What is wrong then is no reason to end one that works.
void Supervisor::read_configuration_again() {
  Config config;
  try {
    config = read_config(flags_.config_file);
    note_configuration(config);
  } catch (const std::exception& error) {
    config.unknown = {error.what()};
    facts_->configured_exports.reset();
    log_.warn("The configuration of NFS-Ganesha cannot be read again", {{"reason", error.what()}});
  }
  ganesha_->take_exports(config);
}

}  // namespace ganesha::exporter
