// How the supervisor evaluates the server's configuration.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "exporter/base/listed.hpp"
#include "exporter/supervisor/supervisor.hpp"

namespace ganesha::exporter {

namespace asio = boost::asio;

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

// On SIGHUP the server reloads its exports. An error there is no reason to end a server that works; nor is a
// file system that does not answer one to leave its log unread.
asio::awaitable<void> Supervisor::reload_configuration(Life life) {
  auto work = [file = flags_.config_file]() -> asio::awaitable<Config> { co_return read_config(file); };
  Config config;
  std::string error;
  ++reads_;
  try {
    config = co_await asio::co_spawn(reader_, std::move(work), asio::use_awaitable);
  } catch (const std::exception& failure) {
    error = failure.what();
  }
  --reads_;
  if (life != ganesha_) co_return;
  if (error.empty()) {
    note_configuration(config);
  } else {
    config.unknown = {error};
    status_->configured_exports.reset();
    log_.warn("Cannot reload the configuration of NFS-Ganesha", {{"reason", error}});
  }
  life->expect_exports(config);
}

}  // namespace ganesha::exporter
