#include "error.hpp"

#include <boost/system/system_error.hpp>

namespace ganesha::dbus {
namespace {

struct Text {
  std::string_view name;
  const char* message;
};

constexpr Text text_of(errc e) {
  switch (e) {
    case errc::not_connected:
      return {"not_connected", "not connected to the bus"};
    case errc::not_running:
      return {"not_running", "Ganesha is not running on this bus"};
    case errc::timed_out:
      return {"timed_out", "timed out"};
    case errc::access_denied:
      return {"access_denied", "the bus's policy denies the call"};
    case errc::refused:
      return {"refused", "Ganesha refused the call"};
    case errc::no_activity:
      return {"no_activity", "this protocol was never used"};
    case errc::malformed_reply:
      return {"malformed_reply", "malformed reply"};
    case errc::failed:
      return {"failed", "the call failed"};
    case errc::suspended:
      return {"suspended", "the method is suspended, because NFS-Ganesha died each time it was called"};
    case errc::unsupported:
      return {"unsupported", "not supported by this server"};
    case errc::unreachable:
      return {"unreachable", "cannot be reached"};
    case errc::pending:
      return {"pending", "no answer yet"};
  }
  return {"unknown", "unknown error"};
}

class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "ganesha.dbus"; }
  std::string message(int value) const override { return text_of(static_cast<errc>(value)).message; }
};

}  // namespace

std::string_view name(errc e) noexcept { return text_of(e).name; }

const boost::system::error_category& category() noexcept {
  static const Category instance;
  return instance;
}

boost::system::error_code make_error_code(errc e) noexcept { return {static_cast<int>(e), category()}; }

std::string shortened(std::string_view text) {
  constexpr std::size_t longest = 1000;
  return text.size() > longest ? std::string(text.substr(0, longest)) + " [...]" : std::string(text);
}

std::string shortened(const char* text) { return text ? shortened(std::string_view(text)) : std::string(); }

std::string Error::message() const {
  std::string text = make_error_code(code).message();
  return detail.empty() ? text : text + ": " + shortened(detail);
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  boost::throw_exception(boost::system::system_error(make_error_code(error.code), error.detail), where);
}

}  // namespace ganesha::dbus
