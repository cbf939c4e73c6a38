#include "values.hpp"

#include <systemd/sd-bus.h>

namespace ganesha::dbus {
namespace {

// Reads the value that is next in the message. False where it cannot be read.
class ValueReader {
 public:
  explicit ValueReader(sd_bus_message* message) : in_(message) {}

  // Up to the end of the container that was entered last.
  bool read_all(std::vector<Value>& values) {
    char type = 0;
    const char* contents = nullptr;
    int more = 0;
    while ((more = sd_bus_message_peek_type(in_, &type, &contents)) > 0)
      if (!read(type, contents, values.emplace_back())) return false;
    return more == 0;
  }

 private:
  bool read(char type, const char* contents, Value& value) {
    value.type = type;
    switch (type) {
      case SD_BUS_TYPE_BOOLEAN:
        return basic<int>(type, [&](int read) { value.content = read != 0; });
      case SD_BUS_TYPE_BYTE:
        return basic<std::uint8_t>(type, [&](auto read) { value.content = std::uint64_t{read}; });
      case SD_BUS_TYPE_UINT16:
        return basic<std::uint16_t>(type, [&](auto read) { value.content = std::uint64_t{read}; });
      case SD_BUS_TYPE_UINT32:
        return basic<std::uint32_t>(type, [&](auto read) { value.content = std::uint64_t{read}; });
      case SD_BUS_TYPE_UINT64:
        return basic<std::uint64_t>(type, [&](auto read) { value.content = read; });
      case SD_BUS_TYPE_INT16:
        return basic<std::int16_t>(type, [&](auto read) { value.content = std::int64_t{read}; });
      case SD_BUS_TYPE_INT32:
        return basic<std::int32_t>(type, [&](auto read) { value.content = std::int64_t{read}; });
      case SD_BUS_TYPE_INT64:
        return basic<std::int64_t>(type, [&](auto read) { value.content = read; });
      case SD_BUS_TYPE_DOUBLE:
        return basic<double>(type, [&](auto read) { value.content = read; });
      case SD_BUS_TYPE_STRING:
      case SD_BUS_TYPE_OBJECT_PATH:
      case SD_BUS_TYPE_SIGNATURE:
        return basic<const char*>(type, [&](auto read) { value.content = std::string(read); });
      case SD_BUS_TYPE_ARRAY:
      case SD_BUS_TYPE_STRUCT:
      case SD_BUS_TYPE_DICT_ENTRY:
      case SD_BUS_TYPE_VARIANT:
        return container(type, contents, value);
      default:
        return false;
    }
  }

  template <class T, class Take>
  bool basic(char type, Take take) {
    T read{};
    if (sd_bus_message_read_basic(in_, type, &read) <= 0) return false;
    take(read);
    return true;
  }

  bool container(char type, const char* contents, Value& value) {
    value.signature = contents;
    std::vector<Value> members;
    const bool read = sd_bus_message_enter_container(in_, type, contents) > 0 && read_all(members) &&
                      sd_bus_message_exit_container(in_) >= 0;
    value.content = std::move(members);
    return read;
  }

  sd_bus_message* in_;
};

}  // namespace

result<std::vector<Value>> read_values(const Message& message) {
  std::vector<Value> values;
  ValueReader reader(message.get());
  if (sd_bus_message_rewind(message.get(), 1) < 0 || !reader.read_all(values))
    return Error{errc::malformed_reply, "signature '" + std::string(message.signature()) + "'"};
  return values;
}

}  // namespace ganesha::dbus
