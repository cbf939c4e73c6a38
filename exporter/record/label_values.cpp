#include "exporter/record/label_values.hpp"

#include <algorithm>

namespace ganesha::exporter {
namespace {

constexpr std::string_view begin_of_value = "=\"";

// The value at the begin of the text as the page has it. One without a closing quote ends with its line.
std::string_view take_value(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != '"' && text[end] != '\n') end += text[end] == '\\' ? 2 : 1;
  end = std::min(end, text.size());
  const auto value = text.substr(0, end);
  text.remove_prefix(end);
  return value;
}

std::string unescape(std::string_view value) {
  std::string plain;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\' || i + 1 == value.size())
      plain += value[i];
    else
      plain += value[++i] == 'n' ? '\n' : value[i];
  }
  return plain;
}

std::string escape(std::string_view plain) {
  std::string value;
  for (const char c : plain) {
    if (c == '\\' || c == '"') value += '\\';
    value += c == '\n' ? "\\n" : std::string(1, c);
  }
  return value;
}

}  // namespace

std::string replace_label_values(std::string_view page,
                                 const std::function<std::string(const std::string& value)>& replace) {
  std::string out;
  for (auto begin = page.find(begin_of_value); begin != page.npos; begin = page.find(begin_of_value)) {
    begin += begin_of_value.size();
    out += page.substr(0, begin);
    page.remove_prefix(begin);
    out += escape(replace(unescape(take_value(page))));
  }
  return out.append(page);
}

}  // namespace ganesha::exporter
