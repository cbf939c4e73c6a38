#include "exporter/status/page.hpp"

#include <fmt/format.h>

#include "exporter/base/duration.hpp"
#include "exporter/base/human_units.hpp"
#include "exporter/base/listed.hpp"
#include "exporter/base/text.hpp"
#include "exporter/base/utc.hpp"
#include "exporter/model/sample_values.hpp"
#include "exporter/model/stats_switch.hpp"
#include "exporter/status/assets/assets.hpp"
#include "exporter/status/page_tables.hpp"
#include "exporter/status/sparkline.hpp"

namespace ganesha::exporter {
namespace {

std::string fact(std::string_view name, std::string_view html) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, html);
}

std::string warning(std::string_view html) {
  return fmt::format(R"(<strong class="warn">{}</strong>)", html);
}

std::string utc(double unix_seconds) {
  return utc_text(static_cast<std::time_t>(unix_seconds), "%Y-%m-%d %H:%M:%S UTC");
}

// Relative, so that the page works behind a reverse proxy that serves it below a path. `path` begins with /;
// a dot before it keeps a colon in it from ending a scheme.
std::string link_to(std::string_view path) { return "." + escape_markup(path); }

// `more` is what else is known of it.
std::string collector_item(std::string_view name, const CollectorOutcome& outcome, bool has_bus,
                           std::string_view more) {
  const std::string_view kind = !outcome.supported ? "absent" : outcome.success ? "works" : "fails";
  std::string text = !outcome.supported ? has_bus ? "not supported by this version" : "needs DBus"
                     : outcome.success  ? human_latency(seconds(outcome.duration))
                                        : "failed";
  if (outcome.supported) text.append(more);
  return fmt::format("<li class=\"{}\"><b>{}</b> {}</li>\n", kind, name, text);
}

class Document {
 public:
  Document(const StatusReport& report, const std::vector<PageLink>& navigation)
      : report_(report),
        navigation_(navigation),
        facts_(*report.facts),
        live_(facts_.live),
        now_(seconds(facts_.now)) {}

  std::string html() const {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n" + head() +
           fmt::format("<body data-interval=\"{:f}\">\n", seconds(facts_.refresh_interval)) + header() +
           "<main>\n<p id=\"lost\" role=\"alert\"></p>\n<div id=\"shown\">\n" + state() + totals() +
           table_section(report_, Subject::exports) + table_section(report_, Subject::clients) +
           collector_section() + "</div>\n</main>\n" + footer() + "</body>\n</html>\n";
  }

 private:
  std::string_view up_or_down() const { return live_.up ? "up" : "down"; }

