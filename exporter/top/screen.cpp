#include "exporter/top/screen.hpp"

#include <algorithm>

#include "exporter/top/units.hpp"

namespace ganesha::exporter::top {
namespace {

// Tabs, titles, a row and the keys are shown on the smallest screen.
constexpr std::size_t header_height = 4, around_rows = 3, most_rows = 500;

std::string number(Number value) { return value ? " " + std::to_string(static_cast<long long>(*value)) : ""; }

std::string sorting(const TableState& state) {
  return std::string("by ") + name_of(state.sort) + (ascending(state) ? ", ascending" : ", descending");
}

std::vector<Span> facts_of(const View& view, const Table& table, const RenderOptions& render) {
  const TableState& state = view.state();
  std::vector<Span> facts{{sanitize(sorting(state), render.charset)}};
  if (!state.filter.empty()) {
    const std::string count = table.filter == state.filter ? std::to_string(table.matched) + " " : "";
    facts.push_back({sanitize(count + "with \"" + state.filter + "\"", render.charset), Style::warning});
  }
  if (table.pages > 1)
    facts.push_back({sanitize("page " + std::to_string(table.page) + " of " + std::to_string(table.pages),
                              render.charset)});
  return facts;
}

Line tabs_line(const View& view, const StatusReply& status, const RenderOptions& render,
               std::size_t columns) {
  const bool exports = view.table == TopTable::exports;
  std::vector<Span> spans{{sanitize("Exports" + number(status.exports.known), render.charset),
                           exports ? Style::chosen : Style::plain},
                          {sanitize("Clients" + number(status.clients.known), render.charset),
                           exports ? Style::plain : Style::chosen}};
  const auto facts = facts_of(view, shown(view, status), render);
  // The titles mark the sort key too: on a narrow screen the page number comes first.
  if (facts.size() > 1) spans.insert(spans.end(), facts.begin() + 1, facts.end());
  spans.push_back(facts[0]);
  return joined_spans(spans, columns);
}

std::string why_empty(const View& view, const StatusReply& status) {
  if (!status.up) return "NFS-Ganesha is down: no data.";
  if (!shown(view, status).known)
    return "No data on " + std::string(name_of(view.table)) + ": their collector is disabled or failing.";
  if (!view.state().filter.empty())
    return "No " + std::string(name_of(view.table)) + " match \"" + view.state().filter + "\".";
  return "No " + std::string(name_of(view.table)) + ".";
}

std::vector<Line> body(const View& view, const StatusSnapshot& snapshot, const RenderOptions& render,
                       std::size_t columns) {
  const Table& table = shown(view, snapshot.status);
  auto lines = table_lines(table, view.table, view.state().sort, render, columns);
  if (table.rows.empty()) {
    const std::wstring text = sanitize(why_empty(view, snapshot.status), render.charset);
    lines.push_back(
        {{width(text) <= columns ? text
                                 : pad_or_truncate(text, columns, Align::left, Cut::end, render.charset),
          Style::faint}});
  }
  if (!snapshot.trouble.empty())  // Old values must not look like new ones.
    for (auto line = lines.begin() + 1; line != lines.end(); ++line)
      for (Span& span : *line) span.style = Style::faint;
  return lines;
}

std::vector<Line> help_lines(std::size_t columns, const RenderOptions& render) {
  static constexpr std::array keys{"Tab, left, right   exports or clients",
                                   "s  >               next sort key",
                                   "S  <               previous sort key",
                                   "r                  reverse the order",
                                   "/                  filter: Enter applies it, Esc discards it",
                                   "PgUp, PgDn         previous, next page; Home, End: first, last page",
                                   "Space              pause, resume",
                                   "q                  quit",
                                   "Read/s, Write/s    bytes per second",
                                   "rOps/s, wOps/s     reads and writes per second",
                                   "Latency            average per read or write",
                                   "Active             time since the last activity"};
  std::vector<Line> lines;
  for (const char* key : keys)
    lines.push_back(
        {{pad_or_truncate(sanitize(key, render.charset), columns, Align::left, Cut::end, render.charset)}});
  return lines;
}

Line prompt(const std::string& filter, const RenderOptions& render, std::size_t columns) {
  // The end of a long filter is where it is being edited.
  const std::wstring text = L"Filter: " + sanitize(filter, render.charset) + L"_";
  if (width(text) > columns)
    return {{pad_or_truncate(text, columns, Align::left, Cut::begin, render.charset), Style::strong}};
  return joined_spans({{text, Style::strong}, {L"Enter apply", Style::faint}, {L"Esc discard", Style::faint}},
                      columns);
}

Line foot(const View& view, const RenderOptions& render, std::size_t columns) {
  if (view.editing) return prompt(view.state().filter, render, columns);
  if (view.help) return joined_spans({{L"any key: back", Style::faint}}, columns);
  return joined_spans({{L"q quit", Style::faint},
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

const Table& shown(const View& view, const StatusReply& status) {
  return view.table == TopTable::exports ? status.exports : status.clients;
}

unsigned rows_in(Size size) {
  constexpr std::size_t others = header_height + around_rows;
  return static_cast<unsigned>(
      std::clamp<std::size_t>(size.lines - std::min(size.lines, others), 1, most_rows));
}

std::vector<Line> screen(const View& view, const StatusSnapshot& snapshot, const Origin& origin,
                         const RenderOptions& render, Size size) {
  const auto refresh = view.paused ? Refresh::paused : Refresh::running;
  auto lines = header_lines(snapshot, origin, refresh, render, size.columns);
  lines.resize(std::min(lines.size(), size.lines - std::min(size.lines, around_rows + 1)));
  lines.push_back(tabs_line(view, snapshot.status, render, size.columns));
  const auto table =
      view.help ? help_lines(size.columns, render) : body(view, snapshot, render, size.columns);
  lines.insert(lines.end(), table.begin(), table.end());
  lines.resize(std::max<std::size_t>(size.lines, 1) - 1);
  lines.push_back(foot(view, render, size.columns));
  return lines;
}

std::string plain(const View& view, const StatusSnapshot& snapshot, const Origin& origin,
                  const RenderOptions& render, std::size_t columns) {
  std::string text;
  for (const Line& line : header_lines(snapshot, origin, Refresh::running, render, columns))
    if (!line.empty()) text += plain_text(line) + "\n";
  const Table& table = shown(view, snapshot.status);
  auto facts = facts_of(view, table, render);
  facts[0].text.insert(0, sanitize(name_of(view.table) + number(table.known) + ", ", render.charset));
  text += "\n" + plain_text(joined_spans(facts, columns)) + "\n";
  for (const Line& line : body(view, snapshot, render, columns)) text += plain_text(line) + "\n";
  return text;
}

}  // namespace ganesha::exporter::top
