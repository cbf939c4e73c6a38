// A received DBus message, and a cursor over its content. Made by connection.cpp, read by decode*.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

struct sd_bus_message;

namespace ganesha::dbus {

// Holds a reference to a message.
class Message {
 public:
  Message() = default;
  explicit Message(sd_bus_message* message);  // takes a reference of its own

  sd_bus_message* get() const noexcept { return message_.get(); }
  // The whole body's signature, such as `bs(tt)`; empty for an empty body.
  std::string_view signature() const noexcept;

 private:
  struct Unref {
    void operator()(sd_bus_message* message) const noexcept;
  };
  std::unique_ptr<sd_bus_message, Unref> message_;
};

// Reads a message from its beginning. The caller has checked the signature, so a read fails only on a
// malformed message; it then returns zero, and ok() stays false.
class MessageReader {
 public:
  explicit MessageReader(const Message& message);

  bool boolean();
  std::uint16_t u16();
  std::uint32_t u32();
  std::uint64_t u64();
  double f64();
  std::string_view text();  // valid as long as the message

  // `contents` is the signature of the members; without it, it is looked up.
  void enter_struct(const char* contents = nullptr);
  void enter_array();
  void enter_variant();
  void leave();
  // True until the end of the current array or struct is reached.
  bool more();
  // The type of the next value, such as 's' ('r' for a struct); 0 at the end of the current array or struct.
  char next_type();
  // Skips values of these types.
  void skip(const char* types);

  bool ok() const noexcept { return ok_; }

 private:
  template <class T>
  T basic(char type);
  void enter(char type, const char* contents = nullptr);
  const char* look_up_contents(char type);

  sd_bus_message* message_;
  bool ok_ = true;
};

}  // namespace ganesha::dbus