  std::string head() const {
    return fmt::format(R"(<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>NFS-Ganesha is {0}</title>
<link rel="icon" id="icon" data-live type="image/svg+xml" href="{1}">
<link rel="stylesheet" href="{2}">
<script src="{3}" defer></script>
</head>
)",
                       up_or_down(), link_to(asset_path(fmt::format("{}.svg", up_or_down()))),
                       link_to(asset_path("page.css")), link_to(asset_path("page.js")));
  }

  std::string header() const {
    std::string links;
    for (const auto& [path, title] : navigation_)
      links += fmt::format(R"(<a href="{}">{}</a>)", link_to(path), escape_markup(title));
    return fmt::format(R"(<a class="skip" href="#exports">Skip to the exports</a>
<header>
<h1>NFS-Ganesha</h1>
<nav aria-label="Other pages">{}</nav>
</header>
)",
                       links);
  }

  std::string state() const {
    return fmt::format(R"(<section id="state" class="{0}" data-live-class aria-label="State">
<p id="verdict" role="status" data-live-text>NFS-Ganesha is {0}</p>
<p id="since" data-live>{1}</p>
<dl id="facts" data-live>
{2}</dl>
</section>
)",
                       up_or_down(), since(), state_facts());
  }

  std::string since() const {
    std::string text;
    if (!live_.up) text = escape_for_display(facts_.why_down) + (facts_.since ? ", " : "");
    if (!facts_.since) return text;
    const double time = seconds(facts_.since->time);
    return text + fmt::format("{}since <time>{}</time>, for {}", since_word(), utc(time),
                              human_duration(now_ - time));
  }

  std::string_view since_word() const {
    switch (facts_.since->kind) {
      case SinceKind::started:
        return "up ";
      case SinceKind::counting:
        return "counting ";
      case SinceKind::seen:
        return "seen ";
      case SinceKind::down:
        break;
    }
    return {};
  }

  std::string state_facts() const {
    std::string html = signs_of_life();
    if (!facts_.snapshot) return html + fact("Version", "unknown");
    const auto& snapshot = *facts_.snapshot;
    html += fact("Version", snapshot.version ? escape_for_display(*snapshot.version) : "unknown");
    if (snapshot.in_grace) html += fact("Grace period", *snapshot.in_grace ? warning("in grace") : "over");
    html += missing_exports();
    if (snapshot.clients_active) html += fact("Active clients", human_count(*snapshot.clients_active));
    return html + counting();
  }

  std::string signs_of_life() const {
    if (has_bus()) return fact("Last heartbeat", live_.last_heartbeat ? time_of_heartbeat() : "none yet");
    std::string html = fact("DBus", "none");
    for (const auto& [source, address, seen] : live_.signs) {
      const bool is_page = source == "built_in_page";
      const std::string name = (is_page ? "Metrics at " : "NULL call to ") + escape_for_display(address);
      const std::string verb = is_page ? "read" : "answered";
      html += fact(name, seen ? verb : warning("not " + verb));
    }
    return html;
  }

  bool has_bus() const { return live_.bus_connected.has_value(); }

  std::string missing_exports() const {
    const auto& missing = facts_.snapshot->exports_missing;
    if (!missing || missing->empty()) return {};
    return fact("Exports not served", warning(escape_for_display(listed(*missing))));
  }

  std::string time_of_heartbeat() const {
    const double time = seconds(*live_.last_heartbeat);
    return fmt::format(R"(<time title="{}">{}</time>)", utc(time), human_ago(now_ - time));
  }

  // Since when reads and writes are counted, or that they are not.
  std::string counting() const {
    if (!facts_.snapshot->stats) return {};
    const auto* nfs = find_switch(*facts_.snapshot->stats, Statistic::nfs);
    if (!nfs) return {};
    if (!nfs->enabled) return fact("Statistics", warning("disabled"));
    if (nfs->since == dbus::Timestamp{}) return {};
    const double time = seconds(nfs->since);
    return fact("Counting for",
                fmt::format(R"(<time title="since {}">{}</time>)", utc(time), human_duration(now_ - time)));
  }

  std::string totals() const {
    std::string html =
        "<section aria-labelledby=\"totals-title\">\n<h2 id=\"totals-title\" class=\"unseen\">"
        "Total traffic</h2>\n<dl class=\"totals\" id=\"totals\" data-live>\n";
    const auto add = [&](std::string_view name, double Rates::*rate, auto text_of, std::string_view unit) {
      const bool known = report_.total.has_value();
      html += fact(name, known ? text_of((*report_.total).*rate).append(unit) : "–");
    };
    const bool timed = report_.total && report_.total->latency;
    add("Read", &Rates::read_bytes, human_bytes, "/s");
    add("Written", &Rates::written_bytes, human_bytes, "/s");
    add("Reads/s", &Rates::reads, human_rate, "");
    add("Writes/s", &Rates::writes, human_rate, "");
    html += fact("Latency", timed ? human_latency(*report_.total->latency) : "–");
    add("Errors/s", &Rates::errors, human_rate, "");
    const auto recent = sparkline(report_.total_history);
    if (!recent.empty()) html += fact("Recent throughput", recent);
    return html + "</dl>\n</section>\n";
  }

  std::string collector_section() const {
    std::string items;
    for (std::size_t i = 0; live_.last_poll && i < collectors.size(); ++i)
      if (live_.enabled[i])
        items += collector_item(collectors[i].name, live_.last_poll->outcomes[i], has_bus(),
                                collectors[i].id == CollectorId::built_in ? last_fetch() : "");
    return fmt::format(R"(<section id="collectors" aria-labelledby="collectors-title">
<div class="bar"><h2 id="collectors-title">Collectors</h2>
<p class="count" id="last-poll" data-live>{}</p></div>
<p id="suspended" data-live>{}</p>
<ul id="collector-list" data-live>
{}</ul>
</section>
)",
                       last_poll(), suspended(), items);
  }

  std::string suspended() const {
    if (live_.suspended_methods.empty()) return {};
    return warning("Suspended, because NFS-Ganesha died three times during the call: " +
                   escape_markup(listed(live_.suspended_methods)));
  }

  std::string last_poll() const {
    if (!live_.last_poll) return "No poll has completed yet.";
    return "polled " + human_ago(now_ - seconds(live_.last_poll->taken));
  }

  // Its page is shown for a while when later fetches fail.
  std::string last_fetch() const {
    if (!live_.last_fetch) return {};
    return ", fetched " + human_ago(now_ - seconds(*live_.last_fetch));
  }

  std::string footer() const {
    const auto& poll = live_.last_poll;
    const std::string revision =
        live_.revision.empty() ? "" : fmt::format(" (revision {})", escape_markup(live_.revision));
    std::string text = fmt::format("ganesha_exporter {}{} polls every {}", escape_markup(live_.version),
                                   revision, interval());
    if (poll) text += "; the last poll took " + human_latency(seconds(poll->duration));
    if (live_.bus_connected == false) text += "; not connected to DBus";
    return fmt::format("<footer><p id=\"exporter\" data-live>{}.</p></footer>\n", text);
  }

  std::string interval() const {
    return format_duration(std::chrono::round<std::chrono::milliseconds>(facts_.poll_interval));
  }

  const StatusReport& report_;
  const std::vector<PageLink>& navigation_;
  const StatusFacts& facts_;
  const ScrapeState& live_;
  double now_;
};

}  // namespace

std::string status_page(const StatusReport& report, const std::vector<PageLink>& navigation) {
  return Document(report, navigation).html();
}

}  // namespace ganesha::exporter
