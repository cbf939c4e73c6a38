// What a server's log lines say about its start. Ganesha owns one per run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ganesha {

class StartLines {
 public:
  void take(const std::string& line);

  // "NFS SERVER INITIALIZED" was logged. Never if the log goes elsewhere or is too quiet.
  bool initialized() const noexcept { return initialized_; }
  // Why it could not get its name on the bus, in its own words; empty if it logged no such line.
  const std::string& name_refused() const noexcept { return name_refused_; }
  // The log line about its configuration that names this export, else the first that names a place in a file;
  // empty if there is none.
  std::string complaint_about(std::string_view export_path) const;
  void forget_complaints() { complaints_.clear(); }

 private:
  bool initialized_ = false;
  std::string name_refused_;
  std::vector<std::string> complaints_;
};

}  // namespace ganesha
