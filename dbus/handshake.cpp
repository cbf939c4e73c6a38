#include "handshake.hpp"

#include <sys/stat.h>

#include <optional>
#include <utility>

namespace ganesha::dbus {
namespace {

constexpr std::uint64_t look_every_us = 100'000;

using FileId = std::pair<dev_t, ino_t>;

// The socket at the path of such an address; nothing for any other, or without a file.
std::optional<FileId> socket_of(const std::string& address) {
  constexpr std::string_view unix_path = "unix:path=";
  if (!address.starts_with(unix_path)) return std::nullopt;
  const auto end = address.find_first_of(",;");
  const auto path = address.substr(unix_path.size(), end - unix_path.size());
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) return std::nullopt;
  return FileId{file.st_dev, file.st_ino};
}

int start(sd_bus* bus, const std::string& address) {
  int done = sd_bus_set_address(bus, address.c_str());
  if (done >= 0) done = sd_bus_set_bus_client(bus, 1);
  return done >= 0 ? sd_bus_start(bus) : done;
}

// A step of the handshake, or a wait for the bus. Negative on failure.
int advance(sd_bus* bus) {
  const int worked = sd_bus_process(bus, nullptr);
  return worked == 0 ? sd_bus_wait(bus, look_every_us) : worked;
}

Error failure(const std::string& address, const std::string& why) {
  return {errc::not_connected, address + ": " + why};
}

}  // namespace

result<OpenBus> shake_hands(const std::string& address, const std::atomic<bool>& given_up) {
  sd_bus* made = nullptr;
  int done = sd_bus_new(&made);
  OpenBus bus(made);
  const auto socket = socket_of(address);
  if (done >= 0) done = start(bus.get(), address);
  while (done >= 0 && sd_bus_is_ready(bus.get()) == 0) {
    if (given_up) return Error{errc::timed_out, {}};
    if (socket_of(address) != socket) return failure(address, "another bus took the address");
    done = advance(bus.get());
  }
  if (done < 0) return failure(address, std::generic_category().message(-done));
  return bus;
}

}  // namespace ganesha::dbus
