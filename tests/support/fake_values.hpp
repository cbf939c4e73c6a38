// The content of a message as a tree: what the hostile server changes of an honest reply.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fake_sd.hpp"

namespace fake {

// One complete type. A struct, an array, a dictionary's entry and a variant have members.
struct Value {
  std::string type;          // "t", "(tt)", "a(qs)", "v"
  std::uint64_t number = 0;  // b y n q i u x t
  double real = 0;           // d
  std::string text;          // s o g
  std::vector<Value> members;

  bool is_struct() const { return type.front() == '('; }
  bool is_array() const { return type.front() == 'a'; }
};
using Values = std::vector<Value>;

Value text_value(std::string text);
Value struct_of(Values members);
// The members have one type.
Value array_of(Values members);

// Seals the message, which was not sent yet.
Values read_values(sd_bus_message* message);
void append_values(sd_bus_message* message, const Values& values);

// Calls use() for each value that has no members.
template <class Use>
void each_leaf(Values& values, Use use) {
  for (Value& value : values) {
    if (value.members.empty() && value.type.size() == 1) use(value);
    each_leaf(value.members, use);
  }
}

}  // namespace fake
