#include "exporter/collect/suspension_log.hpp"

#include "exporter/base/listed.hpp"

namespace ganesha::exporter {
namespace {

std::string list_of(const std::vector<dbus::Method>& methods) {
  std::vector<std::string> labels;
  for (const auto& method : methods) labels.push_back(label_of(method));
  return listed(labels);
}

}  // namespace

void log_suspension(Log& log, dbus::SuspensionStep step, const std::vector<dbus::Method>& methods) {
  const auto names = list_of(methods);
  switch (step) {
    case dbus::SuspensionStep::suspected:
      log.warn(
          "NFS-Ganesha ended while calls were open; these methods are called one at a time after its restart",
          {{"methods", names}});
      break;
    case dbus::SuspensionStep::singled_out:
      log.warn(
          "NFS-Ganesha ended again while one method was called alone; if it ends a third time, the method "
          "is suspended",
          {{"method", names}});
      break;
    case dbus::SuspensionStep::suspended:
      log.error(
          "Method suspended: NFS-Ganesha ended three times while it was called. Lift the suspension with "
          "--dbus.retry-suspended",
          {{"method", names}, {"object", methods.front().object}});
      break;
    case dbus::SuspensionStep::cleared:
      log.info("No method is suspected of ending NFS-Ganesha any more");
      break;
    case dbus::SuspensionStep::new_version:
      log.info("Another version of NFS-Ganesha: suspended methods are called again", {{"methods", names}});
      break;
  }
}

}  // namespace ganesha::exporter
