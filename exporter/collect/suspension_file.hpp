// Keeps suspected and suspended methods when the exporter ends, which in a container it does with its server:
// one small JSON file per server. The exporter owns one.
#pragma once

#include <filesystem>
#include <string>

#include "dbus/suspension.hpp"
#include "exporter/base/log.hpp"

namespace ganesha::exporter {

class SuspensionFile {
 public:
  // With an empty `folder` the list is kept in memory. `server` distinguishes it from those of other servers.
  SuspensionFile(const std::filesystem::path& folder, const std::string& server, Log& log);

  // What the file holds; nothing where there is none, or where it cannot be read, which is logged.
  dbus::SuspensionRecord load();
  // Writes the record, or removes the file where it is empty. A failure is logged, once.
  void save(const dbus::SuspensionRecord& record);
  // Whether the file was removed that load() read or save() wrote.
  bool removed() const;

 private:
  void write(const dbus::SuspensionRecord& record) const;

  std::filesystem::path file_;
  Log& log_;
  bool exists_ = false;
  bool failing_ = false;
};

}  // namespace ganesha::exporter
