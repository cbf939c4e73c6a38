#include "exporter/built_in/text_format.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_set>
#include <utility>

#include "exporter/base/log.hpp"
#include "exporter/base/text.hpp"
#include "exporter/built_in/histogram_lines.hpp"

namespace ganesha::exporter {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_name(std::string_view& line, bool (*begins)(char)) {
  std::size_t end = 0;
  while (end < line.size() && (begins(line[end]) || (end > 0 && is_digit(line[end])))) ++end;
  const auto name = line.substr(0, end);
  line.remove_prefix(end);
  return name.size() <= longest_name ? name : std::string_view{};
}

std::string_view take_metric_name(std::string_view& line) {
  return take_name(line, [](char c) { return is_letter(c) || c == ':'; });
}

bool skip(std::string_view& line, char c) {
  if (!line.starts_with(c)) return false;
  line.remove_prefix(1);
  return true;
}

std::optional<double> parse_value(std::string_view text) {
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  if (text == "+Inf") return infinity;
  if (text == "-Inf") return -infinity;
  // A prometheus-cpp server writes Nan.
  if (text == "NaN" || text == "Nan") return std::numeric_limits<double>::quiet_NaN();
  const auto sign = text.find_first_not_of("+-");
  if (sign == text.npos || sign > 1 || !(is_digit(text[sign]) || text[sign] == '.')) return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

bool is_timestamp(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

// From behind the opening quote to behind the closing one. Nothing for an unknown escape.
std::optional<std::string> take_label_value(std::string_view& line) {
  const auto plain = line.find_first_of("\"\\");
  if (plain == line.npos) return std::nullopt;
  std::string value(line.substr(0, plain));
  line.remove_prefix(plain);
  while (!line.empty()) {
    const char c = line.front();
    line.remove_prefix(1);
    if (c == '"') return value;
    if (c != '\\') {
      value += c;
      continue;
    }
    if (line.empty()) return std::nullopt;
    if (line.front() == 'n')
      value += '\n';
    else if (line.front() == '"' || line.front() == '\\')
      value += line.front();
    else
      return std::nullopt;
    line.remove_prefix(1);
  }
  return std::nullopt;
}

// The labels between braces, if there are any, sorted. Nothing if they are broken or one is there twice.
std::optional<SourceLabels> take_labels(std::string_view& line) {
  SourceLabels labels;
  if (!skip(line, '{')) return labels;
  while (!skip(line, '}')) {
    if (!labels.empty() && !skip(line, ',')) return std::nullopt;
    if (!labels.empty() && skip(line, '}')) break;  // a last comma is allowed
    const auto name = take_name(line, is_letter);
    if (name.empty() || !skip(line, '=') || !skip(line, '"')) return std::nullopt;
    auto value = take_label_value(line);
    if (!value || labels.size() == most_labels_of_a_sample) return std::nullopt;
    labels.emplace_back(name, std::move(*value));
  }
  std::ranges::sort(labels);
  const auto by_name = [](const auto& a, const auto& b) { return a.first == b.first; };
  const bool twice = std::ranges::adjacent_find(labels, by_name) != labels.end();
  return twice ? std::nullopt : std::optional(std::move(labels));
}

struct Line {
  std::string_view name;
  SourceLabels labels;
  double value = 0;
};

std::optional<Line> parse_sample(std::string_view text) {
  Line line;
  line.name = take_metric_name(text);
  auto labels = take_labels(text);
  if (line.name.empty() || !labels || !skip(text, ' ')) return std::nullopt;
  line.labels = std::move(*labels);
  const auto end = std::min(text.find(' '), text.size());
  const auto value = parse_value(text.substr(0, end));
  if (!value || (end < text.size() && !is_timestamp(text.substr(end + 1)))) return std::nullopt;
  line.value = *value;
  return line;
}

std::optional<std::string> take_label(SourceLabels& labels, std::string_view name) {
  const auto found = std::ranges::find(labels, name, &SourceLabels::value_type::first);
  if (found == labels.end()) return std::nullopt;
  auto value = std::move(found->second);
  labels.erase(found);
  return value;
}

std::string key_of(const SourceLabels& labels) {
  std::string key;
  for (const auto& [name, value] : labels) {
    key.append(name).append("=");
    // Its size first: no value can look like two labels.
    key.append(std::to_string(value.size())).append(":").append(value);
  }
  return key;
}

// Reads a page line by line. Each function returns what is wrong, or nothing.
using Problem = std::optional<std::string>;

class Parser {
 public:
  Problem add_line(std::string_view line) {
    if (!is_utf8(line)) return "it is not UTF-8";
    if (line.empty()) return {};
    return line.starts_with('#') ? add_comment(line) : add_sample(line);
  }
  Problem finish() { return end_family(); }
  std::vector<SourceFamily> take() && { return std::move(families_); }

 private:
  Problem add_comment(std::string_view line) {
    const bool help = line.starts_with("# HELP "), type = line.starts_with("# TYPE ");
    if (!help && !type) return {};
    constexpr std::size_t keyword = std::string_view("# HELP ").size();
    line.remove_prefix(keyword);
    const auto name = take_metric_name(line);
    if (name.empty() || !skip(line, ' ')) return "invalid name of a family";
    if (help) return {};
    return begin_family(name, line);
  }

  Problem begin_family(std::string_view name, std::string_view type) {
    if (auto problem = end_family()) return problem;
    if (!names_.insert(name).second) return "the family " + std::string(name) + " is a duplicate";
    if (families_.size() == most_page_families)
      return "more than " + std::to_string(most_page_families) + " families";
    families_.push_back({name, {}, {}});
    return set_type(type);
  }

  Problem set_type(std::string_view type) {
    type_ = type;
    auto& known = families_.back().type;
    if (type == "counter")
      known = BuiltInType::Counter;
    else if (type == "gauge")
      known = BuiltInType::Gauge;
    else if (type == "histogram")
      known = BuiltInType::Histogram;
    else if (type != "summary" && type != "untyped")
      return "unknown type " + quote(type);
    return {};
  }

  Problem add_sample(std::string_view text) {
    auto line = parse_sample(text);
    if (!line) return "not a sample: " + quote(text.substr(0, longest_quote));
    if (families_.empty()) return "a sample without a family: " + std::string(line->name);
    return type_ == "histogram" ? add_histogram_line(*line) : add_value(*line);
  }

  // Of a summary only the form is checked: Ganesha has none.
  Problem add_value(Line& line) {
    auto& family = families_.back();
    if (!family.type && line.name.starts_with(family.name)) return {};
    if (line.name != family.name) return "a sample without a family: " + std::string(line.name);
    if (family.type == BuiltInType::Counter && !(std::isfinite(line.value) && line.value >= 0))
      return std::string(line.name) + " is no count";
    return add_series({std::move(line.labels), line.value, {}});
  }

  Problem add_histogram_line(Line& line) {
    const auto family = families_.back().name;
    if (!line.name.starts_with(family)) return "a sample without a family: " + std::string(line.name);
    const auto part = line.name.substr(family.size());
    const auto le = part == "_bucket" ? take_label(line.labels, "le") : std::nullopt;
    if (!open_ || line.labels != open_labels_) {
      if (auto problem = end_histogram()) return problem;
      open_ = true;
      open_labels_ = std::move(line.labels);
    }
    const auto bound = le ? parse_value(*le) : std::nullopt;
    const bool fits = part == "_sum"     ? histogram_.add_sum(line.value)
                      : part == "_count" ? histogram_.add_count(line.value)
                                         : bound && histogram_.add_bucket(*bound, line.value);
    return fits ? Problem() : "broken histogram " + std::string(family);
  }

  Problem end_histogram() {
    if (!open_) return {};
    open_ = false;
    auto whole = std::exchange(histogram_, {}).finish();
    if (!whole) return "incomplete histogram " + std::string(families_.back().name);
    return add_series({std::move(open_labels_), 0, std::move(whole)});
  }

  Problem end_family() {
    auto problem = end_histogram();
    keys_.clear();
    return problem;
  }

  Problem add_series(SourceSeries series) {
    if (++series_ > most_page_series) return "more than " + std::to_string(most_page_series) + " series";
    auto& family = families_.back();
    if (!keys_.insert(key_of(series.labels)).second)
      return "a series of " + std::string(family.name) + " is a duplicate";
    family.series.push_back(std::move(series));
    return {};
  }

  static constexpr std::size_t longest_quote = 80;

  std::vector<SourceFamily> families_;
  std::unordered_set<std::string_view> names_;
  std::unordered_set<std::string> keys_;  // of the series of the last family
  std::string_view type_;                 // of the last family
  std::size_t series_ = 0;
  // The histogram whose lines are being read.
  bool open_ = false;
  SourceLabels open_labels_;
  HistogramLines histogram_;
};

}  // namespace

std::string most_page_bytes_text() { return std::to_string(most_page_bytes >> 20) + " MiB"; }

PageResult<std::vector<SourceFamily>> parse_text_format(std::string_view text) {
  if (text.size() > most_page_bytes) return "the page is longer than " + most_page_bytes_text();
  if (!text.ends_with('\n')) return "the last line is incomplete";
  Parser parser;
  std::size_t number = 0;
  Problem problem;
  while (!text.empty() && !problem) {
    const auto end = text.find('\n');
    ++number;
    problem = parser.add_line(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (!problem) problem = parser.finish();
  if (problem) return "line " + std::to_string(number) + ": " + *problem;
  return std::move(parser).take();
}

}  // namespace ganesha::exporter
