// The sections of exports and of clients: count, filter, table, pages.
#include <array>
#include <utility>

#include "exporter/base/text.hpp"
#include "exporter/base/url.hpp"
#include "exporter/model/sample_values.hpp"
#include "exporter/status/page.hpp"
#include "exporter/status/sparkline.hpp"
#include "exporter/status/units.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::string_view unknown = "–";

// What differs between the two.
struct Words {
  std::string_view id, title, one, filter;
  TableQuery StatusQuery::*query;
  StatusTable Status::*table;
};

const Words& words_of(Subject subject) {
  static constexpr std::array all{
      Words{"exports", "Exports", "Export", "Path or id", &StatusQuery::exports, &Status::exports},
      Words{"clients", "Clients", "Client", "Address", &StatusQuery::clients, &Status::clients}};
  return all[static_cast<std::size_t>(subject)];
}

struct Column {
  std::string_view title;
  std::optional<SortKey> sort;
};

constexpr std::array figures{
    Column{"Throughput", SortKey::throughput}, Column{"Read", std::nullopt},
    Column{"Written", std::nullopt},           Column{"Operations/s", SortKey::operations},
    Column{"Latency", SortKey::latency},       Column{"Errors/s", SortKey::errors},
    Column{"Last active", SortKey::activity}};

// One of the two sections. `query` is the whole page's, with pages that there are.
class Section {
 public:
  Section(const Status& status, Subject subject)
      : status_(status), words_(words_of(subject)), table_(status.*words_.table) {
    query_.exports = status.exports.query;
    query_.clients = status.clients.query;
  }

  std::string html() const {
    const std::string id(words_.id);
    return "<section id=\"" + id + "\" aria-labelledby=\"" + id + "-title\">\n<div class=\"bar\"><h2 id=\"" +
           id + "-title\">" + std::string(words_.title) + "</h2>\n" + count_line() + filter_form() +
           "</div>\n" + sort_form() + "<table>\n" + head() + body() + "</table>\n" + pager() + "</section>\n";
  }

 private:
  const TableQuery& own() const { return table_.query; }
  std::string id(std::string_view part) const { return std::string(words_.id) + "-" + std::string(part); }
  std::string parameter(std::string_view name) const {
    return std::string(words_.id) + "." + std::string(name);
  }
  // An opening tag with the id that page.js knows it by.
  std::string live(std::string_view tag, std::string_view part) const {
    return "<" + std::string(tag) + " id=\"" + id(part) + "\" data-live";
  }

  std::string count_line() const {
    std::string text = "not known";
    if (table_.known) {
      text = number(*table_.known);
      if (!own().filter.empty()) text = number(table_.matched) + " of " + text + " match";
    }
    return "<p class=\"count\" role=\"status\" id=\"" + id("count") + "\" data-live-text>" + text + "</p>\n";
  }

  // The rest of the page's query, for a form that sets some of it.
  std::string hidden(TableQuery changed) const {
    StatusQuery query = query_;
    query.*words_.query = std::move(changed);
    std::string inputs;
    for (const auto& [name, value] : parameters_of(to_url_query(query)))
      inputs += "<input type=\"hidden\" name=\"" + name + "\" value=\"" + escape_markup(value) + "\">";
    return inputs;
  }

  std::string filter_form() const {
    TableQuery rest = own();
    rest.page = 1;
    rest.filter.clear();
    return "<form class=\"filter\" role=\"search\" aria-label=\"Filter " + std::string(words_.id) + "\">" +
           live("span", "rest") + " hidden>" + hidden(rest) + "</span><input type=\"search\" name=\"" +
           parameter("filter") + "\" value=\"" + escape_markup(own().filter) + "\" placeholder=\"" +
           std::string(words_.filter) + "\" aria-label=\"Filter " + std::string(words_.id) + " by " +
           std::string(words_.filter) + "\"><button>Filter</button></form>\n";
  }

  // The buttons of the head belong to it: a column's names the key, that of the present column the order.
  std::string sort_form() const {
    TableQuery rest = own();
    rest.page = 1;
    rest.order = usual_order(rest.sort);
    return live("form", "sort") + ">" + hidden(rest) + "</form>\n";
  }

