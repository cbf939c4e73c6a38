#include "fake_recorded.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "fake_answers.hpp"

namespace fake {
namespace {

using nlohmann::json;

// ---- a value of a signature, appended to a message ----

// Takes one complete type off the front of `signature`.
std::string take_type(std::string_view& signature) {
  std::size_t end = 0;
  int depth = 0;
  do {
    const char c = signature.at(end++);
    depth += (c == '(') - (c == ')');
    if (c == 'a') continue;
    if (depth == 0) break;
  } while (true);
  const std::string type(signature.substr(0, end));
  signature.remove_prefix(end);
  return type;
}

void append_value(sd_bus_message* reply, const std::string& type, const json& value);

void append_values(sd_bus_message* reply, std::string_view signature, const json& values) {
  for (const auto& value : values) append_value(reply, take_type(signature), value);
}

template <class T>
void append_basic(sd_bus_message* reply, char type, T value) {
  check(sd_bus_message_append_basic(reply, type, &value));
}

void append_basic(sd_bus_message* reply, char type, const json& value) {
  switch (type) {
    case 'b':
      return append_basic(reply, type, static_cast<int>(value.get<bool>()));
    case 'y':
      return append_basic(reply, type, value.get<std::uint8_t>());
    case 'q':
      return append_basic(reply, type, value.get<std::uint16_t>());
    case 'i':
    case 'u':
      return append_basic(reply, type, value.get<std::uint32_t>());
    case 't':
      return append_basic(reply, type, value.get<std::uint64_t>());
    case 'd':
      return append_basic(reply, type, value.get<double>());
    default:
      check(sd_bus_message_append_basic(reply, type, value.get<std::string>().c_str()));
  }
}

void append_value(sd_bus_message* reply, const std::string& type, const json& value) {
  if (type.size() == 1) return append_basic(reply, type.front(), value);
  const bool array = type.front() == 'a';
  const std::string contents = array ? type.substr(1) : type.substr(1, type.size() - 2);
  check(sd_bus_message_open_container(reply, array ? 'a' : 'r', contents.c_str()));
  if (array)
    for (const auto& element : value) append_value(reply, contents, element);
  else
    append_values(reply, contents, value);
  check(sd_bus_message_close_container(reply));
}

// ---- the records ----

// The figures of an unknown export or client are those of the first that was recorded.
void answer_recorded(const World& world, sd_bus_message* call, sd_bus_message* reply) {
  const std::string member = sd_bus_message_get_member(call);
  if (member == "GetAllClientAllops" && !world.counts_client_all_ops) return refuse_client_all_ops(reply);
  const auto& replies = world.recorded.at(sd_bus_message_get_path(call) + std::string(" ") + member);
  append_values(reply, replies.signature, json::parse(replies.values));
}

bool is_played(const World& world, const std::string& object, const std::string& name) {
  return std::ranges::any_of(
      world.methods, [&](const Method& method) { return method.object == object && method.name == name; });
}

}  // namespace

void add_recorded(const std::string& version, World& world) {
  std::ifstream file(std::filesystem::path(GANESHA_FIXTURES) / "wire" / version / "replies.json");
  if (!file) throw std::invalid_argument("nothing was recorded of " + version);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('{')) continue;
    if (line.ends_with(',')) line.pop_back();
    const auto record = json::parse(line);
    if (!record.contains("reply")) continue;
    const auto object = record.at("path").get<std::string>(), name = record.at("method").get<std::string>();
    if (name == "Introspect" || is_played(world, object, name)) continue;
    world.methods.push_back({object, record.at("interface").get<std::string>(), name, {}, answer_recorded});
    world.recorded[std::string(object_root) + object + " " + name] = {
        record.at("signature").get<std::string>(), record.at("reply").dump()};
  }
  // The table keeps an interface's methods together.
  std::ranges::stable_sort(world.methods, {},
                           [](const Method& method) { return method.object + " " + method.interface; });
}

}  // namespace fake
