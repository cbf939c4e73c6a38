#include "exporter/top/columns.hpp"

#include <algorithm>

#include "exporter/top/spark.hpp"
#include "exporter/top/units.hpp"

namespace ganesha::exporter::top {
namespace {

constexpr std::size_t gap = 2;
// Rather than to show less of a name the last columns go; on a narrow screen it has its share.
constexpr std::size_t readable_name = 24, share_of_name = 4;
// What the rows are sorted by is shown, however unimportant it is else.
constexpr unsigned rank_of_sorting = 1;

struct Column {
  const char* title;
  std::optional<TopSort> sort;
  std::size_t least, most;  // its width
  unsigned rank;            // the highest goes first
  Align align;
  Cut cut;
  std::string (*text)(const Row&, const Form&);  // none: the trend
};

std::string name(const Row& row, const Form&) { return row.name; }
std::string id(const Row& row, const Form&) { return row.id; }
std::string read(const Row& row, const Form&) { return bytes(row.figures.read_bytes); }
std::string written(const Row& row, const Form&) { return bytes(row.figures.written_bytes); }
std::string reads(const Row& row, const Form&) { return rate(row.figures.reads); }
std::string writes(const Row& row, const Form&) { return rate(row.figures.writes); }
std::string waits(const Row& row, const Form&) { return latency(row.figures.latency); }
std::string errors(const Row& row, const Form&) { return rate(row.figures.errors); }
std::string active(const Row& row, const Form& form) { return ago(row.last_activity, form.now); }

std::string protocols(const Row& row, const Form&) {
  std::string all;
  for (const std::string& protocol : row.protocols)
    all += (all.empty() ? "" : " ") + protocol.substr(protocol.starts_with("NFSv") ? 3 : 0);
  return all;
}

// In the order in which they stand. The ends of paths and of addresses tell them apart: they lose the
// beginning.
constexpr std::array columns_of_exports{
    Column{"Path", TopSort::name, 15, any_width, 0, Align::left, Cut::begin, name},
    Column{"Id", {}, 5, 5, 10, Align::right, Cut::end, id},
    Column{"Read/s", TopSort::throughput, 8, 8, 1, Align::right, Cut::end, read},
    Column{"Write/s", TopSort::throughput, 8, 8, 2, Align::right, Cut::end, written},
    Column{"rOps/s", TopSort::operations, 6, 6, 4, Align::right, Cut::end, reads},
    Column{"wOps/s", TopSort::operations, 6, 6, 5, Align::right, Cut::end, writes},
    Column{"Latency", TopSort::latency, 7, 7, 3, Align::right, Cut::end, waits},
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

std::wstring cell(const Column& column, const Row& row, const Form& form, std::size_t width_) {
  if (!column.text) return sparkline(row.history, width_, form.charset);
  return printable(column.text(row, form), form.charset);
}

// What the column would take if it could.
std::size_t wish(const Column& column, const Table& table, const Form& form) {
  if (!column.text) return column.most;
  std::size_t widest = column.least;
  for (const Row& row : table.rows) widest = std::max(widest, width(cell(column, row, form, column.most)));
  return std::min(widest, column.most);
}

// Those that fit at their least width, the most important ones first.
std::vector<Placed> chosen(const auto& all, std::size_t columns, std::size_t least_name) {
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

// Gives what is left to those that want more, in the order of importance.
std::vector<Placed> widened(std::vector<Placed> placed, const Table& table, const Form& form,
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
    const std::size_t wished = std::max(wish(each->column, table, form), each->width);
    const std::size_t more = std::min(wished - each->width, left);
    each->width += more;
    left -= more;
  }
  return placed;
}

Line title_line(const std::vector<Placed>& placed, TopSort sort, const Form& form) {
  Line line;
  for (const auto& [column, columns] : placed) {
    if (!line.empty()) line.push_back({std::wstring(gap, L' '), Style::title});
    const std::wstring title = printable(column.title, form.charset);
    line.push_back({fitted(title, columns, column.align, Cut::end, form.charset),
                    column.sort == sort ? Style::chosen : Style::title});
  }
  return line;
}

Line row_line(const std::vector<Placed>& placed, const Row& row, const Form& form) {
  Line line;
  for (const auto& [column, columns] : placed) {
    if (!line.empty()) line.push_back({std::wstring(gap, L' ')});
    const bool alarming = column.sort == TopSort::errors && row.figures.errors.value_or(0) > 0;
    line.push_back({fitted(cell(column, row, form, columns), columns, column.align, column.cut, form.charset),
                    alarming ? Style::bad : Style::plain});
  }
  return line;
}

}  // namespace

std::vector<Line> table_lines(const Table& table, TopTable kind, TopSort sort, const Form& form,
                              std::size_t columns) {
  auto all = kind == TopTable::exports ? columns_of_exports : columns_of_clients;
  for (Column& column : all)
    if (column.sort == sort) column.rank = std::min(column.rank, rank_of_sorting);
  const std::size_t readable = std::clamp(columns / share_of_name, all[0].least, readable_name);
  const std::size_t least_name = std::min(wish(all[0], table, form), readable);
  const auto placed = widened(chosen(all, columns, least_name), table, form, columns);
  std::vector<Line> lines{title_line(placed, sort, form)};
  for (const Row& row : table.rows) lines.push_back(row_line(placed, row, form));
  return lines;
}

}  // namespace ganesha::exporter::top
