// The table of DBus methods that the fake Ganesha answers, as its version has them. The server dispatches by
// it and Introspect is written from it: a new method is one row and one handler in fake_methods.cpp.
#pragma once

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "fake_layout.hpp"
#include "fake_model.hpp"
#include "fake_sd.hpp"

namespace fake {

struct World;

struct Argument {
  std::string name;
  std::string direction;
  std::string signature;
};

struct Method {
  std::string object;  // below /org/ganesha/nfsd/
  std::string interface;
  std::string name;
  std::vector<Argument> arguments;
  // Reads the call's arguments and fills the reply; throws CallError where Ganesha answers a DBus error.
  void (*answer)(const World& world, sd_bus_message* call, sd_bus_message* reply);
};

// A recorded reply: its values as JSON.
struct Recorded {
  std::string signature;
  std::string values;
};

struct World {
  const Layout& layout;
  Model model;
  std::vector<Method> methods;
  bool in_grace = false;
  bool counts_client_all_ops = true;         // GetAllClientIOops and GetAllClientAllops are refused where not
  std::map<std::string, Recorded> recorded;  // by path and method; see fake_recorded.hpp
  std::set<std::string> hidden;              // methods that Introspect leaves out
};

struct CallError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline constexpr std::string_view object_root = "/org/ganesha/nfsd/";

// Those that the layout's version has.
std::vector<Method> methods_of(const Layout& layout);

// GetAllClientAllops of 15.2, which is played only where a flag asks for it: benchmarks do without.
Method client_procedures_method();

// What Introspect says of an object; empty for an unknown one.
std::string introspection(const World& world, std::string_view object);

}  // namespace fake
