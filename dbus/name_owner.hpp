// Which process owns Ganesha's name on the bus, how often that changed, and its heartbeats. Bus owns one and
// reports what the bus says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ganesha::dbus {

class NameOwner {
 public:
  // The unique name of the owner; empty while nobody owns the name.
  const std::string& name() const noexcept { return name_; }
  // Whether the bus that is connected has said who it is.
  bool known() const noexcept { return known_; }
  // Counts every change, the loss of the owner among them.
  std::uint64_t generation() const noexcept { return generation_; }
  // How often another process took the name than the one before it.
  std::uint64_t changes() const noexcept { return changes_; }
  std::uint64_t heartbeats() const noexcept { return heartbeats_; }

  // `name` is empty when nobody owns it. True if that is a change.
  bool change_to(std::string_view name);
  void note_known() noexcept { known_ = true; }
  // The connection is lost: the next bus has yet to say who owns the name.
  void note_unknown() noexcept { known_ = false; }
  // The id of the bus that is connected. Another bus gives the old unique names to new processes.
  void note_bus(std::string_view id);
  // Counts a heartbeat if the owner sent it: any process can send a signal of that name. Whether it counted.
  bool note_heartbeat(std::string_view sender);

 private:
  std::string name_;
  std::string last_name_;  // of the latest owner
  std::string bus_id_;
  bool known_ = false;
  bool ever_owned_ = false;
  std::uint64_t generation_ = 0;
  std::uint64_t changes_ = 0;
  std::uint64_t heartbeats_ = 0;
};

}  // namespace ganesha::dbus
