// Which exports and clients of a page are shown, and how its labels become ours. Used by read_page().
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/built_in/text_format.hpp"
#include "exporter/model/selection.hpp"

namespace ganesha::exporter {

/// Whether DBus reports of the server too: then what it knows better is left out, and it selects the exports.
enum class BesideBus : std::uint8_t { yes, no };

// Of one page: its exports and clients as the selection shows them.
class ShownEntries {
 public:
  ShownEntries(const std::vector<SourceFamily>& families, const Selection& selection, dbus::WallTime taken,
               BesideBus beside);

  // Nothing for an export or a client that is not shown.
  std::optional<std::vector<std::string>> labels(const BuiltInFamily& row, const SourceLabels& source) const;
  std::size_t dropped() const { return dropped_; }

 private:
  using Texts = std::map<std::string, std::string, std::less<>>;

  void find_exports(const std::vector<SourceFamily>& families);
  void choose_exports(const ExportSelection& selection);
  void choose_clients(const std::vector<SourceFamily>& families, const ClientSelection& selection,
                      dbus::WallTime taken);
  std::optional<std::string> export_label(BuiltInValue value, const SourceLabels& source) const;

  Texts paths_;                                 // by id
  Texts ids_;                                   // by path
  std::set<std::string, std::less<>> exports_;  // ids of those that are shown
  Texts clients_;                               // our labels of those that are shown, by the server's
  std::size_t dropped_ = 0;
};

}  // namespace ganesha::exporter
