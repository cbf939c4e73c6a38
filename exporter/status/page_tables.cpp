#include "exporter/status/page_tables.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "exporter/base/human_units.hpp"
#include "exporter/base/text.hpp"
#include "exporter/base/url.hpp"
#include "exporter/model/sample_values.hpp"
#include "exporter/status/sparkline.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::string_view no_value = "–";

// What differs between the two tables.
struct Words {
  std::string_view id, title, one, filter;
  TableQuery StatusQuery::*query;
  StatusTable StatusReport::*table;
};

const Words& words_of(Subject subject) {
  static constexpr std::array all{
      Words{"exports", "Exports", "Export", "Path or id", &StatusQuery::exports, &StatusReport::exports},
      Words{"clients", "Clients", "Client", "Address", &StatusQuery::clients, &StatusReport::clients}};
  return all[static_cast<std::size_t>(subject)];
}

struct Column {
  std::string_view title;
  std::optional<SortKey> sort;
};

constexpr std::array value_columns{
    Column{"Throughput", SortKey::throughput}, Column{"Read", std::nullopt},
    Column{"Written", std::nullopt},           Column{"Operations/s", SortKey::operations},
    Column{"Latency", SortKey::latency},       Column{"Errors/s", SortKey::errors},
    Column{"Last active", SortKey::activity}};

std::string human_throughput(double bytes_per_second) { return human_bytes(bytes_per_second) + "/s"; }

// Under the name of a row.
std::string details(const StatusRow& row) {
  std::string text = row.id.empty() ? "" : "id " + escape_for_display(row.id);
  for (const auto protocol : row.protocols)
    text.append(text.empty() ? "" : " · ").append(escape_for_display(protocol));
  return text.empty() ? "" : "<small>" + text + "</small>";
}

// One of the two sections. `query` is the whole page's, with pages that exist.
class Section {
 public:
  Section(const StatusReport& report, Subject subject)
      : report_(report), words_(words_of(subject)), table_(report.*words_.table) {
    query_.exports = report.exports.query;
    query_.clients = report.clients.query;
  }

  std::string html() const {
    return fmt::format(
               "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n<div class=\"bar\">"
               "<h2 id=\"{0}-title\">{1}</h2>\n",
               words_.id, words_.title) +
           count_line() + filter_form() + "</div>\n" + sort_form() + "<table>\n" + head() + body() +
           "</table>\n" + pager() + "</section>\n";
  }

 private:
  const TableQuery& own() const { return table_.query; }
  std::string id(std::string_view part) const { return fmt::format("{}-{}", words_.id, part); }
  std::string parameter(std::string_view name) const { return fmt::format("{}.{}", words_.id, name); }
  // An opening tag with the id that page.js knows it by.
  std::string live(std::string_view tag, std::string_view part) const {
    return fmt::format("<{} id=\"{}\" data-live", tag, id(part));
  }

  std::string count_line() const {
    std::string text = "unknown";
    if (table_.known) {
      text = human_count(*table_.known);
      if (!own().filter.empty()) text = fmt::format("{} of {} match", human_count(table_.matched), text);
    }
    return fmt::format("<p class=\"count\" role=\"status\" id=\"{}\" data-live-text>{}</p>\n", id("count"),
                       text);
  }

  // The rest of the page's query, for a form that sets some of it.
  std::string hidden(TableQuery changed) const {
    StatusQuery query = query_;
    query.*words_.query = std::move(changed);
    std::string inputs;
    for (const auto& [name, value] : parameters_of(to_url_query(query)))
      inputs += fmt::format(R"(<input type="hidden" name="{}" value="{}">)", name, escape_markup(value));
    return inputs;
  }

  std::string filter_form() const {
    TableQuery rest = own();
    rest.page = 1;
    rest.filter.clear();
    return fmt::format(R"(<form class="filter" role="search" aria-label="Filter {}">)", words_.id) +
           live("span", "rest") + " hidden>" + hidden(rest) +
           fmt::format(R"(</span><input type="search" name="{}" value="{}" placeholder="{}")",
                       parameter("filter"), escape_markup(own().filter), words_.filter) +
           fmt::format(" aria-label=\"Filter {} by {}\"><button>Filter</button></form>\n", words_.id,
                       words_.filter);
  }

