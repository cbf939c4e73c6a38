// A value of a configuration file, with the key that it belongs to. Its functions read it as a type, or throw
// an error that names file, line and key.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/web_config/yaml.hpp"

namespace ganesha::exporter {

class YamlValue {
 public:
  using Reader = std::function<void(const YamlValue&)>;
  using Readers = std::map<std::string, Reader, std::less<>>;

  /// Both arguments must outlive the value.
  YamlValue(const YamlNode& node, const std::string& file) : YamlValue(node, file, "", node.line) {}

  bool is_null() const { return node_.kind == YamlNode::Kind::null; }
  /// Null reads as empty, as in all of these.
  std::string text() const;
  bool flag() const;
  std::vector<std::string> texts() const;
  unsigned number(unsigned low, unsigned high) const;
  /// Of a map: calls the reader of each key that is there; a key that has none is an error.
  void read(const Readers& readers) const;
  /// Of a map with any keys.
  void each(const std::function<void(const std::string& key, const YamlValue&)>& reader) const;

  /// Throws std::runtime_error: `FILE:LINE: KEY: TEXT`. `text` says what would be right.
  [[noreturn]] void fail(const std::string& text) const;

 private:
  YamlValue(const YamlNode& node, const std::string& file, std::string key, int line)
      : node_(node), file_(file), key_(std::move(key)), line_(line) {}

  bool is_plain() const;
  const std::vector<YamlNode>& items(YamlNode::Kind kind, const std::string& expectation) const;
  YamlValue entry(const std::string& key, const YamlNode& key_node, const YamlNode& value) const;

  const YamlNode& node_;
  const std::string& file_;
  std::string key_;  // "tls_server_config.cert_file"; empty: the whole document
  int line_;         // of the key
};

}  // namespace ganesha::exporter
