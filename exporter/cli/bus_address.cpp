#include "exporter/cli/bus_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "exporter/base/log.hpp"
#include "exporter/base/text.hpp"
#include "exporter/base/url.hpp"
#include "exporter/cli/flag_kinds.hpp"

namespace ganesha::exporter {
namespace {

using Keys = std::vector<std::string>;

// `needs` has one entry for each key that must be there: the names that it may have.
struct Transport {
  std::string name;
  std::vector<Keys> needs;
};

// Those of libsystemd.
const std::vector<Transport>& transports() {
  static const std::vector<Transport> all{{"unix", {{"path", "abstract"}}},
                                          {"tcp", {{"host"}, {"port"}}},
                                          {"unixexec", {{"path"}}},
                                          {"x-machine-unix", {{"machine", "pid"}}}};
  return all;
}

std::string names_of_transports() {
  std::vector<std::string> names;
  for (const auto& transport : transports()) names.push_back(transport.name);
  return alternatives(names);
}

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }

// The bytes that a value may hold without an escape.
bool is_plain(char c) {
  return is_hex_digit(c) || (to_lower(c) >= 'g' && to_lower(c) <= 'z') ||
         std::string_view("-_/.\\*").find(c) != std::string_view::npos;
}

std::string fault_in_value(std::string_view value) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (is_plain(value[i])) continue;
    if (value[i] != '%')
      return fmt::format("{} must be written as %{:02x}", quote(value.substr(i, 1)),
                         static_cast<unsigned char>(value[i]));
    if (i + 2 >= value.size() || !is_hex_digit(value[i + 1]) || !is_hex_digit(value[i + 2]))
      return "% is not followed by two hexadecimal digits";
    i += 2;
  }
  return {};
}

// A socket of the file system or of the abstract namespace.
std::string fault_in_length(const std::string& key, std::string_view value) {
  constexpr std::size_t longest = 107;  // sockaddr_un
  if (key != "path" && key != "abstract") return {};
  return percent_decoded(value).size() > longest ? key + " has more than 107 bytes" : "";
}

std::string fault_in_keys(const Transport& transport, const Keys& keys) {
  for (const auto& names : transport.needs) {
    const auto given = [&](const std::string& name) { return std::ranges::find(keys, name) != keys.end(); };
    if (std::ranges::count_if(names, given) != 1)
      return transport.name + (names.size() == 1 ? " needs " : " needs one of ") + joined(names, " and ");
  }
  return {};
}

// Adds the key to `keys`.
std::string fault_in_pair(std::string_view pair, Keys& keys) {
  const auto equals = pair.find('=');
  const std::string key(pair.substr(0, std::min(equals, pair.size())));
  if (equals == pair.npos || key.empty() || !std::ranges::all_of(key, is_plain))
    return quote(pair) + " is not key=value";
  const auto value = pair.substr(equals + 1);
  if (value.empty()) return key + " has no value";
  if (std::ranges::find(keys, key) != keys.end()) return key + " is given twice";
  keys.push_back(key);
  const auto fault = fault_in_value(value);
  return fault.empty() ? fault_in_length(key, value) : "in the value of " + key + ", " + fault;
}

std::string fault_in_address(std::string_view address) {
  const auto colon = address.find(':');
  if (colon == address.npos) return quote(address) + " has no transport, such as unix:";
  const auto transport = std::ranges::find(transports(), address.substr(0, colon), &Transport::name);
  if (transport == transports().end())
    return quote(address.substr(0, colon)) + " is not a transport; it must be " + names_of_transports();
  Keys keys;
  for (const auto pair : split(address.substr(colon + 1), ',')) {
    auto fault = fault_in_pair(pair, keys);
    if (!fault.empty()) return fault;
  }
  return fault_in_keys(*transport, keys);
}

}  // namespace

std::string fault_in_bus_address(std::string_view list) {
  if (list.ends_with(';')) list.remove_suffix(1);
  for (const auto address : split(list, ';')) {
    auto fault = fault_in_address(address);
    if (!fault.empty()) return fault;
  }
  return {};
}

}  // namespace ganesha::exporter