  std::string column(const Column& column) const {
    if (!column.sort) return "<th scope=\"col\">" + std::string(column.title) + "</th>";
    const bool present = *column.sort == own().sort;
    const std::string_view name = present ? "order" : "sort";
    const std::string_view value = present ? name_of(opposite(own().order)) : name_of(*column.sort);
    const std::string_view direction = own().order == Order::ascending ? "ascending" : "descending";
    return "<th scope=\"col\"" + (present ? " aria-sort=\"" + std::string(direction) + "\"" : std::string()) +
           "><button id=\"" + id(name_of(*column.sort)) + "\" form=\"" + id("sort") + "\" name=\"" +
           parameter(name) + "\" value=\"" + std::string(value) + "\">" + std::string(column.title) +
           "</button></th>";
  }

  std::string head() const {
    std::string html = "<caption class=\"unseen\">" + std::string(words_.title) +
                       " and what they read and write</caption>\n" + live("thead", "head") + "><tr>" +
                       column({words_.one, SortKey::name});
    for (const auto& figure : figures) html += column(figure);
    return html + "</tr></thead>\n";
  }

  std::string body() const {
    std::string html = live("tbody", "rows") + ">\n";
    for (const auto& row : table_.rows) html += row_html(row);
    if (table_.rows.empty())
      html += "<tr class=\"none\"><td colspan=\"8\">" + std::string(why_empty()) + "</td></tr>\n";
    return html + "</tbody>\n";
  }

  std::string_view why_empty() const {
    if (!status_.facts->live.up) return "NFS-Ganesha is down.";
    if (!table_.known) return "Nothing is known: see the collectors below.";
    return own().filter.empty() ? "None." : "None matches the filter.";
  }

  std::string row_html(const StatusRow& row) const {
    std::string html = "<tr><th scope=\"row\">" + escape_markup(row.name) + details(row) + "</th>";
    const auto cell = [&](const std::string& text) { html += "<td>" + text + "</td>"; };
    const auto figure = [&](double value, auto unit) {
      return row.rates ? unit(value) : std::string(unknown);
    };
    const Rates rates = row.rates.value_or(Rates{});
    cell(figure(rates.throughput(), bytes_per_second) + sparkline(row.history));
    cell(figure(rates.read_bytes, bytes_per_second));
    cell(figure(rates.written_bytes, bytes_per_second));
    cell(figure(rates.operations(), per_second));
    cell(rates.latency ? latency(*rates.latency) : std::string(unknown));
    cell(figure(rates.errors, per_second));
    cell(activity(row));
    return html + "</tr>\n";
  }

  std::string details(const StatusRow& row) const {
    std::string text = row.id.empty() ? "" : "id " + escape_markup(row.id);
    for (const auto protocol : row.protocols)
      text.append(text.empty() ? "" : " · ").append(escape_markup(protocol));
    return text.empty() ? "" : "<small>" + text + "</small>";
  }

  std::string activity(const StatusRow& row) const {
    if (!row.last_activity) return "never";
    return ago(seconds(status_.facts->now) - *row.last_activity);
  }

  std::string link(std::size_t page, std::string_view text, std::string_view part) const {
    // It stays where it is, so that the focus may.
    if (page < 1 || page > table_.pages)
      return "<a id=\"" + id(part) + "\" role=\"link\" aria-disabled=\"true\" tabindex=\"-1\">" +
             std::string(text) + "</a>";
    StatusQuery query = query_;
    (query.*words_.query).page = page;
    return "<a id=\"" + id(part) + "\" href=\"?" + escape_markup(to_url_query(query)) + "#" +
           std::string(words_.id) + "\">" + std::string(text) + "</a>";
  }

  std::string pager() const {
    if (table_.pages == 1) return live("nav", "pages") + " hidden></nav>\n";
    return live("nav", "pages") + " class=\"pages\" aria-label=\"Pages of " + std::string(words_.id) + "\">" +
           link(own().page - 1, "Previous", "previous") + "<span>Page " + number(own().page) + " of " +
           number(table_.pages) + "</span>" + link(own().page + 1, "Next", "next") + "</nav>\n";
  }

  const Status& status_;
  const Words& words_;
  const StatusTable& table_;
  StatusQuery query_;
};

}  // namespace

std::string table_section(const Status& status, Subject subject) { return Section(status, subject).html(); }

}  // namespace ganesha::exporter
