// What a reader of the status wants to see of exports and clients: order, filter and page of each table.
// routes.cpp reads it from the URL; the page makes links of it.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace ganesha::exporter {

enum class SortKey { name, throughput, operations, latency, errors, activity };
inline constexpr std::array sort_keys{SortKey::name,    SortKey::throughput, SortKey::operations,
                                      SortKey::latency, SortKey::errors,     SortKey::activity};
/// As the URL and the JSON have it.
std::string_view name_of(SortKey key) noexcept;

enum class Order { ascending, descending };
std::string_view name_of(Order order) noexcept;  ///< asc, desc
/// How a table is sorted by this key unless the URL says otherwise.
Order usual_order(SortKey key) noexcept;
Order opposite(Order order) noexcept;

struct TableQuery {
  static constexpr std::size_t max_per_page = 500;

  SortKey sort = SortKey::throughput;
  Order order = Order::descending;
  std::string filter;
  std::size_t page = 1;
  std::size_t per_page = 20;
};

struct StatusQuery {
  TableQuery exports;
  TableQuery clients;
};

/// One line about what is wrong.
struct BadQuery {
  std::string reason;
};

/// Reads `exports.sort=latency&clients.filter=10.0` and the like; of a parameter that is given twice the last
/// one counts, and other parameters are none of its business.
std::variant<StatusQuery, BadQuery> parse_status_query(std::string_view query);

/// Everything that is not as it is without a query, as the query of a URL.
std::string to_url_query(const StatusQuery& query);

}  // namespace ganesha::exporter
