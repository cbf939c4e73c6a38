// The kinds of flags that take a value, and the layout of --help.
// flags.cpp declares its flags with them; CLI11 stays in the .cpp files.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
class FormatterBase;
class Option;
}  // namespace CLI

namespace ganesha::exporter {

/// Reads a value into the flags and returns true, or returns false and leaves them as they are.
using ValueParser = std::function<bool(const std::string&)>;

/// Puts a value read into its place. True when there was one.
template <class Value>
bool store(std::optional<Value> value, Value& into) {
  if (value) into = std::move(*value);
  return value.has_value();
}

/// `help` and what holds without the flag.
std::string with_default(const std::string& help, const std::string& value);

/// Any flag with one value; the last one given counts. `name` may be "-s,--sort". `nature` goes on after a
/// refused value: `"5x" is not a duration`.
CLI::Option* add_value(CLI::App& app, const std::string& name, const std::string& type,
                       const std::string& help, const std::string& nature, ValueParser read);

/// A duration from `least` on. What `into` holds is the default, here and below.
void add_duration(CLI::App& app, const std::string& name, const std::string& help,
                  std::chrono::milliseconds& into, std::chrono::milliseconds least);

/// A whole number from `low` to `high`.
void add_number(CLI::App& app, const std::string& name, const std::string& help, unsigned& into, unsigned low,
                unsigned high);

/// Any text.
void add_text(CLI::App& app, const std::string& name, const std::string& type, const std::string& help,
              std::string& into);

/// One of `names`; `take` gets its index. `chosen` is the default's.
void add_names(CLI::App& app, const std::string& name, const std::string& help, std::size_t chosen,
               const std::vector<std::string>& names, std::function<void(std::size_t)> take);

/// One of an enum's values, which `names` lists in order.
template <class Enum>
void add_choice(CLI::App& app, const std::string& name, const std::string& help, Enum& into,
                const std::vector<std::string>& names) {
  add_names(app, name, help, static_cast<std::size_t>(into), names,
            [&into](std::size_t index) { into = static_cast<Enum>(index); });
}

/// Flags in groups, each one's help wrapped below it.
std::shared_ptr<CLI::FormatterBase> help_layout();

}  // namespace ganesha::exporter
