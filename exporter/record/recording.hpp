// The replies of one poll and the server's own page of metrics, and the files that they become: the format of
// tests/fixtures. record.cpp of the composition owns one.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dbus/error.hpp"
#include "dbus/message.hpp"
#include "dbus/method.hpp"

namespace ganesha::exporter {

class Pseudonyms;

class Recording {
 public:
  // Keeps the first outcome of each request without an argument; a poll makes each other one once.
  void add(const dbus::Request& request, const dbus::result<dbus::Message>& outcome);
  // The text of the server's own page.
  void add_page(std::string text) { page_ = std::move(text); }
  // Replies, errors aside.
  std::size_t replies() const;

  // The content of each file by its name, with the addresses, paths and names of the site replaced.
  std::map<std::string, std::string> files() const;

 private:
  std::map<std::string, std::string> files_with(Pseudonyms& names) const;

  std::vector<std::pair<dbus::Request, dbus::result<dbus::Message>>> outcomes_;
  std::optional<std::string> page_;
};

// Throws std::runtime_error unless the directory is missing or empty.
void require_unused(const std::filesystem::path& folder);
// Writes the files into the directory, which is made if it is missing. Throws std::runtime_error; overwrites
// nothing.
void write_files(const std::filesystem::path& folder, const std::map<std::string, std::string>& files);

}  // namespace ganesha::exporter
