// What a server's log lines say of its start. Ganesha owns one in each life.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ganesha {

class StartLines {
 public:
  void take(const std::string& line);

  // "NFS SERVER INITIALIZED". Never seen where the log goes elsewhere or is too quiet.
  bool initialized() const noexcept { return initialized_; }
  // Why it could not have its name on the bus, in its own words; empty where it did not say so.
  const std::string& name_refused() const noexcept { return name_refused_; }
  // The complaint about its configuration that names this export, else the first that names a
  // place in a file; empty without any.
  std::string complaint_about(std::string_view export_path) const;
  void forget_complaints() { complaints_.clear(); }

 private:
  bool initialized_ = false;
  std::string name_refused_;
  std::vector<std::string> complaints_;
};

}  // namespace ganesha
