#include "exporter/record/recording.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string_view>

#include "dbus/values.hpp"
#include "exporter/model/built_in_families.hpp"
#include "exporter/record/label_values.hpp"
#include "exporter/record/pseudonyms.hpp"

namespace ganesha::exporter {
namespace {

using Json = nlohmann::ordered_json;
using dbus::Value;

bool is_introspection(const dbus::Request& request) {
  return std::string_view(request.method.interface) == dbus::interfaces::introspectable;
}

std::string_view object_of(const dbus::Method& method) {
  const std::string_view object(method.object);
  return object.substr(object.rfind('/') + 1);
}

// These methods list exports and clients: what is no word of Ganesha's names one of them.
Text texts_of(const dbus::Method& method) {
  constexpr std::array<std::string_view, 3> listing{"ShowExports", "ShowClients", "DisplayExport"};
  return std::ranges::find(listing, method.name) != listing.end() ? Text::names : Text::mixed;
}

// The version alone is a property: it may look like an address.
bool has_names(const dbus::Method& method) {
  return std::string_view(method.interface) != dbus::interfaces::properties;
}

class JsonOf {
 public:
  JsonOf(const dbus::Method& method, Pseudonyms& names)
      : texts_(texts_of(method)), replaces_(has_names(method)), names_(names) {}

  Json all(const std::vector<Value>& values) const {
    Json array = Json::array();
    for (const auto& value : values) array.push_back(one(value));
    return array;
  }
  std::string text(const std::string& text) const { return replaces_ ? names_.replace(texts_, text) : text; }

 private:
  Json one(const Value& value) const {
    return std::visit([&](const auto& content) { return convert(value, content); }, value.content);
  }
  template <class T>
  Json convert(const Value&, const T& basic) const {
    return basic;
  }
  Json convert(const Value&, const std::string& content) const { return text(content); }
  Json convert(const Value& value, const std::vector<Value>& members) const {
    if (value.type == 'v') return {{"type", value.signature}, {"data", all(members).at(0)}};
    if (value.type == 'a' && value.signature.starts_with('{')) return dictionary(members);
    return all(members);
  }
  Json dictionary(const std::vector<Value>& entries) const {
    Json object = Json::object();
    for (const auto& entry : entries) {
      const Json pair = all(std::get<std::vector<Value>>(entry.content));
      object[pair.at(0).is_string() ? pair.at(0).get<std::string>() : pair.at(0).dump()] = pair.at(1);
    }
    return object;
  }

