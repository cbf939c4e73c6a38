#include "exporter/web_config/yaml_value.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <utility>

#include "exporter/base/parse.hpp"
#include "exporter/base/text.hpp"

namespace ganesha::exporter {
namespace {

using Kind = YamlNode::Kind;

constexpr std::size_t longest_shown_key = 100;

template <class Words>
bool holds(const Words& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// YAML 1.1's, which exporter-toolkit reads.
constexpr std::array<std::string_view, 11> yes{"y",    "Y",    "yes", "Yes", "YES", "true",
                                               "True", "TRUE", "on",  "On",  "ON"};
constexpr std::array<std::string_view, 11> no{"n",     "N",     "no",  "No",  "NO", "false",
                                              "False", "FALSE", "off", "Off", "OFF"};

}  // namespace

void YamlValue::fail(const std::string& text) const {
  const std::string key = key_.empty() ? "" : visible(key_.substr(0, longest_shown_key)) + ": ";
  throw std::runtime_error(file_ + ':' + std::to_string(line_) + ": " + key + text);
}

std::string YamlValue::text() const {
  if (is_null()) return "";
  if (node_.kind != Kind::scalar) fail("it must be a text");
  if (node_.text.find('\0') != std::string::npos) fail("it must not hold a NUL character");
  return node_.text;
}

bool YamlValue::is_plain() const {
  return node_.kind == Kind::scalar && node_.style == YamlNode::Style::plain;
}

bool YamlValue::flag() const {
  if (is_null()) return false;
  if (is_plain() && holds(yes, node_.text)) return true;
  if (is_plain() && holds(no, node_.text)) return false;
  fail("it must be true or false");
}

unsigned YamlValue::number(unsigned low, unsigned high) const {
  if (is_null()) return low;
  const auto number = is_plain() ? parse_number(node_.text, low, high) : std::nullopt;
  if (!number) fail("it must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
  return *number;
}

const std::vector<YamlNode>& YamlValue::items(Kind kind, const std::string& expectation) const {
  if (!is_null() && node_.kind != kind) fail(expectation);
  return node_.items;
}

std::vector<std::string> YamlValue::texts() const {
  std::vector<std::string> all;
  for (const auto& item : items(Kind::list, "it must be a list")) {
    const YamlValue value(item, file_, key_, item.line);
    all.push_back(value.text());
    if (all.back().empty()) value.fail("an entry of the list is empty");
  }
  return all;
}

YamlValue YamlValue::entry(const std::string& key, const YamlNode& key_node, const YamlNode& value) const {
  return {value, file_, key_.empty() ? key : key_ + '.' + key, key_node.line};
}

void YamlValue::each(const std::function<void(const std::string&, const YamlValue&)>& reader) const {
  const auto& all = items(Kind::map, "it must be a map (key: value)");
  std::set<std::string> seen;
  for (std::size_t i = 0; i + 1 < all.size(); i += 2) {
    const std::string key = YamlValue(all[i], file_, key_, all[i].line).text();
    const YamlValue value = entry(key, all[i], all[i + 1]);
    if (!seen.insert(key).second) value.fail("the key is there twice");
    reader(key, value);
  }
}

void YamlValue::read(const Readers& readers) const {
  each([&](const std::string& key, const YamlValue& value) {
    const auto reader = readers.find(key);
    if (reader != readers.end()) return reader->second(value);
    std::vector<std::string> known;
    for (const auto& [name, unused] : readers) known.push_back(name);
    value.fail("unknown key; known are " + joined(known, ", "));
  });
}

}  // namespace ganesha::exporter
