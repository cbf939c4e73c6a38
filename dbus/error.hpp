// What can go wrong between the exporter and Ganesha, and the result type that every query returns.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <type_traits>

namespace ganesha::dbus {

enum class errc {
  not_connected = 1,  // no connection to the bus
  not_running,        // nobody owns Ganesha's name, or its owner went away before it answered
  timed_out,          // no reply within the call's timeout
  access_denied,      // the bus's policy forbids the call
  refused,            // Ganesha answered `false`, with a text
  no_activity,        // Ganesha answered `false`: this protocol was never used there
  malformed_reply,    // the reply has an unknown signature or is truncated
  failed,             // any other DBus error
  suspended,          // not called: the server died each time when it was
  unsupported,        // this server has no such thing
  unreachable,        // no connection to its page of metrics, or one that broke
  pending,            // not answered yet
};

// A word for labels and logs, such as "timed_out".
std::string_view name(errc e) noexcept;

const boost::system::error_category& category() noexcept;
boost::system::error_code make_error_code(errc e) noexcept;

// The beginning of a text that came from elsewhere, at most 1,000 bytes; empty for null.
std::string shortened(const char* text);
std::string shortened(std::string_view text);

// An error with its circumstances: the method, the text that Ganesha or the bus gave, the signatures met.
struct Error {
  errc code;
  std::string detail;

  // One line: what happened, then the detail.
  std::string message() const;
};

template <class T>
using result = boost::system::result<T, Error>;

// Lets result<T>::value() throw; found by argument-dependent look-up.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace ganesha::dbus

template <>
struct boost::system::is_error_code_enum<ganesha::dbus::errc> : std::true_type {};
