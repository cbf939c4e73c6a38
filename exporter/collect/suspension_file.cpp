#include "exporter/collect/suspension_file.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "exporter/collect/registry.hpp"

namespace ganesha::exporter {
namespace {

namespace fs = std::filesystem;
using dbus::Argument;
using nlohmann::json;

// Far more than all methods with their longest arguments need.
constexpr std::uintmax_t largest_file = 1 << 20;

json to_json(const Argument& argument) {
  if (const auto* id = std::get_if<std::uint16_t>(&argument)) return *id;
  if (const auto* text = std::get_if<std::string>(&argument)) return *text;
  if (const auto* texts = std::get_if<std::pair<std::string, std::string>>(&argument))
    return json::array({texts->first, texts->second});
  return nullptr;
}

Argument to_argument(const json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint16_t>();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) return std::pair(value.at(0).get<std::string>(), value.at(1).get<std::string>());
  return {};
}

json to_json(const dbus::SuspensionRecord& record) {
  json suspects = json::array(), suspended = json::array();
  for (const auto& one : record.suspects)
    suspects.push_back({{"method", label_of(one.method)}, {"argument", to_json(one.argument)}});
  for (const auto& method : record.suspended) suspended.push_back(label_of(method));
  return {{"version", record.version},
          {"suspects", std::move(suspects)},
          {"single_suspect", record.single},
          {"suspended", std::move(suspended)}};
}

// The file may have been edited: only methods that are in the registry are ever called.
dbus::Method to_method(const json& label) {
  const auto method = find_method(label.get<std::string>());
  if (!method) throw std::runtime_error("unknown method " + label.get<std::string>());
  return *method;
}

dbus::SuspensionRecord to_record(const json& from) {
  dbus::SuspensionRecord record;
  record.version = from.at("version").get<std::string>();
  record.single = from.at("single_suspect").get<bool>();
  for (const auto& one : from.at("suspects"))
    record.suspects.push_back({to_method(one.at("method")), to_argument(one.at("argument"))});
  for (const auto& one : from.at("suspended")) record.suspended.push_back(to_method(one));
  if (record.single && record.suspects.size() != 1) throw std::runtime_error("not one single suspect");
  return record;
}

std::string content(const fs::path& file) {
  if (!fs::is_regular_file(file) || fs::file_size(file) > largest_file)
    throw std::runtime_error("not a small regular file");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot be read");
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

SuspensionFile::SuspensionFile(const fs::path& folder, const std::string& server, Log& log)
    : file_(folder.empty() ? fs::path() : folder / (server + ".methods.json")), log_(log) {}

dbus::SuspensionRecord SuspensionFile::load() {
  std::error_code error;
  exists_ = !file_.empty() && fs::exists(file_, error);
  if (!exists_) return {};
  try {
    return to_record(json::parse(content(file_)));
  } catch (const std::exception& failure) {
    log_.warn("Cannot read the list of suspended methods; all methods are called",
              {{"file", file_}, {"err", failure.what()}});
    return {};
  }
}

void SuspensionFile::save(const dbus::SuspensionRecord& record) {
  if (file_.empty()) return;
  try {
    write(record);
    exists_ = !record.empty();
    failing_ = false;
  } catch (const std::exception& failure) {
    if (std::exchange(failing_, true)) return;
    log_.warn("Cannot write the list of suspended methods; it lasts until the exporter ends",
              {{"file", file_}, {"err", failure.what()}});
  }
}

// A crash in the middle must leave the old file or the new one.
void SuspensionFile::write(const dbus::SuspensionRecord& record) const {
  if (record.empty()) {
    fs::remove(file_);
    return;
  }
  fs::create_directories(file_.parent_path());
  const auto unfinished = fs::path(file_).concat(".new");
  std::ofstream stream(unfinished, std::ios::binary | std::ios::trunc);
  stream << to_json(record).dump(2, ' ', false, json::error_handler_t::replace) << '\n';
  stream.close();
  if (!stream) throw std::runtime_error("cannot write " + unfinished.string());
  fs::rename(unfinished, file_);
}

bool SuspensionFile::removed() const {
  std::error_code error;
  return exists_ && !fs::exists(file_, error) && !error;
}

}  // namespace ganesha::exporter
