#include "exporter/metrics/exposition.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>

namespace ganesha::exporter {
namespace {

using prometheus::MetricType;

enum class Quotes { unchanged, escaped };

void write_escaped(std::string_view text, Quotes quotes, std::string& out) {
  const auto special = [](char c) { return c == '\\' || c == '\n' || c == '"'; };
  if (std::none_of(text.begin(), text.end(), special)) {
    out += text;
    return;
  }
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && quotes == Quotes::escaped)
      out += "\\\"";
    else
      out += c;
  }
}

void write_number(double value, std::string& out) {
  std::array<char, 32> text;
  constexpr double exact_integers = 9007199254740992.0;  // 2^53
  const bool integer = std::abs(value) < exact_integers && value == std::trunc(value);
  const auto end = integer ? std::to_chars(text.begin(), text.end(), static_cast<std::int64_t>(value)).ptr
                           : std::to_chars(text.begin(), text.end(), value).ptr;
  if (std::isfinite(value))
    out.append(text.begin(), end);
  else
    out += std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

// As Go's clients write it in OpenMetrics, in both formats: a series keeps its label whatever was asked for.
std::string bound_text(double bound) {
  if (std::isinf(bound)) return "+Inf";
  constexpr double least_fixed = 1e-4, first_scientific = 1e6;
  const bool fixed = bound == 0 || (std::abs(bound) >= least_fixed && std::abs(bound) < first_scientific);
  std::array<char, 64> text;
  const auto format = fixed ? std::chars_format::fixed : std::chars_format::scientific;
  std::string out(text.begin(), std::to_chars(text.begin(), text.end(), bound, format).ptr);
  if (fixed && out.find('.') == out.npos) out += ".0";
  return out;
}

void write_label(char before, std::string_view name, std::string_view value, std::string& out) {
  out += before;
  out.append(name).append("=\"");
  write_escaped(value, Quotes::escaped, out);
  out += '"';
}

// `le` is the last one of a bucket; empty: there is none.
void write_labels(const std::vector<prometheus::ClientMetric::Label>& labels, std::string& out,
                  std::string_view le = {}) {
  if (labels.empty() && le.empty()) return;
  char before = '{';
  for (const auto& label : labels) write_label(std::exchange(before, ','), label.name, label.value, out);
  if (!le.empty()) write_label(before, "le", le, out);
  out += '}';
}

void write_meta(std::string_view what, std::string_view name, std::string_view text, std::string& out) {
  out.append("# ").append(what).append(" ").append(name).append(" ").append(text).append("\n");
}

constexpr std::string_view total = "_total";

// The sample begins at `start` in `out`; the labels that it has are copied.
void write_created(std::string_view name, std::size_t start, std::size_t labels_end, double created,
                   std::string& out) {
  name.remove_suffix(total.size());
  const auto labels = start + name.size() + total.size();
  out.append(name).append("_created").append(out, labels, labels_end - labels).append(" ");
  write_number(created, out);
  out += '\n';
}

void write_head(const prometheus::MetricFamily& family, Format format, std::string& out) {
  const bool counter = family.type == MetricType::Counter;
  std::string_view name = family.name;
  const bool openmetrics = format == Format::openmetrics;
  if (openmetrics && counter) name.remove_suffix(total.size());
  std::string help;
  write_escaped(family.help, openmetrics ? Quotes::escaped : Quotes::unchanged, help);
  write_meta("HELP", name, help, out);
  write_meta("TYPE", name, name_of(family.type), out);
  if (const auto unit = unit_of(name); openmetrics && !unit.empty()) write_meta("UNIT", name, unit, out);
}

void write_line(std::string_view name, std::string_view suffix,
                const std::vector<prometheus::ClientMetric::Label>& labels, double value, std::string& out,
                std::string_view le = {}) {
  out.append(name).append(suffix);
  write_labels(labels, out, le);
  out += ' ';
  write_number(value, out);
  out += '\n';
}

void write_histogram(std::string_view name, const prometheus::ClientMetric& metric, std::string& out) {
  for (const auto& bucket : metric.histogram.bucket)
    write_line(name, "_bucket", metric.label, static_cast<double>(bucket.cumulative_count), out,
               bound_text(bucket.upper_bound));
  write_line(name, "_count", metric.label, static_cast<double>(metric.histogram.sample_count), out);
  write_line(name, "_sum", metric.label, metric.histogram.sample_sum, out);
}

double value_of(const prometheus::ClientMetric& metric, MetricType type) {
  return type == MetricType::Counter ? metric.counter.value : metric.gauge.value;
}

}  // namespace

std::string_view name_of(MetricType type) {
  return type == MetricType::Counter ? "counter" : type == MetricType::Histogram ? "histogram" : "gauge";
}

std::string_view unit_of(std::string_view name) {
  if (name.ends_with(total)) name.remove_suffix(total.size());
  for (const std::string_view unit : {"seconds", "bytes"})
    if (name.size() > unit.size() && name.ends_with(unit) && name[name.size() - unit.size() - 1] == '_')
      return unit;
  return {};
}

void write_family(const prometheus::MetricFamily& family, Format format, std::string& out,
                  const Created& created) {
  if (family.metric.empty()) return;
  const bool with_created = created && format == Format::openmetrics && family.type == MetricType::Counter;
  write_head(family, format, out);
  constexpr std::size_t usual_line = 128;
  out.reserve(out.size() + family.metric.size() * usual_line);
  for (const auto& metric : family.metric) {
    if (family.type == MetricType::Histogram) {
      write_histogram(family.name, metric, out);
      continue;
    }
    const auto start = out.size();
    out += family.name;
    write_labels(metric.label, out);
    const auto labels_end = out.size();
    out += ' ';
    write_number(value_of(metric, family.type), out);
    out += '\n';
    if (const auto since = with_created ? created(metric) : std::nullopt)
      write_created(family.name, start, labels_end, *since, out);
  }
}

}  // namespace ganesha::exporter
