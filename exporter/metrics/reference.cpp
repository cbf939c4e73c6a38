#include "exporter/metrics/reference.hpp"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "exporter/metrics/exporter_metrics.hpp"
#include "exporter/metrics/metric_table.hpp"
#include "exporter/metrics/process_metrics.hpp"
#include "exporter/metrics/supervisor_metrics.hpp"
#include "exporter/model/server_process.hpp"

namespace ganesha::exporter {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view opening = R"(# Metrics

Made by `ganesha_exporter --help-metrics`; do not edit.

Counters begin anew when Ganesha restarts, and with its ResetStats: `rate()` and `increase()` allow for that. What a
server does not measure is left out, not served as 0. While `ganesha_up` is 0 only the heartbeat's and the exporter's
own metrics are there. `since` is the first Ganesha that tells a metric; a collector whose methods a server lacks says
so in `ganesha_exporter_collector_supported`. Calls that can crash a server are left out: [calls.md](calls.md).

Values of labels: `protocol` NFSv3, NFSv4, NFSv40, NFSv41, NFSv42, NLMv4, MNT, MNTv1, MNTv3, RQUOTA, 9P; `operation`
read, write (of a file system: its own names); `layout` getdevinfo, get, commit, return, recall; `state` of a client
open, lock, delegation, of open files below_low, below_high, above_high, hard_limit; `source` group_cache, winbind, dns;
`kind` fsal, global; `limit` system, low_mark, high_mark, hard; `stats` nfs, fsal, v3_full, v4_full, auth,
client_all_ops. `client` is an address without `::ffff:`, or a network with `--collector.clients.aggregate`.
)";

constexpr std::string_view closing = R"(
## Left out

| what Ganesha tells | why it is left out |
|---|---|
| GetTotalOPS | mixes operations and compounds; GetFastOPS and GetGlobalOPS tell more |
| Get9pTrans | never recorded by any server, gone in 15.2 |
| Get9pOpStats | a call for each operation; without arguments it harms the server |
| GetNFSIOMon | sleeps a second in the thread that sends the heartbeats |
| GetClientAllops, which has the procedures of one client from 3.2 on | never called: after ResetStats, or after `client_all_ops` was disabled and enabled, its reply is no valid message and the server ends. Only 15.2 has a safe call, GetAllClientAllops |
| the compounds of GetAllClientAllops | equal to the sums of `ganesha_client_other_operations_total` |
| read and write figures of GetExportDetails, GetClientIOops, GetAllClientIOops | `ganesha_{export,client}_operations_total` and its kin have them, with more |
| the operations beside the protocols in ShowExports and ShowClients of 15.2 | the same sums without protocol |
| Cache Requests, Cache Misses, Cache Conflicts of ShowMDCache | never counted |
| FSAL opened State FD count of ShowFDUsage | grows by one with each OPEN and never falls: 3,991 beside 8 open files (6.5 and 15.2) |
| NFSv4 open state count of ShowFDUsage | `ganesha_client_state` has it by client |
| the clients of get_drc_info | their addresses and ports change with each connection: summed |
| the clients of DisplayExport | configuration, not state |
| trim_status | writes a file |

## Paths of exports

What the labels of an export mean depends on the server's version and on `Mount_Path_Pseudo` in NFS_CORE_PARAM:

| server | `Mount_Path_Pseudo` | `path` | `pseudo` of `ganesha_export_info` | `real_path` of `ganesha_export_info` |
|---|---|---|---|---|
| 2.5 to 3.5 | any | pseudo path; the real path where there is none | pseudo path | real path, where it is another |
| 4.0 to 15.2 | false, the default | real path | real path, not the pseudo path | absent |
| 4.0 to 15.2 | true | pseudo path | pseudo path | real path, where it is another |

`path` is what ShowExports has, `real_path` and `pseudo` are the first and the second path of DisplayExport.
)";

std::string_view name_of(MetricType type) { return type == MetricType::Counter ? "counter" : "gauge"; }

std::string_view unit_of(std::string_view name) {
  if (name.ends_with("_total")) name.remove_suffix(std::string_view("_total").size());
  for (const std::string_view unit : {"seconds", "bytes"})
    if (name.ends_with(unit)) return unit;
  return "";
}

// A cell may hold no bar.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

void add_line(std::string& out, std::initializer_list<std::string_view> cells) {
  for (const auto text : cells) out += "| " + cell(text) + " ";
  out += "|\n";
}

void add_head(std::string& out, const std::string& title, std::string_view text) {
  out += "\n## " + title + "\n\n" + std::string(text) + "\n\n";
  add_line(out, {"metric", "type", "unit", "labels", "from", "since", "what it means"});
  out += "|---|---|---|---|---|---|---|\n";
}

template <class Facts>
void add_row(std::string& out, const Row<Facts>& row) {
  add_line(out, {"`" + std::string(row.name) + "`", name_of(row.type), unit_of(row.name), row.labels,
                 row.source, row.since, row.help});
}

void add_family(std::string& out, const MetricFamily& family) {
  std::string labels;
  for (const auto& label : family.metric.at(0).label) labels += (labels.empty() ? "" : ", ") + label.name;
  add_line(out, {"`" + family.name + "`", name_of(family.type), unit_of(family.name), labels, "", "",
                 family.help});
}

void add_collector(std::string& out, std::size_t index) {
  const auto& it = collectors[index];
  add_head(out, "Collector " + std::string(it.name),
           "`--collector." + std::string(it.name) + "`, " + (it.by_default ? "on" : "off") +
               " by default: " + std::string(it.help) + ".");
  for (const auto& row : ganesha_rows())
    if (collectors_of(row).test(index)) add_row(out, row);
}

// One of each, so that there is something to collect.
std::vector<MetricFamily> own_families() {
  ExporterMetrics self;
  self.count_call("ok");
  auto families = self.collectable()->Collect();
  std::ranges::move(ProcessMetrics().Collect(), std::back_inserter(families));
  return families;
}

std::vector<MetricFamily> supervisor_families() {
  auto facts = std::make_shared<ServerProcess>();
  facts->pid = getpid();
  facts->last_exit_code = 0;
  return SupervisorMetrics(facts).Collect();
}

}  // namespace

std::string metrics_reference() {
  std::string out(opening);
  add_head(out, "Always there", "Ganesha's heartbeat, and the exporter itself.");
  for (const auto& row : live_rows()) add_row(out, row);
  for (const auto& family : own_families()) add_family(out, family);
  for (std::size_t i = 0; i < collectors.size(); ++i)
    if (collectors[i].name != "ninep") add_collector(out, i);
  out +=
      "\n## Collector ninep\n\n`--collector.ninep`, off by default: " + std::string(collectors.back().help) +
      ", in the families of the collectors exports and clients. No server is known to record any.\n";
  add_head(out, "With --ganesha.run", "The server that the exporter runs.");
  for (const auto& family : supervisor_families()) add_family(out, family);
  out += closing;
  return out;
}

}  // namespace ganesha::exporter
