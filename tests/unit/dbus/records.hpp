// What the tests of the decoders share: the recordings as parameters, times and errors as JSON.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "dbus/error.hpp"
#include "dbus/records.hpp"
#include "wire_message.hpp"

namespace ganesha::test {

inline nlohmann::json as_json(const dbus::Timestamp& time) { return {time.seconds, time.nanoseconds}; }

inline nlohmann::json error_as_json(const dbus::Error& error) {
  return {{"error", name(error.code)}, {"text", error.detail}};
}

// The error of a reply that begins with `false` and a text.
inline nlohmann::json expected_refusal(const nlohmann::json& reply) {
  const auto text = reply[1].get<std::string>();
  const bool idle = text.find("does not have any") != std::string::npos;
  return {{"error", idle ? "no_activity" : "refused"}, {"text", text}};
}

// The nanoseconds behind an average in milliseconds.
inline nlohmann::json expected_sum(const nlohmann::json& average_ms, const nlohmann::json& calls) {
  return static_cast<std::uint64_t>(std::llround(average_ms.get<double>() * calls.get<double>() * 1e6));
}

inline nlohmann::json expected_seconds(const nlohmann::json& ms) {
  return std::round(ms.get<double>() * 1e6) / 1e9;
}

// The recordings of one version, which is the parameter.
class EveryRecord : public testing::TestWithParam<const char*> {
 protected:
  std::vector<WireRecord> records(std::string_view method) const { return wire_records(GetParam(), method); }
  WireRecord record(std::string_view method) const { return wire_record(GetParam(), method); }
  std::string introspection(const std::string& object) const {
    return read_file(fixtures() / "wire" / GetParam() / ("introspect-" + object + ".xml"));
  }
};

// Whether every beginning of the reply's body, but the whole, is malformed.
template <class Decode>
void expect_broken_at_every_byte(const WireRecord& record, Decode decode) {
  const auto body = marshal(record.signature, record.reply);
  ASSERT_TRUE(decode(receive(record.signature, body))) << record.method;
  for (std::size_t size = 0; size < body.size(); ++size) {
    const auto outcome = decode(receive(record.signature, std::string_view(body).substr(0, size)));
    ASSERT_FALSE(outcome) << record.method << " cut to " << size << " of " << body.size();
    ASSERT_EQ(outcome.error().code, dbus::errc::malformed_reply);
  }
}

}  // namespace ganesha::test
