// What a message holds, whatever its signature: for recordings of replies that no decoder may know.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "error.hpp"
#include "message.hpp"

namespace ganesha::dbus {

// One value. `type` is that of signatures: 's', 't', ...; 'a', 'r' (a struct), 'e' (an entry of a dictionary)
// and 'v' have their members in `content`. Of a variant, `signature` is that of its member.
struct Value {
  char type = 0;
  std::string signature = {};
  std::variant<bool, std::int64_t, std::uint64_t, double, std::string, std::vector<Value>> content = false;
};

// All values of the message; malformed_reply where it is truncated or holds what no reply of Ganesha's does,
// such as a file descriptor.
result<std::vector<Value>> read_values(const Message& message);

}  // namespace ganesha::dbus
