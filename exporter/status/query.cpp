#include "exporter/status/query.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "exporter/base/log.hpp"
#include "exporter/base/url.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::array<std::string_view, sort_keys.size()> sort_names{"name",    "throughput", "operations",
                                                                    "latency", "errors",     "activity"};

std::optional<std::size_t> positive_number(const std::string& text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0) return std::nullopt;
  return value;
}

// Each returns why it refuses `value`, or nothing.
using RejectReason = std::optional<std::string>;

RejectReason parse_sort(const std::string& value, TableQuery& table) {
  const auto* const found = std::ranges::find(sort_names, value);
  if (found == sort_names.end())
    return "is not one of name, throughput, operations, latency, errors, activity";
  table.sort = sort_keys.at(static_cast<std::size_t>(found - sort_names.begin()));
  return std::nullopt;
}

RejectReason parse_order(const std::string& value, std::optional<Order>& order) {
  if (value != "asc" && value != "desc") return "is neither asc nor desc";
  order = value == "asc" ? Order::ascending : Order::descending;
  return std::nullopt;
}

RejectReason parse_page(const std::string& value, TableQuery& table) {
  const auto page = positive_number(value);
  if (!page) return "is not a number from 1 on";
  table.page = *page;
  return std::nullopt;
}

RejectReason parse_per_page(const std::string& value, TableQuery& table) {
  const auto rows = positive_number(value);
  if (!rows || *rows > TableQuery::max_per_page)
    return "is not a number from 1 to " + std::to_string(TableQuery::max_per_page);
  table.per_page = *rows;
  return std::nullopt;
}

// A table's query as it is read: the usual order is known when the key is.
struct Reading {
  TableQuery table;
  std::optional<Order> order;

  RejectReason parse(std::string_view name, const std::string& value) {
    if (name == "sort") return parse_sort(value, table);
    if (name == "order") return parse_order(value, order);
    if (name == "page") return parse_page(value, table);
    if (name == "per_page") return parse_per_page(value, table);
    if (name == "filter") table.filter = value;
    return std::nullopt;
  }

  TableQuery finish() && {
    table.order = order.value_or(usual_order(table.sort));
    return std::move(table);
  }
};

constexpr std::string_view exports_prefix = "exports.", clients_prefix = "clients.";

void add(std::string& query, std::string_view prefix, std::string_view name, std::string_view value) {
  query += query.empty() ? "" : "&";
  query.append(prefix).append(name).append("=").append(percent_encoded(value));
}

void add_table(std::string& query, std::string_view prefix, const TableQuery& table) {
  const TableQuery usual;
  if (table.sort != usual.sort) add(query, prefix, "sort", name_of(table.sort));
  if (table.order != usual_order(table.sort)) add(query, prefix, "order", name_of(table.order));
  if (!table.filter.empty()) add(query, prefix, "filter", table.filter);
  if (table.page != usual.page) add(query, prefix, "page", std::to_string(table.page));
  if (table.per_page != usual.per_page) add(query, prefix, "per_page", std::to_string(table.per_page));
}

}  // namespace

std::string_view name_of(SortKey key) noexcept { return sort_names[static_cast<std::size_t>(key)]; }
std::string_view name_of(Order order) noexcept { return order == Order::ascending ? "asc" : "desc"; }

Order usual_order(SortKey key) noexcept {
  return key == SortKey::name ? Order::ascending : Order::descending;
}
Order opposite(Order order) noexcept {
  return order == Order::ascending ? Order::descending : Order::ascending;
}

std::variant<StatusQuery, BadQuery> parse_status_query(std::string_view query) {
  Reading exports, clients;
  for (const auto& [name, value] : parameters_of(query)) {
    const std::string_view whole = name;
    RejectReason reason;
    if (whole.starts_with(exports_prefix))
      reason = exports.parse(whole.substr(exports_prefix.size()), value);
    else if (whole.starts_with(clients_prefix))
      reason = clients.parse(whole.substr(clients_prefix.size()), value);
    if (reason) return BadQuery{name + ": " + quote(value) + " " + *reason};
  }
  return StatusQuery{std::move(exports).finish(), std::move(clients).finish()};
}

std::string to_url_query(const StatusQuery& query) {
  std::string text;
  add_table(text, exports_prefix, query.exports);
  add_table(text, clients_prefix, query.clients);
  return text;
}

}  // namespace ganesha::exporter
