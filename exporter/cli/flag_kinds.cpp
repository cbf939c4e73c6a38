#include "exporter/cli/flag_kinds.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include "exporter/base/duration.hpp"
#include "exporter/base/log.hpp"
#include "exporter/base/parse.hpp"
#include "exporter/base/text.hpp"

namespace ganesha::exporter {

using std::chrono::milliseconds;

std::string alternatives(const std::vector<std::string>& names) {
  const std::vector<std::string> but_last(names.begin(), names.end() - 1);
  return joined(but_last, ", ") + " or " + names.back();
}

CLI::Option* add_value(CLI::App& app, const FlagText& text, const std::string& expectation,
                       ValueParser parser) {
  const std::string long_name = text.name.substr(text.name.rfind(',') + 1);
  auto parse = [long_name, expectation, parser](const std::string& value) {
    if (!parser(value)) throw CLI::ValidationError(long_name, quote(value) + " " + expectation);
  };
  return app.add_option_function<std::string>(text.name, parse, text.help)
      ->type_name(text.type)
      ->default_str(text.default_text)
      ->take_last();
}

CLI::Option* add_list(CLI::App& app, const FlagText& text,
                      const std::function<void(const std::vector<std::string>&)>& parser) {
  return app.add_option_function<std::vector<std::string>>(text.name, parser, text.help)
      ->type_name(text.type)
      ->default_str(text.default_text)
      ->allow_extra_args(false);
}

std::vector<std::string> words_of(const std::vector<std::string>& texts) {
  std::vector<std::string> all;
  for (const std::string& text : texts) {
    std::istringstream words(text);
    for (std::string word; words >> word;) all.push_back(word);
  }
  return all;
}

void refuse_unusable(const std::string& flag, const std::string& text, const ListenAddress& address) {
  if (lacks_zone(address))
    throw CLI::ValidationError(flag, quote(text) +
                                         " is a link-local address: add its network interface, as in " +
                                         host_and_port(address.host + "%eth0", address.port));
  if (address.path.size() > max_socket_path)
    throw CLI::ValidationError(flag, fmt::format("{} is too long: the path of a unix socket has at most {} "
                                                 "bytes, this one {}",
                                                 quote(text), max_socket_path, address.path.size()));
}

ListenAddress address_of(const std::string& flag, const std::string& text) {
  const auto address = parse_listen_address(text);
  if (!address)
    throw CLI::ValidationError(flag, quote(text) +
                                         " is not an address (such as :19587, 127.0.0.1:19587, [::1]:19587, "
                                         "unix:/run/http.sock)");
  refuse_unusable(flag, text, *address);
  return *address;
}

void add_duration(CLI::App& app, const std::string& name, const std::string& help, milliseconds& into,
                  milliseconds least) {
  const std::string kind = least > milliseconds(1)   ? "a duration of at least " + format_duration(least)
                           : least > milliseconds(0) ? "a duration above 0"
                                                     : "a duration";
  auto parser = [&into, least](const std::string& text) {
    const auto duration = parse_duration(text);
    return duration && *duration >= least && store(duration, into);
  };
  constexpr milliseconds shortest_example(200);
  const std::string examples = least > shortest_example ? "5s, 1m30s" : "200ms, 5s, 1m30s";
  add_value(app, {name, "DURATION", help, format_duration(into)},
            "is not " + kind + " (such as " + examples + ")", parser);
}

void add_number(CLI::App& app, const std::string& name, const std::string& help, unsigned& into, unsigned low,
                unsigned high) {
  auto parser = [&into, low, high](const std::string& text) {
    return store(parse_number(text, low, high), into);
  };
  add_value(app, {name, "NUMBER", help, std::to_string(into)},
            fmt::format("is not a whole number from {} to {}", low, high), parser);
}

void add_text(CLI::App& app, FlagText text, std::string& into) {
  if (text.default_text.empty()) text.default_text = into;
  app.add_option(text.name, into, text.help)
      ->type_name(text.type)
      ->default_str(text.default_text)
      ->take_last();
}

void add_switch(CLI::App& app, const std::string& name, const std::string& help, bool& into) {
  app.add_flag(name, into, help)->default_str("off");
}

void add_names(CLI::App& app, const std::string& name, const std::string& help, std::size_t by_default,
               const std::vector<std::string>& names, std::function<void(std::size_t)> chosen) {
  const std::string all = alternatives(names);
  auto parser = [chosen, names](const std::string& text) {
    const auto found = std::find(names.begin(), names.end(), text);
    if (found != names.end()) chosen(static_cast<std::size_t>(found - names.begin()));
    return found != names.end();
  };
  add_value(app, {name, joined(names, {&choice_separator, 1}), help + ": " + all + ".", names[by_default]},
            "is not " + all, parser);
}

}  // namespace ganesha::exporter
