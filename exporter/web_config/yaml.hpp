// One YAML document as a tree. yaml.cpp alone knows the library.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ganesha::exporter {

struct YamlNode {
  enum class Kind { null, scalar, list, map };
  enum class Style { plain, quoted };

  Kind kind = Kind::null;
  int line = 1;
  Style style = Style::plain;   ///< of a scalar
  std::string text;             ///< of a scalar
  std::vector<YamlNode> items;  ///< of a list; of a map: keys and values in turn
};

struct YamlError : std::runtime_error {
  YamlError(int at, const std::string& what) : std::runtime_error(what), line(at) {}
  int line;
};

/// The only document of `text`; null if there is none. Throws YamlError: also for control characters, text
/// that is not UTF-8, aliases, a second document, and nesting deeper than any configuration needs. Memory
/// grows with the length of `text` alone.
YamlNode parse_yaml(std::string_view text);

}  // namespace ganesha::exporter
