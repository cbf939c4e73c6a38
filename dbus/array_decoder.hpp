// Decodes replies that are one long array in parts: with tens of thousands of entries the whole takes a tenth
// of a second, during which the loop would serve nothing else. Used by decode*.cpp and ask.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "error.hpp"
#include "message.hpp"

namespace ganesha::dbus {

// Reads one entry of the array into the record.
template <class T>
using ReadEntry = std::function<void(MessageReader& in, T& record)>;

// Checks the reply and reads what comes before its array; returns how its entries are read.
template <class T>
using BeginArray = result<ReadEntry<T>> (*)(const Message& reply, MessageReader& in, T& record);

template <class T>
class ArrayDecoder {
 public:
  // The reply outlives it.
  ArrayDecoder(const Message& reply, BeginArray<T> begin)
      : in_(reply), read_entry_(begin(reply, in_, record_)) {
    if (read_entry_) in_.enter_array();
  }

  // Reads at most this many entries more. False when that was all.
  bool read(std::size_t entries) {
    if (!read_entry_) return false;
    for (; entries > 0 && in_.more(); --entries) (*read_entry_)(in_, record_);
    return in_.more();
  }

  // The record, or why there is none.
  result<T> finish() && {
    if (!read_entry_) return read_entry_.error();
    in_.leave();
    if (!in_.ok()) return Error{errc::malformed_reply, "truncated message"};
    return std::move(record_);
  }

 private:
  T record_{};
  MessageReader in_;
  result<ReadEntry<T>> read_entry_;
};

template <class T>
result<T> decode_array(const Message& reply, BeginArray<T> begin) {
  ArrayDecoder<T> decoder(reply, begin);
  decoder.read(SIZE_MAX);
  return std::move(decoder).finish();
}

// How the reply that becomes a T begins, if it is such a reply; see decode.hpp and methods.hpp.
template <class T>
inline constexpr auto array_of = nullptr;

// Whether it has such a beginning. By its type: with sanitizers, the address of a function is no constant.
template <class T>
inline constexpr bool is_array_reply = !std::is_same_v<decltype(array_of<T>), const std::nullptr_t>;

}  // namespace ganesha::dbus
