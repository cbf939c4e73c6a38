#include "fake_values.hpp"

#include <string_view>
#include <utility>

namespace fake {
namespace {

template <class T>
T read_basic(sd_bus_message* message, char type) {
  T value{};
  check(sd_bus_message_read_basic(message, type, &value));
  return value;
}

void read_leaf(sd_bus_message* message, Value& value) {
  const char type = value.type.front();
  switch (type) {
    case 'y':
      value.number = read_basic<std::uint8_t>(message, type);
      return;
    case 'n':
    case 'q':
      value.number = read_basic<std::uint16_t>(message, type);
      return;
    case 'b':
    case 'i':
    case 'u':
      value.number = read_basic<std::uint32_t>(message, type);
      return;
    case 'x':
    case 't':
      value.number = read_basic<std::uint64_t>(message, type);
      return;
    case 'd':
      value.real = read_basic<double>(message, type);
      return;
    default:
      value.text = read_basic<const char*>(message, type);
  }
}

std::string container_type(char type, const std::string& contents) {
  switch (type) {
    case 'r':
      return "(" + contents + ")";
    case 'e':
      return "{" + contents + "}";
    case 'a':
      return "a" + contents;
    default:
      return "v";
  }
}

Value read_value(sd_bus_message* message) {
  char type = 0;
  const char* contents = nullptr;
  check(sd_bus_message_peek_type(message, &type, &contents));
  Value value;
  value.type = contents == nullptr ? std::string(1, type) : container_type(type, contents);
  if (contents == nullptr) {
    read_leaf(message, value);
    return value;
  }
  check(sd_bus_message_enter_container(message, type, contents));
  while (check(sd_bus_message_at_end(message, 0)) == 0) value.members.push_back(read_value(message));
  check(sd_bus_message_exit_container(message));
  return value;
}

template <class T>
void append_basic(sd_bus_message* message, char type, T value) {
  check(sd_bus_message_append_basic(message, type, &value));
}

void append_leaf(sd_bus_message* message, const Value& value) {
  const char type = value.type.front();
  switch (type) {
    case 'y':
      return append_basic(message, type, static_cast<std::uint8_t>(value.number));
    case 'n':
    case 'q':
      return append_basic(message, type, static_cast<std::uint16_t>(value.number));
    case 'b':
    case 'i':
    case 'u':
      return append_basic(message, type, static_cast<std::uint32_t>(value.number));
    case 'x':
    case 't':
      return append_basic(message, type, value.number);
    case 'd':
      return append_basic(message, type, value.real);
    default:
      check(sd_bus_message_append_basic(message, type, value.text.c_str()));
  }
}

// The signature inside a container.
std::string contents_of(const Value& value) {
  if (value.type == "v") return value.members.at(0).type;
  if (value.is_array()) return value.type.substr(1);
  return value.type.substr(1, value.type.size() - 2);
}

char kind_of(const Value& value) {
  switch (value.type.front()) {
    case '(':
      return 'r';
    case '{':
      return 'e';
    default:
      return value.type.front();
  }
}

void append_value(sd_bus_message* message, const Value& value) {
  constexpr std::string_view containers = "({av";
  if (containers.find(value.type.front()) == std::string_view::npos) return append_leaf(message, value);
  check(sd_bus_message_open_container(message, kind_of(value), contents_of(value).c_str()));
  append_values(message, value.members);
  check(sd_bus_message_close_container(message));
}

}  // namespace

Value text_value(std::string text) { return {"s", 0, 0, std::move(text), {}}; }

Value struct_of(Values members) {
  std::string contents;
  for (const Value& member : members) contents += member.type;
  return {"(" + contents + ")", 0, 0, {}, std::move(members)};
}

Value array_of(Values members) {
  std::string type = "a" + members.at(0).type;
  return {std::move(type), 0, 0, {}, std::move(members)};
}

Values read_values(sd_bus_message* message) {
  check(sd_bus_message_seal(message, 1, 0));
  check(sd_bus_message_rewind(message, 1));
  Values values;
  while (check(sd_bus_message_at_end(message, 0)) == 0) values.push_back(read_value(message));
  return values;
}

void append_values(sd_bus_message* message, const Values& values) {
  for (const Value& value : values) append_value(message, value);
}

}  // namespace fake
