#include "decode_common.hpp"

#include <cmath>
#include <limits>
#include <string>

namespace ganesha::dbus {
namespace {

Error refusal(std::string_view text) {
  const bool idle = text.find("does not have any") != std::string_view::npos;
  return {idle ? errc::no_activity : errc::refused, shortened(text)};
}

// To the year 2262, as the clocks of C++ count. A time before 1970 comes as a huge unsigned number.
bool is_time(const Timestamp& time) {
  constexpr std::uint64_t second_ns = 1'000'000'000;
  constexpr std::uint64_t last_second = std::numeric_limits<std::int64_t>::max() / second_ns - 1;
  return time.seconds <= last_second && time.nanoseconds < second_ns;
}

}  // namespace

Error malformed(const Message& reply, std::string_view expected) {
  return {errc::malformed_reply,
          "signature '" + std::string(reply.signature()) + "', expected '" + std::string(expected) + "'"};
}

Error truncated_message() { return {errc::malformed_reply, "truncated message"}; }

std::optional<Error> read_refusal(MessageReader& in, std::string_view& text) {
  const bool accepted = in.boolean();
  text = in.text();
  if (!in.ok()) return truncated_message();
  return accepted ? std::nullopt : std::optional(refusal(text));
}

std::optional<Error> check_head(const Message& reply, MessageReader& in, bool expected_layout,
                                std::string_view expected, std::string_view& text) {
  const auto signature = reply.signature();
  if (!signature.starts_with("bs")) return malformed(reply, expected);
  if (auto refused = read_refusal(in, text)) return refused;
  if (!expected_layout) return malformed(reply, expected);
  return std::nullopt;
}

std::optional<Error> check_head(const Message& reply, MessageReader& in, bool expected_layout,
                                std::string_view expected) {
  std::string_view text;
  return check_head(reply, in, expected_layout, expected, text);
}

Timestamp read_time(MessageReader& in) {
  in.enter_struct("tt");
  const Timestamp time{in.u64(), in.u64()};
  in.leave();
  return is_time(time) ? time : Timestamp{};
}

std::uint64_t read_number(MessageReader& in) { return in.next_type() == 'u' ? in.u32() : in.u64(); }

std::string_view protocol_label(std::string_view text) {
  const auto protocol = parse_protocol(text);
  return protocol ? name(*protocol) : text;
}

std::string_view trimmed(std::string_view text, std::string_view marks) {
  const auto begin = text.find_first_not_of(marks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(marks) - begin + 1);
}

std::uint64_t sum_ns(double average_ms, std::uint64_t count) {
  constexpr double ns_per_ms = 1e6, beyond = 0x1p64;
  const double sum = std::round(average_ms * ns_per_ms * static_cast<double>(count));
  if (!(sum > 0)) return 0;  // nothing counted can also come as "not a number"
  return sum < beyond ? static_cast<std::uint64_t>(sum) : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace ganesha::dbus
