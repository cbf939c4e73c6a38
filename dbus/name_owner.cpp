#include "name_owner.hpp"

#include <utility>

namespace ganesha::dbus {

bool NameOwner::change_to(std::string_view name) {
  if (name == name_) return false;
  name_ = name;
  ++generation_;
  if (name_.empty()) return true;
  if (name_ != last_name_ && std::exchange(ever_owned_, true)) ++changes_;
  last_name_ = name_;
  return true;
}

void NameOwner::note_bus(std::string_view id) {
  if (std::exchange(bus_id_, id) != id) last_name_.clear();
}

bool NameOwner::note_heartbeat(std::string_view sender) {
  if (sender != name_) return false;
  ++heartbeats_;
  return true;
}

}  // namespace ganesha::dbus
