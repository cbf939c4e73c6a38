#include "exporter/cli/bus_address.hpp"

#include <gtest/gtest.h>

namespace {
using namespace ganesha::exporter;

TEST(ABusAddress, IsAListOfTransportsWithKeysAndValues) {
  for (const auto* address :
       {"unix:path=/run/dbus/system_bus_socket", "unix:abstract=/tmp/dbus-x,guid=0123456789abcdef",
        "unix:path=/a;unix:path=/b", "unix:path=/a;", "unix:path=/with%20blank%C3%a4", "unix:path=\\*._-/",
        "tcp:host=10.0.0.1,port=1,family=ipv4", "tcp:host=%3a%3A1,port=1", "unixexec:path=ssh,argv1=-xT",
        "x-machine-unix:machine=box"})
    EXPECT_EQ(fault_in_bus_address(address), "") << address;
}

struct Case {
  std::string address, fault;
};

TEST(ABusAddress, IsRefusedWithTheReason) {
  const std::string transports = " is not a transport; it must be unix, tcp, unixexec or x-machine-unix";
  for (const auto& [address, fault] : std::vector<Case>{
           {" unix:path=/x", "\" unix\"" + transports},
           {"UNIX:path=/x", "\"UNIX\"" + transports},
           {"launchd:env=X", "\"launchd\"" + transports},
           {":path=/x", "\"\"" + transports},
           {"unix:path=/x;kernel:path=/y", "\"kernel\"" + transports},
           {"/run/dbus/system_bus_socket", "\"/run/dbus/system_bus_socket\" has no transport, such as unix:"},
           {"", "\"\" has no transport, such as unix:"},
           {"unix:path=/x;;unix:path=/y", "\"\" has no transport, such as unix:"},
           {"unix:", "\"\" is not key=value"},
           {"unix:path", "\"path\" is not key=value"},
           {"unix:=/x", "\"=/x\" is not key=value"},
           {"unix:pa\nth=/x", "\"pa\\nth=/x\" is not key=value"},
           {"unix:path=/x,", "\"\" is not key=value"},
           {"unix:path=", "path has no value"},
           {"unix:path=/x,path=/y", "path is given twice"},
           {"unix:path=/x ", "in the value of path, \" \" must be written as %20"},
           {"unix:path=/x:1", "in the value of path, \":\" must be written as %3a"},
           {"unix:path=/x=y", "in the value of path, \"=\" must be written as %3d"},
           {"unix:path=/x%2", "in the value of path, % is not followed by two hexadecimal digits"},
           {"unix:path=/x%zz", "in the value of path, % is not followed by two hexadecimal digits"},
           {"unix:guid=1", "unix needs one of path and abstract"},
           {"unix:path=/x,abstract=/y", "unix needs one of path and abstract"},
           {"tcp:host=a", "tcp needs port"},
           {"unix:path=/" + std::string(107, 'x'), "path has more than 107 bytes"}})
    EXPECT_EQ(fault_in_bus_address(address), fault) << address;
  EXPECT_EQ(fault_in_bus_address("unix:path=/" + std::string(106, 'x')), "");
}

}  // namespace
