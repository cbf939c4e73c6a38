#include "message.hpp"

#include <systemd/sd-bus.h>

namespace ganesha::dbus {

Message::Message(sd_bus_message* message) : message_(sd_bus_message_ref(message)) {}

void Message::Unref::operator()(sd_bus_message* message) const noexcept { sd_bus_message_unref(message); }

std::string_view Message::signature() const noexcept {
  const char* signature = message_ ? sd_bus_message_get_signature(message_.get(), 1) : nullptr;
  return signature ? signature : "";
}

MessageReader::MessageReader(const Message& message) : message_(message.get()) {
  ok_ = sd_bus_message_rewind(message_, 1) >= 0;
}

template <class T>
T MessageReader::basic(char type) {
  T value{};
  if (ok_ && sd_bus_message_read_basic(message_, type, &value) <= 0) ok_ = false;
  return ok_ ? value : T{};
}

bool MessageReader::boolean() { return basic<int>(SD_BUS_TYPE_BOOLEAN) != 0; }
std::uint16_t MessageReader::u16() { return basic<std::uint16_t>(SD_BUS_TYPE_UINT16); }
std::uint32_t MessageReader::u32() { return basic<std::uint32_t>(SD_BUS_TYPE_UINT32); }
std::uint64_t MessageReader::u64() { return basic<std::uint64_t>(SD_BUS_TYPE_UINT64); }
double MessageReader::f64() { return basic<double>(SD_BUS_TYPE_DOUBLE); }

std::string_view MessageReader::text() {
  const char* text = basic<const char*>(SD_BUS_TYPE_STRING);
  return text ? text : "";
}

const char* MessageReader::look_up_contents(char type) {
  char met = 0;
  const char* contents = nullptr;
  ok_ = ok_ && sd_bus_message_peek_type(message_, &met, &contents) > 0 && met == type;
  return contents;
}

void MessageReader::enter(char type, const char* contents) {
  if (!contents) contents = look_up_contents(type);
  ok_ = ok_ && sd_bus_message_enter_container(message_, type, contents) > 0;
}

void MessageReader::enter_struct(const char* contents) { enter(SD_BUS_TYPE_STRUCT, contents); }
void MessageReader::enter_array() { enter(SD_BUS_TYPE_ARRAY); }
void MessageReader::enter_variant() { enter(SD_BUS_TYPE_VARIANT); }

void MessageReader::leave() { ok_ = ok_ && sd_bus_message_exit_container(message_) >= 0; }

bool MessageReader::more() { return ok_ && sd_bus_message_at_end(message_, 0) == 0; }

char MessageReader::next_type() {
  char type = 0;
  const char* contents = nullptr;
  if (ok_ && sd_bus_message_peek_type(message_, &type, &contents) < 0) ok_ = false;
  return ok_ ? type : '\0';
}

void MessageReader::skip(const char* types) { ok_ = ok_ && sd_bus_message_skip(message_, types) > 0; }

}  // namespace ganesha::dbus
