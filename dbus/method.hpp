// What a DBus method of Ganesha is, a call of it, and how its reply is read. methods.hpp lists the methods.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "array_decoder.hpp"
#include "error.hpp"
#include "message.hpp"

namespace ganesha::dbus {

struct Method {
  const char* object;
  const char* interface;
  const char* name;
};

constexpr bool operator==(const Method& a, const Method& b) {
  using text = std::string_view;
  return text(a.object) == b.object && text(a.interface) == b.interface && text(a.name) == b.name;
}

// The arguments that the methods take: none, an export id, an address, or two names.
using Argument =
    std::variant<std::monostate, std::uint16_t, std::string, std::pair<std::string, std::string>>;

// One call of a method of Ganesha's.
struct Request {
  Method method;
  Argument argument = {};

  bool operator==(const Request&) const = default;
};

// A request and how its reply is read. Made by a TypedMethod, taken by ask() and ask_each().
template <class T>
class Query {
 public:
  using Decode = result<T> (*)(const Message& reply);

  Query(Method called, Argument with, Decode how) : method(called), argument(std::move(with)), decode_(how) {}

  Method method;
  Argument argument;

  Decode decode() const { return decode_; }
  // Reads the reply in another way. ask() has its own for long arrays.
  void set_decode(Decode how) requires(!is_array_reply<T>) { decode_ = how; }

 private:
  Decode decode_;
};

// A method that takes `Arguments` (one or none) and whose reply becomes a T: called with its argument, it
// gives the query.
template <class T, class... Arguments>
struct TypedMethod : Method {
  result<T> (*decode)(const Message& reply);

  Query<T> operator()(Arguments... arguments) const {
    return {static_cast<const Method&>(*this), Argument{std::move(arguments)...}, decode};
  }
};

namespace objects {
inline constexpr const char* admin = "/org/ganesha/nfsd/admin";
inline constexpr const char* export_mgr = "/org/ganesha/nfsd/ExportMgr";
inline constexpr const char* client_mgr = "/org/ganesha/nfsd/ClientMgr";
inline constexpr const char* mem_mgr = "/org/ganesha/nfsd/MemMgr";
inline constexpr const char* heartbeat = "/org/ganesha/nfsd/heartbeat";
}  // namespace objects

namespace interfaces {
inline constexpr const char* admin = "org.ganesha.nfsd.admin";
inline constexpr const char* export_mgr = "org.ganesha.nfsd.exportmgr";
inline constexpr const char* export_stats = "org.ganesha.nfsd.exportstats";
inline constexpr const char* client_mgr = "org.ganesha.nfsd.clientmgr";
inline constexpr const char* client_stats = "org.ganesha.nfsd.clientstats";
inline constexpr const char* mem_stats = "org.ganesha.nfsd.memstats";
inline constexpr const char* introspectable = "org.freedesktop.DBus.Introspectable";
inline constexpr const char* properties = "org.freedesktop.DBus.Properties";
}  // namespace interfaces

// A method's name for logs and labels, unique among those of methods.hpp, such as "ExportMgr.ShowExports".
std::string label_of(const Method& method);

}  // namespace ganesha::dbus
