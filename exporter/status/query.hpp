// Order, filter and page of the tables of exports and clients, as a reader chose them. The site's handlers
// read them from the URL; the page makes links of them.
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
/// The order of a table sorted by this key unless the URL gives one.
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

/// Reads `exports.sort=latency&clients.filter=10.0` and the like; the last one of a
/// repeated parameter counts, and other parameters are ignored.
std::variant<StatusQuery, BadQuery> parse_status_query(std::string_view query);

/// Everything that differs from the defaults, as the query of a URL.
std::string to_url_query(const StatusQuery& query);

}  // namespace ganesha::exporter
