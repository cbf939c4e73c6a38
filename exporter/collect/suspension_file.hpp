// Keeps suspected and suspended methods beyond the end of the exporter, which in a container ends with its
// server: a small JSON file a server. The exporter owns one.
#pragma once

#include <filesystem>
#include <string>

#include "dbus/suspension.hpp"
#include "exporter/base/log.hpp"

namespace ganesha::exporter {

class SuspensionFile {
 public:
  // An empty `folder` stands for memory alone. `server` tells the list from those of other servers.
  SuspensionFile(const std::filesystem::path& folder, const std::string& server, Log& log);

  // What the file holds; nothing where there is none, or it cannot be read: then one line says so.
  dbus::SuspensionRecord load();
  // Writes the record, or removes the file where it is empty. A failure is logged, once.
  void save(const dbus::SuspensionRecord& record);
  // Whether somebody removed the file that load() read or save() wrote.
  bool removed() const;

 private:
  void write(const dbus::SuspensionRecord& record) const;

  std::filesystem::path file_;
  Log& log_;
  bool exists_ = false;
  bool failing_ = false;
};

}  // namespace ganesha::exporter
