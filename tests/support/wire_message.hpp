// DBus messages for tests without a bus: recorded replies and layouts made up by hand become messages that
// are read exactly as those that came in over a connection.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dbus/message.hpp"

namespace ganesha::test {

// tests/fixtures of the source tree.
std::filesystem::path fixtures();
// The whole content of a file; throws when it cannot be read.
std::string read_file(const std::filesystem::path& path);

// The body of a message. `values` is an array with one element for each complete type of `signature`:
// structs and arrays are arrays, dictionaries are objects, a variant is {"type": …, "data": …}.
std::string marshal(std::string_view signature, const nlohmann::json& values);
// A method's reply with this body, whether or not that fits the signature.
dbus::Message receive(std::string_view signature, std::string_view body);
// A whole reply.
dbus::Message wire_message(std::string_view signature, const nlohmann::json& values);

// A line of tests/fixtures/wire/VERSION/replies.json that holds a reply.
struct WireRecord {
  std::string path;  // below /org/ganesha/nfsd/
  std::string method;
  nlohmann::json args;
  std::string signature;
  nlohmann::json reply;

  dbus::Message message() const { return wire_message(signature, reply); }
};

// The recorded replies of one of recorded_versions.
std::vector<WireRecord> wire_records(const std::string& version);
// Those of one method, which may belong to exports and clients alike.
std::vector<WireRecord> wire_records(const std::string& version, std::string_view method);
// The first of them; throws when there is none.
WireRecord wire_record(const std::string& version, std::string_view method);

inline constexpr const char* recorded_versions[] = {"2.8", "3.5", "4.3", "5.9", "6.5", "15.2"};

}  // namespace ganesha::test
