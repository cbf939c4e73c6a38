#include "exporter/built_in/labels.hpp"

#include <algorithm>
#include <array>

#include "exporter/base/text.hpp"
#include "exporter/model/label_value.hpp"

namespace ganesha::exporter {
namespace {

std::string_view value_of(const SourceLabels& labels, std::string_view name) {
  const auto found = std::ranges::find(labels, name, &SourceLabels::value_type::first);
  return found == labels.end() ? std::string_view{} : found->second;
}

// export_id=7 by default; a file system may give its exports other names.
std::string_view id_of(std::string_view label) {
  for (const std::string_view prefix : {"export_id=", "exportid="})
    if (label.starts_with(prefix)) label.remove_prefix(prefix.size());
  return label;
}

std::string to_upper(std::string_view text) {
  std::string upper(text);
  for (auto& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return upper;
}

std::string_view protocol_of_version(std::string_view version) {
  if (version == "nfs3") return "NFSv3";
  if (version == "nfs4") return "NFSv4";
  return version;
}

std::string_view protocol_of_procedure(std::string_view procedure) {
  constexpr std::array both{"access", "commit",  "create",   "getattr", "link",   "lookup",  "null",
                            "read",   "readdir", "readlink", "remove",  "rename", "setattr", "write"};
  constexpr std::array of_v3{"fsinfo",   "fsstat",      "mkdir", "mknod",
                             "pathconf", "readdirplus", "rmdir", "symlink"};
  if (std::ranges::find(both, procedure) != both.end()) return "NFS";
  return std::ranges::find(of_v3, procedure) != of_v3.end() ? "NFSv3" : "NFSv4";
}

std::string hit_or_miss(std::string_view status) {
  return status == "success" ? "hit" : status == "failure" ? "miss" : std::string(status);
}

// Labels that are made of one value alone.
std::string simple_label(BuiltInValue value, std::string_view source) {
  switch (value) {
    case BuiltInValue::lower_case:
      return to_lower(source);
    case BuiltInValue::upper_case:
      return to_upper(source);
    case BuiltInValue::protocol_of_version:
      return std::string(protocol_of_version(source));
    case BuiltInValue::protocol_of_procedure:
      return std::string(protocol_of_procedure(source));
    case BuiltInValue::nfsv4:
      return "NFSv4";
    case BuiltInValue::nfs:
      return "NFS";
    case BuiltInValue::hit_or_miss:
      return hit_or_miss(source);
    default:
      return std::string(source);
  }
}

// Numbers by their value.
bool goes_before(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

std::uint64_t to_seconds(dbus::WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 0));
}

// All clients that a page names, with their last activity where the page has it.
std::vector<dbus::Client> clients_of(const std::vector<SourceFamily>& families) {
  std::map<std::string, std::uint64_t, std::less<>> activity;
  for (const auto& family : families) {
    const bool has_time = family.name == "last_client_update";
    for (const auto& series : family.series)
      if (const auto client = value_of(series.labels, "client"); !client.empty()) {
        auto& last = activity.try_emplace(std::string(client)).first->second;
        if (has_time && series.value > 0) last = static_cast<std::uint64_t>(series.value);
      }
  }
  std::vector<dbus::Client> clients;
  for (const auto& [address, last] : activity) {
    auto& client = clients.emplace_back();
    client.address = address;
    client.last_activity.seconds = last;
  }
  return clients;
}

}  // namespace

ShownEntries::ShownEntries(const std::vector<SourceFamily>& families, const Selection& selection,
                           dbus::WallTime taken, BesideBus beside) {
  find_exports(families);
  const bool selects = beside == BesideBus::no;
  choose_exports(selects ? selection.exports : ExportSelection{.filter = {}, .max = 0});
  if (selects) choose_clients(families, selection.clients, taken);
}

void ShownEntries::find_exports(const std::vector<SourceFamily>& families) {
  for (const auto& family : families)
    for (const auto& series : family.series) {
      const auto label = value_of(series.labels, "export");
      if (label.empty()) continue;
      const auto path = value_of(series.labels, "path");
      auto& known = paths_.try_emplace(std::string(id_of(label))).first->second;
      if (!path.empty()) known = path;
    }
  for (const auto& [id, path] : paths_)
    if (!path.empty()) ids_.try_emplace(path, id);
}

void ShownEntries::choose_exports(const ExportSelection& selection) {
  std::vector<std::string> shown;
  // Servers before 15.2 do not say the path: a filter cannot know those that it takes.
  const bool all = !selection.filter.include && !selection.filter.exclude;
  for (const auto& [id, path] : paths_)
    if (all || (!path.empty() && selection.filter.takes(path))) shown.push_back(id);
  std::ranges::sort(shown, goes_before);
  if (selection.max > 0 && shown.size() > selection.max) {
    dropped_ += shown.size() - selection.max;
    shown.resize(selection.max);
  }
  exports_.insert(shown.begin(), shown.end());
}

void ShownEntries::choose_clients(const std::vector<SourceFamily>& families, const ClientSelection& selection,
                                  dbus::WallTime taken) {
  auto clients = clients_of(families);
  std::erase_if(clients, [&](const auto& one) { return !selection.shows(one, {to_seconds(taken), 0}); });
  dropped_ += keep_latest(selection.max, clients);
  for (const auto& one : clients) clients_.emplace(one.address, selection.label(one.address));
}

// An export that the page names by its path alone is shown if its id is known from elsewhere in the page.
std::optional<std::string> ShownEntries::export_label(BuiltInValue value, const SourceLabels& source) const {
  auto id = id_of(value_of(source, "export"));
  if (id.empty()) {
    const auto found = ids_.find(value_of(source, "path"));
    if (found == ids_.end()) return std::nullopt;
    id = found->second;
  }
  if (!exports_.contains(id)) return std::nullopt;
  return value == BuiltInValue::export_id ? std::string(id) : paths_.find(id)->second;
}

std::optional<std::vector<std::string>> ShownEntries::labels(const BuiltInFamily& row,
                                                             const SourceLabels& source) const {
  std::vector<std::string> values;
  values.reserve(row.labels.size());
  for (const auto& label : row.labels) {
    if (label.value == BuiltInValue::export_id || label.value == BuiltInValue::path) {
      auto value = export_label(label.value, source);
      if (!value) return std::nullopt;
      values.push_back(std::move(*value));
    } else if (label.value == BuiltInValue::client) {
      const auto found = clients_.find(value_of(source, label.source));
      if (found == clients_.end()) return std::nullopt;
      values.push_back(found->second);
    } else {
      values.push_back(simple_label(label.value, value_of(source, label.source)));
    }
    cut_label(values.back());
  }
  return values;
}

}  // namespace ganesha::exporter
