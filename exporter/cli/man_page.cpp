#include "exporter/cli/man_page.hpp"

#include <CLI/CLI.hpp>

#include "exporter/cli/flag_list.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::size_t page_width = 78;

// No version and no date: the page changes when a flag does, not with each release.
constexpr std::string_view page_opening = R"(.\" Made by `make docs`; do not edit.
.TH GANESHA_EXPORTER 1 "" "ganesha_exporter" "User Commands"
.nh
.ad l
.SH NAME
ganesha_exporter \- Prometheus exporter for NFS\-Ganesha
.SH SYNOPSIS
.B ganesha_exporter
.RI [ flags ]
.br
.B ganesha_exporter
.B top
.RI [ flags ]
.br
.B ganesha_exporter
.B record
.I DIR
.RI [ flags ]
.br
.B ganesha_exporter
.BR \-\-once " | " \-\-config.check " | " \-\-healthcheck " | " \-\-healthcheck.live
.RI [ flags ]
.SH DESCRIPTION
.B ganesha_exporter
reads the statistics of an NFS\-Ganesha server over DBus and serves them to
Prometheus at
.IR /metrics ,
by default on port 19587.
At
.I /
it serves a status page for people; at
.I /\-/healthy
and
.I /\-/ready
it answers health checks.
Scrapes cause no DBus calls: the exporter polls the server in the background.
It waits for a server or a bus that is not there yet, or that restarts.
.PP
With
.B \-\-ganesha.run
it also starts the server and what the server needs, as in a container.
.PP
Durations are written as in Prometheus: 200ms, 5s, 1m30s, 1d.
A flag and its value are separated by = or by a space.
If a flag is given twice, the last one counts, unless it may be repeated.
.SH OPTIONS
)";

constexpr std::string_view other_variables = R"(.TP
.B DBUS_SYSTEM_BUS_ADDRESS
Address of the system bus, where
.B \-\-dbus.address
is not given.
.TP
.B STATE_DIRECTORY
Directory for the list of suspended methods, where
.B \-\-state.path
is not given.
systemd sets it.
.TP
.BR NOTIFY_SOCKET ", " WATCHDOG_USEC ", " WATCHDOG_PID ", " LISTEN_FDS ", " LISTEN_PID
Set by systemd: see
.BR sd_notify (3)
and
.BR sd_listen_fds (3).
.TP
.BR NO_COLOR ", " TERM ", " LC_ALL ", " LC_CTYPE ", " LANG
Colours, terminal and character set of
.BR top .
)";

constexpr std::string_view page_closing = R"(.SH EXIT STATUS
.TP
.B 0
The exporter was stopped by SIGTERM or SIGINT, or did what it was asked to do.
With
.BR \-\-healthcheck :
the exporter is ready.
With
.BR \-\-config.check :
flags and web configuration are valid.
.TP
.B 1
A flag or a file is wrong, the address to listen on is taken, or the exporter
that was asked is not ready, not healthy or cannot be reached.
One line on standard error says why.
.PP
With
.B \-\-ganesha.run
the exit status is that of NFS\-Ganesha, or 128 plus the number of the signal
that ended it.
It is 0 after a clean shutdown, and 1 if the start failed.
.SH SIGNALS
.TP
.BR SIGTERM ", " SIGINT
Stop.
With
.B \-\-ganesha.run
NFS\-Ganesha is shut down first.
.TP
.B SIGHUP
Read the file of
.B \-\-web.config.file
again.
With
.B \-\-ganesha.run
NFS\-Ganesha gets the signal too and reads its exports again.
.TP
.BR SIGUSR1 ", " SIGUSR2 ", " SIGALRM
Ignored.
.SH FILES
.TP
.I /etc/default/ganesha\-exporter
Flags of the unit
.IR ganesha\-exporter.service .
Those of the instance
.RI ganesha\-exporter@ NAME
are in
.IR /etc/default/ganesha\-exporter\-NAME .
.TP
.I /usr/share/dbus\-1/system.d/ganesha\-exporter.conf
Bus policy: it lets the user ganesha\-exporter call the methods that read
statistics, and no other.
.TP
.I /var/lib/ganesha\-exporter
List of suspended methods, with the unit.
.TP
.I /run/ganesha\-exporter
Place for a unix socket to listen on, with the unit.
.TP
.I /usr/share/doc/ganesha\-exporter/examples/web\-config.yml
Example for
.BR \-\-web.config.file .
.TP
.I /usr/share/ganesha\-exporter
Dashboards for Grafana, alerting and recording rules, and runbooks.
.TP
.I /etc/ganesha/ganesha.conf
Configuration of NFS\-Ganesha, read with
.BR \-\-ganesha.run .
.SH EXAMPLES
The NFS\-Ganesha of this host, on all addresses, without the clients:
.PP
.in +4n
.nf
ganesha_exporter \-\-no\-collector.clients
.fi
.in
.PP
With TLS and passwords, for this host only:
.PP
.in +4n
.nf
ganesha_exporter \-\-web.listen\-address=127.0.0.1:19587 \e
    \-\-web.config.file=/etc/ganesha\-exporter/web.yml
