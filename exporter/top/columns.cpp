#include "exporter/top/columns.hpp"

#include <algorithm>

#include "exporter/base/text.hpp"
#include "exporter/top/spark.hpp"
#include "exporter/top/units.hpp"

namespace ganesha::exporter::top {
namespace {

constexpr std::size_t gap = 2;
// The least important columns are left out before a name gets shorter than this; on a narrow screen a name
// has its share.
constexpr std::size_t readable_name = 24, share_of_name = 4;
// The column that the rows are sorted by is always shown.
constexpr unsigned rank_of_sorting = 1;

struct Column {
  const char* title;
  std::optional<TopSort> sort;
  std::size_t least, most;  // its width
  unsigned rank;            // the highest goes first
  Align align;
  Cut cut;
  std::string (*text)(const TableRow&, const RenderOptions&);  // null: the trend
};

std::string name(const TableRow& row, const RenderOptions&) { return row.name; }
std::string id(const TableRow& row, const RenderOptions&) { return row.id; }
std::string read(const TableRow& row, const RenderOptions&) { return bytes(row.rates.read_bytes); }
std::string written(const TableRow& row, const RenderOptions&) { return bytes(row.rates.written_bytes); }
std::string reads(const TableRow& row, const RenderOptions&) { return rate(row.rates.reads); }
std::string writes(const TableRow& row, const RenderOptions&) { return rate(row.rates.writes); }
std::string mean_latency(const TableRow& row, const RenderOptions&) { return latency(row.rates.latency); }
std::string errors(const TableRow& row, const RenderOptions&) { return rate(row.rates.errors); }
std::string active(const TableRow& row, const RenderOptions& render) {
  return ago(row.last_activity, render.now);
}

std::string protocols(const TableRow& row, const RenderOptions&) {
  std::vector<std::string> versions;
  for (const std::string& protocol : row.protocols)
    versions.push_back(protocol.substr(protocol.starts_with("NFSv") ? 3 : 0));
  return joined(versions, " ");
}

// In the order in which they are shown. Paths and addresses differ at the end: they are cut at the beginning.
constexpr std::array columns_of_exports{
    Column{"Path", TopSort::name, 15, any_width, 0, Align::left, Cut::begin, name},
    Column{"Id", {}, 5, 5, 10, Align::right, Cut::end, id},
    Column{"Read/s", TopSort::throughput, 8, 8, 1, Align::right, Cut::end, read},
    Column{"Write/s", TopSort::throughput, 8, 8, 2, Align::right, Cut::end, written},
    Column{"rOps/s", TopSort::operations, 6, 6, 4, Align::right, Cut::end, reads},
    Column{"wOps/s", TopSort::operations, 6, 6, 5, Align::right, Cut::end, writes},
    Column{"Latency", TopSort::latency, 7, 7, 3, Align::right, Cut::end, mean_latency},
    Column{"Err/s", TopSort::errors, 6, 6, 6, Align::right, Cut::end, errors},
    Column{"Active", TopSort::activity, 6, 6, 7, Align::right, Cut::end, active},
    Column{"Protocols", {}, 9, 40, 9, Align::left, Cut::end, protocols},
    Column{"Trend", {}, 10, 30, 8, Align::left, Cut::end, nullptr}};

constexpr auto columns_of_clients = [] {
  auto columns = columns_of_exports;
  columns[0].title = "Client";
  columns[1].most = 0;  // Clients have no id.
  return columns;
}();

struct Placed {
  Column column;
  std::size_t width;
};

std::wstring cell(const Column& column, const TableRow& row, const RenderOptions& render,
                  std::size_t width_) {
  if (!column.text) return sparkline(row.history, width_, render.charset);
  return sanitize(column.text(row, render), render.charset);
}

// The width that shows every row in full.
std::size_t wanted_width(const Column& column, const Table& table, const RenderOptions& render) {
  if (!column.text) return column.most;
  std::size_t widest = column.least;
  for (const TableRow& row : table.rows)
    widest = std::max(widest, width(cell(column, row, render, column.most)));
  return std::min(widest, column.most);
}

// Those that fit at their least width, the most important ones first.
std::vector<Placed> columns_that_fit(const auto& all, std::size_t columns, std::size_t least_name) {
  std::vector<Placed> placed;
  for (const Column& column : all)
    if (column.most > 0) placed.push_back({column, column.rank == 0 ? least_name : column.least});
  const auto taken = [&placed] {
    std::size_t sum = 0;
    for (const Placed& each : placed) sum += gap + each.width;
    return sum - gap;
  };
  while (placed.size() > 1 && taken() > columns)
    placed.erase(std::max_element(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
      return a.column.rank < b.column.rank;
    }));
  if (placed.size() == 1) placed[0].width = std::min(placed[0].width, columns);
  return placed;
}

// Gives the rest of the width to columns that want more, the most important ones first.
std::vector<Placed> widened(std::vector<Placed> placed, const Table& table, const RenderOptions& render,
                            std::size_t columns) {
  std::size_t left = columns + gap;
  std::vector<Placed*> by_rank;
  for (Placed& each : placed) {
    left -= gap + each.width;
    by_rank.push_back(&each);
  }
  std::sort(by_rank.begin(), by_rank.end(),
            [](const Placed* a, const Placed* b) { return a->column.rank < b->column.rank; });
  for (Placed* each : by_rank) {
    const std::size_t wanted = std::max(wanted_width(each->column, table, render), each->width);
    const std::size_t more = std::min(wanted - each->width, left);
    each->width += more;
    left -= more;
  }
  return placed;
}

Line title_line(const std::vector<Placed>& placed, TopSort sort, const RenderOptions& render) {
  Line line;
  for (const auto& [column, columns] : placed) {
    if (!line.empty()) line.push_back({std::wstring(gap, L' '), Style::title});
    const std::wstring title = sanitize(column.title, render.charset);
    line.push_back({pad_or_truncate(title, columns, column.align, Cut::end, render.charset),
                    column.sort == sort ? Style::chosen : Style::title});
  }
  return line;
}

Line row_line(const std::vector<Placed>& placed, const TableRow& row, const RenderOptions& render) {
  Line line;
  for (const auto& [column, columns] : placed) {
    if (!line.empty()) line.push_back({std::wstring(gap, L' ')});
    const bool alarming = column.sort == TopSort::errors && row.rates.errors.value_or(0) > 0;
    line.push_back({pad_or_truncate(cell(column, row, render, columns), columns, column.align, column.cut,
                                    render.charset),
                    alarming ? Style::bad : Style::plain});
  }
  return line;
}

}  // namespace

std::vector<Line> table_lines(const Table& table, TopTable kind, TopSort sort, const RenderOptions& render,
                              std::size_t columns) {
  auto all = kind == TopTable::exports ? columns_of_exports : columns_of_clients;
  for (Column& column : all)
    if (column.sort == sort) column.rank = std::min(column.rank, rank_of_sorting);
  const std::size_t readable = std::clamp(columns / share_of_name, all[0].least, readable_name);
  const std::size_t least_name = std::min(wanted_width(all[0], table, render), readable);
  const auto placed = widened(columns_that_fit(all, columns, least_name), table, render, columns);
  std::vector<Line> lines{title_line(placed, sort, render)};
  for (const TableRow& row : table.rows) lines.push_back(row_line(placed, row, render));
  return lines;
}

}  // namespace ganesha::exporter::top
