#include "exporter/status/page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "exporter/base/listed.hpp"
#include "exporter/base/text.hpp"
#include "exporter/model/sample_values.hpp"
#include "exporter/status/assets/assets.hpp"
#include "exporter/status/sparkline.hpp"
#include "exporter/status/units.hpp"

namespace ganesha::exporter {
namespace {

std::string fact(std::string_view name, const std::string& html) {
  return "<div><dt>" + std::string(name) + "</dt><dd>" + html + "</dd></div>\n";
}

class Page {
 public:
  Page(const Status& status, const std::vector<PageLink>& navigation)
      : status_(status),
        navigation_(navigation),
        facts_(*status.facts),
        live_(facts_.live),
        now_(seconds(facts_.now)) {}

  std::string html() const {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n" + head() + "<body data-interval=\"" +
           std::to_string(seconds(facts_.refresh_interval)) + "\">\n" + header() + "<main>\n" +
           "<p id=\"lost\" role=\"alert\"></p>\n<div id=\"shown\">\n" + state() + totals() +
           table_section(status_, Subject::exports) + table_section(status_, Subject::clients) +
           collector_section() + "</div>\n</main>\n" + footer() + "</body>\n</html>\n";
  }

 private:
  std::string_view up_or_down() const { return live_.up ? "up" : "down"; }

  std::string head() const {
    const std::string word(up_or_down());
    return "<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<meta name=\"color-scheme\" content=\"light dark\">\n<title>NFS-Ganesha is " +
           word + "</title>\n<link rel=\"icon\" id=\"icon\" data-live type=\"image/svg+xml\" href=\"" +
           asset_path(word + ".svg") + "\">\n<link rel=\"stylesheet\" href=\"" + asset_path("page.css") +
           "\">\n<script src=\"" + asset_path("page.js") + "\" defer></script>\n</head>\n";
  }

  std::string header() const {
    std::string links;
    for (const auto& [path, title] : navigation_)
      links += fmt::format(R"(<a href="{}">{}</a>)", escape_markup(path), escape_markup(title));
    return "<a class=\"skip\" href=\"#exports\">Skip to the exports</a>\n<header>\n<h1>NFS-Ganesha</h1>\n"
           "<nav aria-label=\"Other pages\">" +
           links + "</nav>\n</header>\n";
  }

  std::string state() const {
    const std::string word(up_or_down());
    return "<section id=\"state\" class=\"" + word + "\" data-live-class aria-label=\"State\">\n" +
           "<p id=\"verdict\" role=\"status\" data-live-text>NFS-Ganesha is " + word + "</p>\n" +
           "<p id=\"since\" data-live>" + since() + "</p>\n<dl id=\"facts\" data-live>\n" + state_facts() +
           "</dl>\n</section>\n";
  }

  std::string since() const {
    std::string text;
    if (!live_.up) text = escape_markup(facts_.why_down) + (facts_.since ? ", " : "");
    if (!facts_.since) return text;
    const double time = seconds(facts_.since->time);
    return text + since_word() + "since <time>" + utc(time) + "</time>, for " + span(now_ - time);
  }

  std::string since_word() const {
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
    std::string html = fact("Last beat", live_.last_heartbeat ? time_of_beat() : "none yet");
    if (!facts_.snapshot) return html + fact("Version", "not known");
    const auto& snapshot = *facts_.snapshot;
    html += fact("Version", snapshot.version ? escape_markup(*snapshot.version) : "not known");
    if (snapshot.in_grace)
      html += fact("Grace period", *snapshot.in_grace ? "<strong class=\"warn\">in grace</strong>" : "over");
    html += missing_exports();
    if (snapshot.clients_active) html += fact("Active clients", number(*snapshot.clients_active));
    return html + counting();
  }

  std::string missing_exports() const {
    const auto& missing = facts_.snapshot->exports_missing;
    if (!missing || missing->empty()) return {};
    return fact("Exports not served",
                "<strong class=\"warn\">" + escape_markup(listed(*missing)) + "</strong>");
  }

  std::string time_of_beat() const {
    const double time = seconds(*live_.last_heartbeat);
    return "<time title=\"" + utc(time) + "\">" + ago(now_ - time) + "</time>";
  }

