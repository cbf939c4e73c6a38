// Parses signatures: the layout of the entries of ShowClients and ShowExports, and a helper for others. Used
// by decode*.cpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ganesha::dbus {

// Removes `token` from the front of `text` if it is there. Whether it was.
bool consume_prefix(std::string_view& text, std::string_view token);

struct EntryLayout {
  bool connected = false;     // newer than 15.2: a boolean behind the address
  bool flat = false;          // to 3.5: eight booleans without names
  std::size_t protocols = 0;  // how many (name, used) pairs or booleans
  bool operations = false;    // 15.2 on: the sum of all operations
  bool state = false;         // 6.0 on: Open, Lock, Delegation
};

// Reads `(tt)a(KEY…(tt))`, KEY being `s` for clients and `qs` for exports; nothing if it is unknown.
std::optional<EntryLayout> parse_list_signature(std::string_view signature, std::string_view key);

}  // namespace ganesha::dbus
