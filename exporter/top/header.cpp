#include "exporter/top/header.hpp"

#include "exporter/base/duration.hpp"
#include "exporter/top/units.hpp"

namespace ganesha::exporter::top {
namespace {

// Spans of one line, made harmless.
class Facts {
 public:
  explicit Facts(const Form& form) : form_(form) {}
  void add(const std::string& text, Style style = Style::plain) {
    spans_.push_back({printable(text, form_.charset), style});
  }
  const std::vector<Span>& spans() const { return spans_; }

 private:
  const Form& form_;
  std::vector<Span> spans_;
};

Facts state(const Report& report, const Form& form) {
  const Status& status = report.status;
  Facts facts(form);
  if (!report.trouble.empty())
    facts.add("The exporter does not answer: figures of " + moment(report.time, form.now), Style::bad);
  facts.add(status.version.empty() ? "NFS-Ganesha" : "NFS-Ganesha " + status.version, Style::strong);
  if (report.trouble.empty()) facts.add(status.state, status.up ? Style::good : Style::bad);
  if (status.in_grace == true) facts.add("in grace", Style::warning);
  const bool told = status.since_kind == "counting" || status.since_kind == "seen";
  if (status.since)
    facts.add((told ? status.since_kind + " since " : "since ") + moment(*status.since, form.now) + " (" +
              ago(status.since, form.now) + ")");
  if (status.in_grace == false) facts.add("no grace");
  if (status.last_beat) facts.add("last beat " + ago(status.last_beat, form.now) + " ago");
  return facts;
}

std::string flow(const char* name, Number rate_of_bytes, Number operations) {
  return std::string(name) + " " + bytes(rate_of_bytes) + "/s" + " (" + rate(operations) + "/s)";
}

Facts totals(const Figures& figures, const Form& form) {
  Facts facts(form);
  if (figures.read_bytes) facts.add(flow("Read", figures.read_bytes, figures.reads));
  if (figures.written_bytes) facts.add(flow("written", figures.written_bytes, figures.writes));
  const std::string errors = "errors " + rate(figures.errors) + "/s";
  if (figures.errors > 0) facts.add(errors, Style::bad);
  if (figures.latency) facts.add("latency " + latency(figures.latency));
  if (figures.errors == 0) facts.add(errors);
  if (facts.spans().empty()) facts.add("No figures", Style::faint);
  return facts;
}

Facts origin(const Report& report, const Source& source, bool paused, const Form& form) {
  const Status& status = report.status;
  Facts facts(form);
  if (paused) facts.add("PAUSED", Style::warning);
  facts.add("ganesha_exporter " + status.exporter_version + " at " + source.address, Style::faint);
  if (status.last_poll) facts.add("polled " + ago(status.last_poll, form.now) + " ago", Style::faint);
  facts.add("looked at " + moment(report.time, form.now) + ", every " + format_duration(source.interval),
            Style::faint);
  return facts;
}

Facts problems(const Report& report, const Form& form) {
  Facts facts(form);
  if (!report.trouble.empty()) facts.add("trying again: " + report.trouble, Style::bad);
  if (report.status.dbus_connected == false) facts.add("no connection to DBus", Style::bad);
  const auto list = [&facts](const char* title, const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? title : ", ") + name;
    if (!text.empty()) facts.add(text, Style::bad);
  };
  list("failing collectors: ", report.status.failing_collectors);
  list("suspended methods: ", report.status.suspended_methods);
  if (const auto missing = report.status.exports_missing; missing > 0)
    facts.add("exports not served: " + std::to_string(missing), Style::bad);
  if (report.status.statistics_off) facts.add("Enable_NFS_Stats is off", Style::warning);
  return facts;
}

}  // namespace

Line joined(const std::vector<Span>& spans, std::size_t columns) {
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

std::vector<Line> header_lines(const Report& report, const Source& source, bool paused, const Form& form,
                               std::size_t columns) {
  // A sentence too long for a line is cut, not left out.
  const auto fit = [&](const Facts& facts) {
    std::vector<Span> spans = facts.spans();
    if (!spans.empty() && width(spans[0].text) > columns)
      spans[0].text = fitted(spans[0].text, columns, Align::left, Cut::end, form.charset);
    return joined(spans, columns);
  };
  return {fit(state(report, form)), fit(totals(report.status.totals, form)),
          fit(origin(report, source, paused, form)), fit(problems(report, form))};
}

}  // namespace ganesha::exporter::top
