// Whether a browser may show a page to the site that made it ask: against DNS rebinding, where a stranger's
// page gives its own name the address of this machine and then reads what it serves. routes.cpp asks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ganesha::exporter {

class HostCheck {
 public:
  /// `names` are those of this machine, beside localhost: `nfs.example.com`, `*.example.com` for each name
  /// below it, `*` for any.
  explicit HostCheck(std::vector<std::string> names);

  /// Of the header Host, with or without a port. No name can be rebound that is an IP address, and no browser
  /// leaves the header out.
  bool accepts(std::string_view host) const;

 private:
  std::vector<std::string> names_;
};

/// What the names of a machine are known from: its host name and the text of two files.
struct MachineNames {
  std::string host_name;
  std::string hosts;        ///< /etc/hosts
  std::string resolv_conf;  ///< /etc/resolv.conf
};

/// The host name, whole and up to its first dot; the names beside it in /etc/hosts; and the short one in each
/// domain that this machine searches. DNS is not asked: it may be slow.
std::vector<std::string> names_of(const MachineNames& from);

/// Reads what names_of() needs; what cannot be read is empty.
MachineNames read_machine_names();

}  // namespace ganesha::exporter
