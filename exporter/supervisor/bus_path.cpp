#include "exporter/supervisor/bus_path.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "dbus/system_bus_address.hpp"
#include "exporter/base/text.hpp"
#include "exporter/supervisor/dependency_commands.hpp"

namespace ganesha::exporter {
namespace {

namespace fs = std::filesystem;

constexpr const char* usual_path = "/run/ganesha_exporter/bus";

[[noreturn]] void throw_last_error() { throw std::runtime_error(std::strerror(errno)); }

fs::path lock_of(const fs::path& socket) { return socket.string() + ".lock"; }

// PID 1 of a container starts the system bus, because no other process does.
std::vector<fs::path> paths_to_try(const std::string& wanted) {
  if (!wanted.empty()) return {wanted};
  if (getpid() == 1) return {dbus::standard_bus_socket, usual_path};
  return {usual_path};
}

std::unique_ptr<BusPath> try_path(const fs::path& path, std::vector<std::string>& reasons) {
  try {
    return std::make_unique<BusPath>(path);
  } catch (const std::exception& error) {
    reasons.push_back(path.string() + ": " + error.what());
    return nullptr;
  }
}

}  // namespace

BusPath::Lock::Lock(const fs::path& file)
    : descriptor_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)) {
  if (descriptor_ < 0) throw_last_error();
  if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  close(descriptor_);
  throw std::runtime_error("another ganesha_exporter uses it");
}

BusPath::Lock::~Lock() { close(descriptor_); }

void BusPath::restore() {
  std::error_code error;
  // Another descriptor of the file that is there could not be locked.
  if (lock_ && fs::exists(lock_of(path_), error)) return;
  fs::create_directories(path_.parent_path(), error);
  if (error) throw std::runtime_error(error.message());
  lock_ = std::make_unique<Lock>(lock_of(path_));
}

BusPath::BusPath(fs::path path) : path_(std::move(path)) {
  restore();
  std::error_code error;
  if (path_.native().size() >= sizeof sockaddr_un::sun_path) throw std::runtime_error("the path is too long");
  if (bus_reachable(address())) throw std::runtime_error("another bus listens there");
  // The dbus-daemon replaces a socket that its predecessor left.
  if (fs::exists(path_, error) && !fs::is_socket(path_, error))
    throw std::runtime_error("it is not a socket");
}

std::unique_ptr<BusPath> hold_bus_path(const std::string& wanted, const fs::path& folder, Log& log) {
  std::vector<std::string> reasons;
  for (const auto& path : paths_to_try(wanted))
    if (auto held = try_path(path, reasons)) return held;
  auto private_path = std::make_unique<BusPath>(folder / "bus");
  log.warn("The private bus cannot have its usual path",
           {{"reason", joined(reasons, "; ")}, {"address", private_path->address()}});
  return private_path;
}

}  // namespace ganesha::exporter
