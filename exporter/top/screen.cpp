#include "exporter/top/screen.hpp"

#include <algorithm>

#include "exporter/top/units.hpp"

namespace ganesha::exporter::top {
namespace {

// Tabs, titles, a row and the keys are there on the smallest screen.
constexpr std::size_t header_height = 4, around_rows = 3, most_rows = 500;

std::string number(Number value) { return value ? " " + std::to_string(static_cast<long long>(*value)) : ""; }

std::string sorting(const Choice& choice) {
  return std::string("by ") + name_of(choice.sort) + (ascending(choice) ? ", ascending" : ", descending");
}

std::vector<Span> facts_of(const View& view, const Table& table, const Form& form) {
  const Choice& choice = view.choice();
  std::vector<Span> facts{{printable(sorting(choice), form.charset)}};
  if (!choice.filter.empty()) {
    const std::string count = table.filter == choice.filter ? std::to_string(table.matched) + " " : "";
    facts.push_back({printable(count + "with \"" + choice.filter + "\"", form.charset), Style::warning});
  }
  if (table.pages > 1)
    facts.push_back({printable("page " + std::to_string(table.page) + " of " + std::to_string(table.pages),
                               form.charset)});
  return facts;
}

Line tabs_line(const View& view, const Status& status, const Form& form, std::size_t columns) {
  const bool exports = view.table == TopTable::exports;
  std::vector<Span> spans{{printable("Exports" + number(status.exports.known), form.charset),
                           exports ? Style::chosen : Style::plain},
                          {printable("Clients" + number(status.clients.known), form.charset),
                           exports ? Style::plain : Style::chosen}};
  const auto facts = facts_of(view, shown(view, status), form);
  // Where it is narrow the sorting is told by the titles; the page is more than that.
  if (facts.size() > 1) spans.insert(spans.end(), facts.begin() + 1, facts.end());
  spans.push_back(facts[0]);
  return joined(spans, columns);
}

std::string why_empty(const View& view, const Status& status) {
  if (!status.up) return "NFS-Ganesha is down: there is nothing to show.";
  if (!shown(view, status).known)
    return "Nothing is known of the " + std::string(name_of(view.table)) +
           ": their collector is off or fails.";
  if (!view.choice().filter.empty())
    return "None of the " + std::string(name_of(view.table)) + " has \"" + view.choice().filter + "\".";
  return "There are no " + std::string(name_of(view.table)) + " to show.";
}

std::vector<Line> body(const View& view, const Report& report, const Form& form, std::size_t columns) {
  const Table& table = shown(view, report.status);
  auto lines = table_lines(table, view.table, view.choice().sort, form, columns);
  if (table.rows.empty()) {
    const std::wstring text = printable(why_empty(view, report.status), form.charset);
    lines.push_back(
        {{width(text) <= columns ? text : fitted(text, columns, Align::left, Cut::end, form.charset),
          Style::faint}});
  }
  if (!report.trouble.empty())  // Old figures must not look like new ones.
    for (auto line = lines.begin() + 1; line != lines.end(); ++line)
      for (Span& span : *line) span.style = Style::faint;
  return lines;
}

std::vector<Line> help_lines(std::size_t columns, const Form& form) {
  static constexpr std::array keys{"Tab, left, right   exports or clients",
                                   "s  >               the next sorting",
                                   "S  <               the sorting before",
                                   "r                  the other way round",
                                   "/                  filter: Enter keeps it, Esc drops it",
                                   "PgUp, PgDn         pages; Home, End: the first, the last",
                                   "Space              pause, go on",
                                   "q                  quit",
                                   "Read/s, Write/s    bytes a second",
                                   "rOps/s, wOps/s     reads and writes a second",
                                   "Latency            of a read or write, on average",
                                   "Active             how long ago"};
  std::vector<Line> lines;
  for (const char* key : keys)
    lines.push_back({{fitted(printable(key, form.charset), columns, Align::left, Cut::end, form.charset)}});
  return lines;
}

Line prompt(const std::string& filter, const Form& form, std::size_t columns) {
  // The end of a long filter is where it is being written.
  const std::wstring text = L"Filter: " + printable(filter, form.charset) + L"_";
  if (width(text) > columns)
    return {{fitted(text, columns, Align::left, Cut::begin, form.charset), Style::strong}};
  return joined({{text, Style::strong}, {L"Enter keep", Style::faint}, {L"Esc drop", Style::faint}}, columns);
}

Line foot(const View& view, const Form& form, std::size_t columns) {
  if (view.editing) return prompt(view.choice().filter, form, columns);
  if (view.help) return joined({{L"any key: back", Style::faint}}, columns);
  return joined({{L"q quit", Style::faint},
                 {L"h help", Style::faint},
                 {L"Tab exports/clients", Style::faint},
                 {L"s sort", Style::faint},
                 {L"r reverse", Style::faint},
                 {L"/ filter", Style::faint},
                 {L"PgDn page", Style::faint},
                 {L"Space pause", Style::faint}},
                columns);
}

}  // namespace

const Table& shown(const View& view, const Status& status) {
  return view.table == TopTable::exports ? status.exports : status.clients;
}

unsigned rows_in(Size size) {
  constexpr std::size_t others = header_height + around_rows;
  return static_cast<unsigned>(
      std::clamp<std::size_t>(size.lines - std::min(size.lines, others), 1, most_rows));
}

std::vector<Line> screen(const View& view, const Report& report, const Source& source, const Form& form,
                         Size size) {
  auto lines = header_lines(report, source, view.paused, form, size.columns);
  lines.resize(std::min(lines.size(), size.lines - std::min(size.lines, around_rows + 1)));
  lines.push_back(tabs_line(view, report.status, form, size.columns));
  const auto table = view.help ? help_lines(size.columns, form) : body(view, report, form, size.columns);
  lines.insert(lines.end(), table.begin(), table.end());
  lines.resize(std::max<std::size_t>(size.lines, 1) - 1);
  lines.push_back(foot(view, form, size.columns));
  return lines;
}

std::string plain(const View& view, const Report& report, const Source& source, const Form& form,
                  std::size_t columns) {
  std::string text;
  for (const Line& line : header_lines(report, source, false, form, columns))
    if (!line.empty()) text += plain_text(line) + "\n";
  const Table& table = shown(view, report.status);
  auto facts = facts_of(view, table, form);
  facts[0].text.insert(0, printable(name_of(view.table) + number(table.known) + ", ", form.charset));
  text += "\n" + plain_text(joined(facts, columns)) + "\n";
  for (const Line& line : body(view, report, form, columns)) text += plain_text(line) + "\n";
  return text;
}

}  // namespace ganesha::exporter::top
