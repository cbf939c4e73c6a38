#include "exporter/base/log.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string_view>
#include <vector>

#include "exporter/base/log_queue.hpp"
#include "exporter/base/utc.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warn", "error"};

std::string_view name_of(LogLevel level) { return level_names[static_cast<std::size_t>(level)]; }

bool is_c1_control(std::string_view text) {
  return text.size() > 1 && text[0] == '\xC2' && static_cast<unsigned char>(text[1]) < 0xA0;
}

// The length of a character at the start of `text` that JSON does not escape, but that may end a line or
// control a terminal; 0 where there is none. U+FFFD stands for bytes that are not UTF-8.
std::size_t unsafe_length(std::string_view text) {
  if (text[0] == '\x7f') return 1;
  if (is_c1_control(text)) return 2;
  for (const std::string_view other : {"\u2028", "\u2029", "\uFFFD"})
    if (text.starts_with(other)) return other.size();
  return 0;
}

unsigned code_point(std::string_view sequence) {
  const auto low_bits = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]) & 0x3FU; };
  if (sequence.size() < 3) return static_cast<unsigned char>(sequence.back());  // up to U+009F the last byte
  return (static_cast<unsigned char>(sequence[0]) & 0xFU) << 12U | low_bits(1) << 6U | low_bits(2);
}

// As Go's logfmt, but an empty value is seen. A backslash alone is harmless.
bool needs_quotes(std::string_view value) {
  if (value.empty() || value.find_first_of(" =\"") != value.npos) return true;
  if (std::ranges::all_of(value, [](char c) { return c > ' ' && c < '\x7f'; })) return false;
  std::string plain(value);
  std::erase(plain, '\\');
  return quote(plain) != '"' + plain + '"';
}

std::string timestamp(std::chrono::system_clock::time_point when) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(when);
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(when - whole).count();
  return utc_text(std::chrono::system_clock::to_time_t(whole), "%Y-%m-%dT%H:%M:%S") +
         fmt::format(".{:03}Z", millis);
}

void append_pair(std::string& line, LogFormat format, std::string_view key, std::string_view value) {
  if (format == LogFormat::json) {
    line.append(line.empty() ? "{" : ",").append("\"").append(key).append("\":").append(quote(value));
    return;
  }
  if (!line.empty()) line += ' ';
  line.append(key).append("=").append(needs_quotes(value) ? quote(value) : std::string(value));
}

std::string whole_line(LogFormat format, std::chrono::system_clock::time_point when, LogLevel level,
                       std::string_view message, std::span<const LogField> fields) {
  std::string line;
  append_pair(line, format, "ts", timestamp(when));
  append_pair(line, format, "level", name_of(level));
  append_pair(line, format, "msg", message);
  for (const LogField& field : fields) append_pair(line, format, field.key, field.value);
  if (format == LogFormat::json) line += '}';
  return line;
}

// Half a character at the end is harmless: quote() replaces it.
std::string shortened(std::string_view value, std::size_t limit) {
  if (value.size() <= limit) return std::string(value);
  return std::string(value.substr(0, limit)) + "...";
}

bool may_fit(std::string_view message, std::span<const LogField> fields) {
  std::size_t size = message.size();
  for (const LogField& field : fields) size += field.value.size();
  return size <= longest_log_line;
}

// With the longest values that fit, roughly.
std::string shortened_line(LogFormat format, std::chrono::system_clock::time_point when, LogLevel level,
                           std::string_view message, std::span<const LogField> fields) {
  std::string line;
  for (auto limit = longest_log_line; line.empty() || line.size() > longest_log_line; limit /= 2) {
    std::vector<LogField> shorter(fields.size());
    std::ranges::transform(fields, shorter.begin(), [limit](const LogField& field) {
      return LogField{field.key, shortened(field.value, limit)};
    });
    line = whole_line(format, when, level, shortened(message, limit), shorter);
  }
  return line;
}

}  // namespace

std::string quote(std::string_view text) {
  using Json = nlohmann::json;
  constexpr std::string_view first_bytes = "\x7f\xC2\xE2\xEF";  // of all that unsafe_length() finds
  const std::string json = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string safe;
  for (std::string_view left = json; !left.empty();) {
    const std::size_t length = unsafe_length(left);
    if (length > 0) safe += fmt::format("\\u{:04x}", code_point(left.substr(0, length)));
    const std::size_t next = length > 0 ? length : left.find_first_of(first_bytes, 1);
    if (length == 0) safe += left.substr(0, next);
    left.remove_prefix(std::min(next, left.size()));
  }
  return safe;
}

std::string format_line(LogFormat format, std::chrono::system_clock::time_point when, LogLevel level,
                        std::string_view message, std::span<const LogField> fields) {
  if (!may_fit(message, fields)) return shortened_line(format, when, level, message, fields);
  const std::string line = whole_line(format, when, level, message, fields);
  // Escaped, a value may be several times as long.
  return line.size() <= longest_log_line ? line : shortened_line(format, when, level, message, fields);
}

Log::Log(LogLevel level, LogFormat format) : level_(level), format_(format) {
  LogQueue::Options options;
  options.write = [](std::string_view line) { return write_all(STDERR_FILENO, line); };
  options.report = [format](std::uint64_t lines) {
    const std::vector<LogField> fields{{"lines", std::to_string(lines)}};
    return format_line(format, std::chrono::system_clock::now(), LogLevel::warn, "Log lines were dropped",
                       fields) +
           '\n';
  };
  queue_ = std::make_unique<LogQueue>(std::move(options));
}

Log::Log(LogLevel level, LogFormat format, std::ostream& out) : level_(level), format_(format), out_(&out) {}

Log::~Log() = default;

void Log::debug(std::string_view message, Fields fields) { write(LogLevel::debug, message, fields); }
void Log::info(std::string_view message, Fields fields) { write(LogLevel::info, message, fields); }
void Log::warn(std::string_view message, Fields fields) { write(LogLevel::warn, message, fields); }
void Log::error(std::string_view message, Fields fields) { write(LogLevel::error, message, fields); }

void Log::flush() {
  if (queue_) queue_->flush();
}

std::uint64_t Log::lines_dropped() const { return queue_ ? queue_->dropped() : 0; }

void Log::write(LogLevel level, std::string_view message, Fields fields) {
  if (level < level_) return;
  const auto now = std::chrono::system_clock::now();
  const auto line = format_line(format_, now, level, message, {fields.begin(), fields.size()}) + '\n';
  if (queue_)
    queue_->push(line);
  else
    *out_ << line << std::flush;
}

}  // namespace ganesha::exporter