  // The buttons of the head belong to it: a column's sets the key, that of the current column the order.
  std::string sort_form() const {
    TableQuery rest = own();
    rest.page = 1;
    rest.order = usual_order(rest.sort);
    return live("form", "sort") + ">" + hidden(rest) + "</form>\n";
  }

  std::string column(const Column& column) const {
    if (!column.sort) return fmt::format(R"(<th scope="col">{}</th>)", column.title);
    const bool current = *column.sort == own().sort;
    const std::string_view direction = own().order == Order::ascending ? "ascending" : "descending";
    const std::string sorted = current ? fmt::format(R"( aria-sort="{}")", direction) : "";
    return fmt::format(R"(<th scope="col"{}><button id="{}" form="{}" name="{}" value="{}">{}</button></th>)",
                       sorted, id(name_of(*column.sort)), id("sort"), parameter(current ? "order" : "sort"),
                       current ? name_of(opposite(own().order)) : name_of(*column.sort), column.title);
  }

  std::string head() const {
    std::string html =
        fmt::format("<caption class=\"unseen\">{} and their traffic</caption>\n", words_.title) +
        live("thead", "head") + "><tr>" + column({words_.one, SortKey::name});
    for (const auto& each : value_columns) html += column(each);
    return html + "</tr></thead>\n";
  }

  std::string body() const {
    std::string html = live("tbody", "rows") + ">\n";
    for (const auto& row : table_.rows) html += row_html(row);
    if (table_.rows.empty())
      html += fmt::format("<tr class=\"none\"><td colspan=\"8\">{}</td></tr>\n", why_empty());
    return html + "</tbody>\n";
  }

  std::string_view why_empty() const {
    if (!report_.facts->live.up) return "NFS-Ganesha is down.";
    if (!table_.known) return "No data: see Collectors below.";
    return own().filter.empty() ? "None." : "Nothing matches the filter.";
  }

  std::string row_html(const StatusRow& row) const {
    std::string html =
        fmt::format(R"(<tr><th scope="row">{}{}</th>)", escape_for_display(row.name), details(row));
    const auto cell = [&](std::string_view text) { html += fmt::format("<td>{}</td>", text); };
    const auto text_of = [&](double value, auto unit) {
      return row.rates ? unit(value) : std::string(no_value);
    };
    const Rates rates = row.rates.value_or(Rates{});
    cell(text_of(rates.throughput(), human_throughput) + sparkline(row.history));
    cell(text_of(rates.read_bytes, human_throughput));
    cell(text_of(rates.written_bytes, human_throughput));
    cell(text_of(rates.operations(), human_rate));
    cell(rates.latency ? human_latency(*rates.latency) : std::string(no_value));
    cell(text_of(rates.errors, human_rate));
    cell(activity(row));
    return html + "</tr>\n";
  }

  std::string activity(const StatusRow& row) const {
    if (!row.last_activity) return "never";
    return human_ago(seconds(report_.facts->now) - *row.last_activity);
  }

  std::string link(std::size_t page, std::string_view text, std::string_view part) const {
    // It stays where it is, so that the focus may.
    if (page < 1 || page > table_.pages)
      return fmt::format(R"(<a id="{}" role="link" aria-disabled="true" tabindex="-1">{}</a>)", id(part),
                         text);
    StatusQuery query = query_;
    (query.*words_.query).page = page;
    return fmt::format(R"(<a id="{}" href="?{}#{}">{}</a>)", id(part), escape_markup(to_url_query(query)),
                       words_.id, text);
  }

  std::string pager() const {
    if (table_.pages == 1) return live("nav", "pages") + " hidden></nav>\n";
    return live("nav", "pages") + fmt::format(R"( class="pages" aria-label="Pages of {}">)", words_.id) +
           link(own().page - 1, "Previous", "previous") +
           fmt::format("<span>Page {} of {}</span>", human_count(own().page), human_count(table_.pages)) +
           link(own().page + 1, "Next", "next") + "</nav>\n";
  }

  const StatusReport& report_;
  const Words& words_;
  const StatusTable& table_;
  StatusQuery query_;
};

}  // namespace

std::string table_section(const StatusReport& report, Subject subject) {
  return Section(report, subject).html();
}

}  // namespace ganesha::exporter
