#include "fake_methods.hpp"

namespace fake {
namespace {

constexpr std::string_view doctype =
    "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n"
    "\"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n";

constexpr std::string_view admin_property =
    "      <property name=\"VERSION_RELEASE\" type=\"s\" access=\"read\"/>\n";

constexpr std::string_view admin_signal =
    "    <signal name=\"heartbeat\">\n"
    "      <arg name=\"isHealthy\" type=\"b\"/>\n"
    "    </signal>\n";

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string xml_of(const Argument& argument) {
  return "      <arg name=" + in_quotes(argument.name) + " direction=" + in_quotes(argument.direction) +
         " type=" + in_quotes(argument.signature) + "/>\n";
}

std::string xml_of(const Method& method) {
  std::string xml = "    <method name=" + in_quotes(method.name) + ">\n";
  for (const Argument& argument : method.arguments) xml += xml_of(argument);
  return xml + "    </method>\n";
}

std::string interface_xml(const World& world, std::string_view object, std::string_view interface) {
  const bool is_admin = interface == "org.ganesha.nfsd.admin";
  std::string xml = "  <interface name=" + in_quotes(interface) + ">\n";
  if (is_admin) xml += admin_property;
  for (const Method& method : world.methods) {
    const bool belongs = method.object == object && method.interface == interface;
    if (belongs && !world.hidden.contains(method.name)) xml += xml_of(method);
  }
  if (is_admin) xml += admin_signal;
  return xml + "  </interface>\n";
}

}  // namespace

std::string introspection(const World& world, std::string_view object) {
  std::string xml;
  std::string_view last;
  for (const Method& method : world.methods) {
    // The table keeps an interface's methods together.
    if (method.object != object || method.interface == last) continue;
    last = method.interface;
    xml += interface_xml(world, object, last);
  }
  return xml.empty() ? xml : std::string(doctype) + "<node>\n" + xml + "</node>\n";
}

}  // namespace fake
