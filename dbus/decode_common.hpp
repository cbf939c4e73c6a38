// What all decoders share: the head of a reply, its time, its errors. Used by decode*.cpp alone.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "error.hpp"
#include "message.hpp"
#include "records.hpp"

namespace ganesha::dbus {

// An unexpected signature: names the one received and the one expected.
Error malformed(const Message& reply, std::string_view expected);
// A message that ends too early.
Error truncated_message();

template <class T>
result<T> finish(const MessageReader& in, T&& record) {
  if (!in.ok()) return truncated_message();
  return std::forward<T>(record);
}

// Reads the `bs` head: nothing when the answer is yes, else the refusal.
std::optional<Error> read_refusal(MessageReader& in, std::string_view& text);
// For replies that begin with `bs`: the refusal, or malformed() if the signature is not an expected one.
std::optional<Error> check_head(const Message& reply, MessageReader& in, bool expected_layout,
                                std::string_view expected, std::string_view& text);
// The same for replies whose text adds nothing.
std::optional<Error> check_head(const Message& reply, MessageReader& in, bool expected_layout,
                                std::string_view expected);

// `(tt)`; zero, which means "never", for what is no time.
Timestamp read_time(MessageReader& in);
// `t`, or the `u` of some versions.
std::uint64_t read_number(MessageReader& in);

// The label value of a protocol name of Ganesha's; an unknown name is returned unchanged.
std::string_view protocol_label(std::string_view text);
// Without the `marks` at either end.
std::string_view trimmed(std::string_view text, std::string_view marks);

// The sum behind an average, in whole nanoseconds: otherwise it could decrease by a rounding error.
std::uint64_t sum_ns(double average_ms, std::uint64_t count);

}  // namespace ganesha::dbus