  // Since when reads and writes are counted; that they are not is worth a word.
  std::string counting() const {
    if (!facts_.snapshot->stats) return {};
    const auto nfs = std::ranges::find(*facts_.snapshot->stats, "nfs", &dbus::StatsSwitch::name);
    if (nfs == facts_.snapshot->stats->end()) return {};
    if (!nfs->enabled) return fact("Counting", "<strong class=\"warn\">switched off</strong>");
    if (nfs->since == dbus::Timestamp{}) return {};
    const double time = seconds(nfs->since);
    return fact("Counting for", "<time title=\"since " + utc(time) + "\">" + span(now_ - time) + "</time>");
  }

  std::string totals() const {
    std::string html =
        "<section aria-labelledby=\"totals-title\">\n<h2 id=\"totals-title\" class=\"unseen\">"
        "All traffic of what is shown</h2>\n<dl class=\"totals\" id=\"totals\" data-live>\n";
    const auto figure = [this](double Rates::*rate, auto unit) {
      return status_.total ? unit((*status_.total).*rate) : std::string("–");
    };
    const bool timed = status_.total && status_.total->latency;
    html += fact("Read", figure(&Rates::read_bytes, bytes_per_second));
    html += fact("Written", figure(&Rates::written_bytes, bytes_per_second));
    html += fact("Reads/s", figure(&Rates::reads, per_second));
    html += fact("Writes/s", figure(&Rates::writes, per_second));
    html += fact("Latency", timed ? latency(*status_.total->latency) : "–");
    html += fact("Errors/s", figure(&Rates::errors, per_second));
    const auto lately = sparkline(status_.total_history);
    if (!lately.empty()) html += fact("Throughput lately", lately);
    return html + "</dl>\n</section>\n";
  }

  std::string collector_section() const {
    std::string html =
        "<section id=\"collectors\" aria-labelledby=\"collectors-title\">\n"
        "<div class=\"bar\"><h2 id=\"collectors-title\">Collectors</h2>\n"
        "<p class=\"count\" id=\"last-poll\" data-live>" +
        last_poll() + "</p></div>\n<p id=\"suspended\" data-live>" + suspended() +
        "</p>\n<ul id=\"collector-list\" data-live>\n";
    for (std::size_t i = 0; live_.last_poll && i < collectors.size(); ++i)
      if (live_.enabled[i]) html += collector(collectors[i].name, live_.last_poll->outcomes[i]);
    return html + "</ul>\n</section>\n";
  }

  std::string suspended() const {
    if (live_.suspended_methods.empty()) return {};
    return "<strong class=\"warn\">Not called any more, because NFS-Ganesha ended three times while it was "
           "called: " +
           escape_markup(listed(live_.suspended_methods)) + "</strong>";
  }

  std::string last_poll() const {
    if (!live_.last_poll) return "No poll has ended yet.";
    return "polled " + ago(now_ - seconds(live_.last_poll->taken));
  }

  static std::string collector(std::string_view name, const CollectorOutcome& outcome) {
    const std::string_view kind = !outcome.supported ? "absent" : outcome.success ? "works" : "fails";
    const std::string told = !outcome.supported ? "not in this version"
                             : outcome.success  ? latency(seconds(outcome.duration))
                                                : "failed";
    return "<li class=\"" + std::string(kind) + "\"><b>" + std::string(name) + "</b> " + told + "</li>\n";
  }

  std::string footer() const {
    const auto& poll = live_.last_poll;
    const std::string revision =
        live_.revision.empty() ? "" : " (revision " + escape_markup(live_.revision) + ")";
    std::string text = "ganesha_exporter " + escape_markup(live_.version) + revision + " polls every " +
                       latency(seconds(facts_.poll_interval));
    if (poll) text += "; the last poll took " + latency(seconds(poll->duration));
    if (!live_.bus_connected) text += "; it has no connection to DBus";
    return "<footer><p id=\"exporter\" data-live>" + text + ".</p></footer>\n";
  }

  const Status& status_;
  const std::vector<PageLink>& navigation_;
  const StatusFacts& facts_;
  const ScrapeState& live_;
  double now_;
};

}  // namespace

std::string status_page(const Status& status, const std::vector<PageLink>& navigation) {
  return Page(status, navigation).html();
}

}  // namespace ganesha::exporter
