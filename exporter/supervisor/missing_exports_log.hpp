// Reports exports of the configuration that the server does not serve. The exporter calls it after each poll.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporter/base/log.hpp"

namespace ganesha::exporter {

class MissingExportsLog {
 public:
  explicit MissingExportsLog(Log& log) : log_(log) {}

  // `missing` of one poll; nothing if it is unknown. Logs one line when it has changed and two polls agree:
  // after a reload the server has its new exports a moment later.
  void take(const std::optional<std::vector<std::string>>& missing);

 private:
  void report() const;

  Log& log_;
  std::vector<std::string> latest_, reported_;
};

}  // namespace ganesha::exporter