  Text texts_;
  bool replaces_;
  Pseudonyms& names_;
};

struct ArgumentJson {
  const JsonOf& json;
  std::pair<std::string, Json> operator()(std::monostate) const { return {"", Json::array()}; }
  std::pair<std::string, Json> operator()(std::uint16_t id) const { return {"q", Json::array({id})}; }
  std::pair<std::string, Json> operator()(const std::string& text) const {
    return {"s", Json::array({json.text(text)})};
  }
  std::pair<std::string, Json> operator()(const std::pair<std::string, std::string>& texts) const {
    return {"ss", Json::array({texts.first, texts.second})};
  }
};

void add_outcome(const dbus::result<dbus::Message>& outcome, const JsonOf& json, Pseudonyms& names,
                 Json& line) {
  const auto values = outcome ? dbus::read_values(*outcome) : outcome.error();
  if (outcome) line["signature"] = outcome->signature();
  if (values)
    line["reply"] = json.all(*values);
  else
    line["error"] = names.replace(Text::mixed, values.error().message());
}

std::string line_of(const dbus::Request& request, const dbus::result<dbus::Message>& outcome,
                    Pseudonyms& names) {
  const JsonOf json(request.method, names);
  const auto [types, arguments] = std::visit(ArgumentJson{json}, request.argument);
  Json line{{"path", object_of(request.method)},
            {"interface", request.method.interface},
            {"method", request.method.name},
            {"in", types},
            {"args", arguments}};
  add_outcome(outcome, json, names, line);
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// What an object says of itself names nobody.
void add_introspection(const dbus::Method& method, const dbus::result<dbus::Message>& outcome,
                       std::map<std::string, std::string>& files) {
  const auto values = outcome ? dbus::read_values(*outcome) : outcome.error();
  if (!values || values->empty() || values->front().type != 's') return;
  files["introspect-" + std::string(object_of(method)) + ".xml"] =
      std::get<std::string>(values->front().content);
}

// The labels of the server's page whose values are words of Ganesha's, such as READ.
std::set<std::string_view> labels_of_words() {
  std::set<std::string_view> words{"le"}, names;
  for (const auto& family : built_in_families())
    for (const auto& [ours, source, kind] : family.labels) {
      const bool is_name =
          kind == BuiltInValue::export_id || kind == BuiltInValue::path || kind == BuiltInValue::client;
      (is_name ? names : words).insert(source);
    }
  std::erase_if(words, [&](const auto& label) { return names.contains(label); });
  return words;
}

bool is_export_id(std::string_view value) {
  constexpr std::string_view begin = "export_id=";
  return value.starts_with(begin) && value.find_first_not_of("0123456789", begin.size()) == value.npos;
}

// What is not known to be a word may name the site, such as its host.
std::string page_with(Pseudonyms& names, const std::string& page) {
  static const auto words = labels_of_words();
  return replace_label_values(page, [&](std::string_view label, const std::string& value) {
    return words.contains(label) || is_export_id(value) ? value : names.replace(Text::names, value);
  });
}

// Another reference to the same message.
dbus::result<dbus::Message> shared(const dbus::result<dbus::Message>& outcome) {
  if (!outcome) return outcome.error();
  return dbus::Message(outcome->get());
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

void write_new(const std::filesystem::path& path, const std::string& content) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "wxe"));
  const bool written = file && std::fwrite(content.data(), 1, content.size(), file.get()) == content.size() &&
                       std::fflush(file.get()) == 0;
  if (!written) throw std::runtime_error("cannot write " + path.string() + ": " + std::strerror(errno));
}

}  // namespace

void Recording::add(const dbus::Request& request, const dbus::result<dbus::Message>& outcome) {
  const bool repeated = std::holds_alternative<std::monostate>(request.argument) &&
                        std::ranges::any_of(outcomes_, [&](const auto& one) { return one.first == request; });
  if (!repeated) outcomes_.emplace_back(request, shared(outcome));
}

std::size_t Recording::replies() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(outcomes_, [](const auto& one) { return one.second.has_value(); }));
}

// Twice: the first time shows which pseudonyms the site itself uses.
std::map<std::string, std::string> Recording::files() const {
  Pseudonyms first;
  files_with(first);
  Pseudonyms names(first.originals());
  return files_with(names);
}

std::map<std::string, std::string> Recording::files_with(Pseudonyms& names) const {
  std::map<std::string, std::string> files;
  std::string lines;
  for (const auto& [request, outcome] : outcomes_) {
    if (is_introspection(request))
      add_introspection(request.method, outcome, files);
    else
      lines += (lines.empty() ? "" : ",\n") + line_of(request, outcome, names);
  }
  files["replies.json"] = "[\n" + lines + "\n]\n";
  if (page_) files["built_in_metrics.txt"] = page_with(names, *page_);
  return files;
}

void require_unused(const std::filesystem::path& folder) {
  std::error_code error;
  const auto status = std::filesystem::status(folder, error);
  if (status.type() == std::filesystem::file_type::not_found) return;
  if (!std::filesystem::is_directory(status))
    throw std::runtime_error("record: " + folder.string() + " is no directory");
  if (!std::filesystem::is_empty(folder))
    throw std::runtime_error("record: " + folder.string() +
                             " is not empty: name a directory that is empty or does not exist");
}

void write_files(const std::filesystem::path& folder, const std::map<std::string, std::string>& files) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw std::runtime_error("cannot make " + folder.string() + ": " + error.message());
  for (const auto& [name, content] : files) write_new(folder / name, content);
}

}  // namespace ganesha::exporter
