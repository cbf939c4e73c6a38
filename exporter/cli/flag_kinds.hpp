// The kinds of flags that take a value. The groups of flags are declared with them; CLI11 stays in the .cpp
// files.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exporter/base/listen_address.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace ganesha::exporter {

/// Separates the values of a flag that takes one of a few, in its type.
inline constexpr char choice_separator = '|';

/// What --help and docs/flags.md show of a flag with a value.
struct FlagText {
  std::string name;  ///< may be "-s,--sort"
  std::string type;  ///< of the value: ADDRESS; FILE or DIRECTORY, which bash completes; or its choices
  std::string help;  ///< without the default
  std::string default_text = {};
};

/// Reads a value into the options and returns true, or returns false and leaves them as they are.
using ValueParser = std::function<bool(const std::string&)>;

/// Stores a value that was parsed. True when there was one.
template <class Value, class Place>
bool store(std::optional<Value> value, Place& into) {
  if (value) into = std::move(*value);
  return value.has_value();
}

/// `a, b or c`, of at least two.
std::string alternatives(const std::vector<std::string>& names);

/// Any flag with one value; the last one given counts. `expectation` follows a refused value: `"5x" is not a
/// duration`.
CLI::Option* add_value(CLI::App& app, const FlagText& text, const std::string& expectation,
                       ValueParser parser);

/// A flag that may be repeated; `parser` gets all its values and throws CLI::ValidationError.
CLI::Option* add_list(CLI::App& app, const FlagText& text,
                      const std::function<void(const std::vector<std::string>&)>& parser);

/// The words of these texts, for a list that one environment variable may hold.
std::vector<std::string> words_of(const std::vector<std::string>& texts);

/// Throws CLI::ValidationError for an address that is well-formed but that the system cannot use.
void refuse_unusable(const std::string& flag, const std::string& text, const ListenAddress& address);

/// The address that is the value of this flag; throws CLI::ValidationError.
ListenAddress address_of(const std::string& flag, const std::string& text);

/// A duration from `least` on. What `into` holds is the default, here and below.
void add_duration(CLI::App& app, const std::string& name, const std::string& help,
                  std::chrono::milliseconds& into, std::chrono::milliseconds least);

/// A whole number from `low` to `high`.
void add_number(CLI::App& app, const std::string& name, const std::string& help, unsigned& into, unsigned low,
                unsigned high);

/// Any text.
void add_text(CLI::App& app, FlagText text, std::string& into);

/// A switch without a value, off by default. `name` may be "-r,--reverse"; "!--name" switches `into` off.
void add_switch(CLI::App& app, const std::string& name, const std::string& help, bool& into);

/// One of `names`; `chosen` is called with its index. `by_default` is the default's.
void add_names(CLI::App& app, const std::string& name, const std::string& help, std::size_t by_default,
               const std::vector<std::string>& names, std::function<void(std::size_t)> chosen);

/// One of an enum's values, which `names` lists in order.
template <class Enum>
void add_choice(CLI::App& app, const std::string& name, const std::string& help, Enum& into,
                const std::vector<std::string>& names) {
  add_names(app, name, help, static_cast<std::size_t>(into), names,
            [&into](std::size_t index) { into = static_cast<Enum>(index); });
}

}  // namespace ganesha::exporter
