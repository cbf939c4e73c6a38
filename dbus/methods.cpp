#include "methods.hpp"

namespace ganesha::dbus {

std::string label_of(const Method& method) {
  const std::string_view object(method.object);
  return std::string(object.substr(object.rfind('/') + 1)) + '.' + method.name;
}

}  // namespace ganesha::dbus