.fi
.in
.PP
One of several servers, with Dbus_Name_Prefix = \(dqfast\(dq in its
configuration:
.PP
.in +4n
.nf
ganesha_exporter \-\-dbus.service\-name=fast.org.ganesha.nfsd
.fi
.in
.PP
Exports with the highest latency, from an exporter on another host:
.PP
.in +4n
.nf
ganesha_exporter top \-\-sort=latency \-\-exporter=https://fileserver:19587
.fi
.in
.PP
One scrape for the textfile collector of node_exporter:
.PP
.in +4n
.nf
ganesha_exporter \-\-once > ganesha.prom.new && mv ganesha.prom.new ganesha.prom
.fi
.in
.PP
The replies of a server that is shown wrongly, for a report:
.PP
.in +4n
.nf
ganesha_exporter record /tmp/ganesha\-replies
.fi
.in
.PP
NFS\-Ganesha as a child, as in a container:
.PP
.in +4n
.nf
ganesha_exporter \-\-ganesha.run \-\-ganesha.config\-file=/etc/ganesha/ganesha.conf
.fi
.in
.SH SECURITY
By default everybody who reaches the port reads all pages: addresses of
clients, paths of exports, versions and load.
Listen on 127.0.0.1 or on a unix socket, or require passwords or client
certificates with
.BR \-\-web.config.file .
.PP
The exporter needs no root.
NFS\-Ganesha's own bus policy allows only root to call it; the exporter's policy
allows the user ganesha\-exporter what it calls, and nothing that changes the
server.
Only
.B \-\-ganesha.run
needs root, because NFS\-Ganesha does.
.SH SEE ALSO
.BR dbus\-daemon (1),
.BR prometheus (1),
.BR systemctl (1),
.BR systemd.exec (5),
.BR ganesha\-config (8)
)";

bool begins_word(std::string_view text, std::size_t at) { return at == 0 || text[at - 1] == ' '; }

std::string escape_of(char c) {
  switch (c) {
    case '\\':
      return "\\e";
    case '-':
      return "\\-";
    case '\'':  // Also a request, at the start of a line.
      return "\\(aq";
    case '"':
      return "\\(dq";
    case '`':
      return "\\(ga";
    case '^':
      return "\\(ha";
    case '~':
      return "\\(ti";
    default:
      return {c};
  }
}

std::string paragraph(std::string_view text) { return wrapped(roff(text), "", page_width); }

std::string bold(const std::string& text) { return "\\fB" + roff(text) + "\\fR"; }

// `-d, --interval=DURATION`, with what is typed in bold and what is replaced in italics.
std::string marked_label(const CLI::Option& flag) {
  std::string label;
  for (const auto& name : names_of(flag)) label += (label.empty() ? "" : ", ") + bold(name);
  const std::string value = value_of(flag);
  return label + (value.empty() ? "" : "=\\fI" + roff(value) + "\\fR");
}

std::string flag_entry(const CLI::Option& flag) {
  std::string help = flag.get_description();
  if (const auto value = flag.get_default_str(); !value.empty()) help += " (default: " + value + ")";
  return ".TP\n" + marked_label(flag) + "\n" + paragraph(help);
}

std::string groups_in_roff(const CLI::App& app, const std::string& title_prefix) {
  std::string text;
  for (const auto& [name, flags] : groups_of(app)) {
    text += ".SS \"" + roff(title_prefix + name) + "\"\n";
    for (const CLI::Option* flag : flags) text += flag_entry(*flag);
  }
  return text;
}

std::string commands_in_roff(const CLI::App& app) {
  std::string text = ".SH COMMANDS\n";
  for (const CLI::App* command : commands_of(app)) {
    const std::string& name = command->get_name();
    text += ".TP\n" + bold(synopsis_of(*command)) + "\n" + paragraph(command->get_description());
    text += groups_in_roff(*command, name + ": ");
  }
  return text;
}

std::string variables_in_roff(const CLI::App& app) {
  std::string text = ".SH ENVIRONMENT\nA flag takes precedence over its variable.\n";
  for (const auto& group : groups_of(app))
    for (const CLI::Option* flag : group.flags)
      if (const auto variable = flag->get_envname(); !variable.empty())
        text += ".TP\n" + bold(variable) + "\nThe value of " + bold(names_of(*flag).front()) + ".\n";
  return text + std::string(other_variables);
}

}  // namespace

std::string roff(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' && begins_word(text, i)) out += "\\&";  // Else a request, at the start of a line.
    out += escape_of(text[i]);
  }
  return out;
}

std::string man_page(const CLI::App& app) {
  return std::string(page_opening) + groups_in_roff(app, "") + commands_in_roff(app) +
         variables_in_roff(app) + std::string(page_closing);
}

}  // namespace ganesha::exporter
