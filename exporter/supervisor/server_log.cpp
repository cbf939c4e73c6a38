#include "exporter/supervisor/server_log.hpp"

namespace ganesha::exporter {

// Ganesha's lines state their level, such as ":CRIT :".
void log_server_line(Log& log, const std::string& line) {
  const auto has = [&line](const char* severity) { return line.find(severity) != line.npos; };
  if (has(" :FATAL :") || has(" :CRIT :") || has(" :MAJ :"))
    log.error(line, {{"source", "ganesha.nfsd"}});
  else if (has(" :WARN :"))
    log.warn(line, {{"source", "ganesha.nfsd"}});
  else
    log.info(line, {{"source", "ganesha.nfsd"}});
}

}  // namespace ganesha::exporter
