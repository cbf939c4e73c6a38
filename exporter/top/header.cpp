#include "exporter/top/header.hpp"

#include "exporter/base/duration.hpp"
#include "exporter/base/human_units.hpp"
#include "exporter/base/text.hpp"
#include "exporter/top/units.hpp"

namespace ganesha::exporter::top {
namespace {

// Spans of one line, sanitized.
class Facts {
 public:
  explicit Facts(const RenderOptions& render) : render_(render) {}
  void add(const std::string& text, Style style = Style::plain) {
    spans_.push_back({sanitize(text, render_.charset), style});
  }
  const std::vector<Span>& spans() const { return spans_; }

 private:
  const RenderOptions& render_;
  std::vector<Span> spans_;
};

Facts state_facts(const StatusSnapshot& snapshot, const RenderOptions& render) {
  const StatusReply& status = snapshot.status;
  Facts facts(render);
  if (!snapshot.trouble.empty())
    facts.add("The exporter does not respond: data from " + moment(snapshot.time, render.now), Style::bad);
  facts.add(status.version.empty() ? "NFS-Ganesha" : "NFS-Ganesha " + status.version, Style::strong);
  if (snapshot.trouble.empty()) facts.add(status.state, status.up ? Style::good : Style::bad);
  if (status.in_grace == true) facts.add("in grace", Style::warning);
  const bool by_exporter = status.since_kind == "counting" || status.since_kind == "seen";
  if (status.since)
    facts.add((by_exporter ? status.since_kind + " since " : "since ") + moment(*status.since, render.now) +
              " (" + short_duration(render.now - *status.since) + ")");
  if (status.in_grace == false) facts.add("no grace");
  if (status.last_heartbeat) facts.add("heartbeat " + human_ago(render.now - *status.last_heartbeat));
  return facts;
}

std::string flow(const char* name, Number rate_of_bytes, Number operations) {
  return std::string(name) + " " + bytes(rate_of_bytes) + "/s" + " (" + rate(operations) + "/s)";
}

Facts total_facts(const TrafficRates& rates, const RenderOptions& render) {
  Facts facts(render);
  if (rates.read_bytes) facts.add(flow("Read", rates.read_bytes, rates.reads));
  if (rates.written_bytes) facts.add(flow("written", rates.written_bytes, rates.writes));
  const std::string errors = "errors " + rate(rates.errors) + "/s";
  if (rates.errors > 0) facts.add(errors, Style::bad);
  if (rates.latency) facts.add("latency " + latency(rates.latency));
  if (rates.errors == 0) facts.add(errors);
  if (facts.spans().empty()) facts.add("No data", Style::faint);
  return facts;
}

Facts origin_facts(const StatusSnapshot& snapshot, const Origin& origin, Refresh refresh,
                   const RenderOptions& render) {
  const StatusReply& status = snapshot.status;
  Facts facts(render);
  if (refresh == Refresh::paused) facts.add("PAUSED", Style::warning);
  facts.add("ganesha_exporter " + status.exporter_version + " at " + origin.address, Style::faint);
  if (status.last_poll) facts.add("polled " + human_ago(render.now - *status.last_poll), Style::faint);
  facts.add(
      "refreshed at " + moment(snapshot.time, render.now) + ", every " + format_duration(origin.interval),
      Style::faint);
  return facts;
}

Facts problem_facts(const StatusSnapshot& snapshot, const RenderOptions& render) {
  Facts facts(render);
  if (!snapshot.trouble.empty()) facts.add("retrying: " + snapshot.trouble, Style::bad);
  if (snapshot.status.dbus_connected == false) facts.add("not connected to DBus", Style::bad);
  if (snapshot.status.without_bus) facts.add("no DBus: exports and clients are unknown", Style::faint);
  const auto list = [&facts](const char* title, const std::vector<std::string>& names) {
    if (!names.empty()) facts.add(title + joined(names, ", "), Style::bad);
  };
  list("failing collectors: ", snapshot.status.failing_collectors);
  list("suspended methods: ", snapshot.status.suspended_methods);
  if (const auto missing = snapshot.status.exports_missing; missing > 0)
    facts.add("exports not served: " + std::to_string(missing), Style::bad);
  if (snapshot.status.statistics_off) facts.add("Enable_NFS_Stats is off", Style::warning);
  return facts;
}

}  // namespace

Line joined_spans(const std::vector<Span>& spans, std::size_t columns) {
  Line line;
  std::size_t used = 0;
  for (const Span& span : spans) {
    const std::size_t gap = line.empty() ? 0 : 2;
    if (used + gap + width(span.text) > columns) break;
    used += gap + width(span.text);
    if (gap > 0) line.push_back({std::wstring(gap, L' ')});
    line.push_back(span);
  }
  return line;
}

std::vector<Line> header_lines(const StatusSnapshot& snapshot, const Origin& origin, Refresh refresh,
                               const RenderOptions& render, std::size_t columns) {
  // A sentence too long for a line is cut, not left out.
  const auto fit = [&](const Facts& facts) {
    std::vector<Span> spans = facts.spans();
    if (!spans.empty() && width(spans[0].text) > columns)
      spans[0].text = pad_or_truncate(spans[0].text, columns, Align::left, Cut::end, render.charset);
    return joined_spans(spans, columns);
  };
  return {fit(state_facts(snapshot, render)), fit(total_facts(snapshot.status.totals, render)),
          fit(origin_facts(snapshot, origin, refresh, render)), fit(problem_facts(snapshot, render))};
}

}  // namespace ganesha::exporter::top
