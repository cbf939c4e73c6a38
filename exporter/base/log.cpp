#include "exporter/base/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string_view>
#include <utility>

namespace ganesha::exporter {
namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warn", "error"};

std::string_view name_of(LogLevel level) { return level_names[static_cast<std::size_t>(level)]; }

spdlog::level::level_enum to_spdlog(LogLevel level) {
  constexpr std::array levels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                              spdlog::level::err};
  return levels[static_cast<std::size_t>(level)];
}

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// The length of the UTF-8 sequence that `text` starts with; 0 when it starts with none.
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || text.size() < length) return 0;
  if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), is_continuation))
    return 0;
  const auto second = length > 1 ? static_cast<unsigned char>(text[1]) : 0U;
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool out_of_range = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || out_of_range ? 0 : length;
}

// C0, DEL, C1 and Unicode's two line separators: what may end a line or drive a terminal.
bool is_control(std::string_view sequence) {
  if (sequence.size() == 1) return static_cast<unsigned char>(sequence[0]) < 0x20 || sequence[0] == '\x7f';
  if (sequence.size() == 2) return sequence[0] == '\xC2' && static_cast<unsigned char>(sequence[1]) < 0xA0;
  return sequence == "\u2028" || sequence == "\u2029";
}

unsigned code_point(std::string_view sequence) {
  if (sequence.size() == 3) return sequence == "\u2028" ? 0x2028 : 0x2029;
  return static_cast<unsigned char>(sequence.back());  // up to U+009F the last byte is the number
}

void append_escaped(std::string& out, std::string_view sequence) {
  switch (sequence[0]) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (!is_control(sequence)) {
    out += sequence;
    return;
  }
  std::array<char, 8> escape{};
  std::snprintf(escape.data(), escape.size(), "\\u%04x", code_point(sequence));
  out += escape.data();
}

// As Go's logfmt, but an empty value is seen.
bool needs_quotes(std::string_view value) {
  if (value.empty()) return true;
  while (!value.empty()) {
    const std::size_t length = sequence_length(value);
    if (length == 0 || is_control(value.substr(0, length))) return true;
    if (value[0] == ' ' || value[0] == '=' || value[0] == '"') return true;
    value.remove_prefix(length);
  }
  return false;
}

std::string timestamp(std::chrono::system_clock::time_point when) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(when);
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(when - whole).count();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(whole);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(millis));
  return std::string(date.data()) + fraction.data();
}

void append_pair(std::string& line, LogFormat format, std::string_view key, std::string_view value) {
  if (format == LogFormat::json) {
    line.append(line.empty() ? "{" : ",").append(quote(key)).append(":").append(quote(value));
    return;
  }
  if (!line.empty()) line += ' ';
  line.append(key).append("=").append(needs_quotes(value) ? quote(value) : std::string(value));
}

}  // namespace

std::string quote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0)
      out += "\\ufffd";
    else
      append_escaped(out, text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out + '"';
}

std::string format_line(LogFormat format, std::chrono::system_clock::time_point when, LogLevel level,
                        std::string_view message, std::span<const LogField> fields) {
  std::string line;
  append_pair(line, format, "ts", timestamp(when));
  append_pair(line, format, "level", name_of(level));
  append_pair(line, format, "msg", message);
  for (const LogField& field : fields) append_pair(line, format, field.key, field.value);
  if (format == LogFormat::json) line += '}';
  return line;
}

struct Log::Sink {
  explicit Sink(spdlog::sink_ptr to) : logger("ganesha_exporter", std::move(to)) {
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::trace);
  }
  spdlog::logger logger;
};

Log::Log(LogLevel level, LogFormat format)
    : level_(level),
      format_(format),
      sink_(std::make_unique<Sink>(std::make_shared<spdlog::sinks::stderr_sink_mt>())) {}

Log::Log(LogLevel level, LogFormat format, std::ostream& out)
    : level_(level),
      format_(format),
      sink_(std::make_unique<Sink>(std::make_shared<spdlog::sinks::ostream_sink_mt>(out))) {}

Log::~Log() = default;

void Log::debug(std::string_view message, Fields fields) { write(LogLevel::debug, message, fields); }
void Log::info(std::string_view message, Fields fields) { write(LogLevel::info, message, fields); }
void Log::warn(std::string_view message, Fields fields) { write(LogLevel::warn, message, fields); }
void Log::error(std::string_view message, Fields fields) { write(LogLevel::error, message, fields); }

void Log::write(LogLevel level, std::string_view message, Fields fields) {
  if (level < level_) return;
  const auto now = std::chrono::system_clock::now();
  const std::string line = format_line(format_, now, level, message, {fields.begin(), fields.size()});
  sink_->logger.log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace ganesha::exporter
