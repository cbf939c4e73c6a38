// The queries of /api/v1/status and /metrics: one query.
#include "exporter/status/query.hpp"

#include <variant>

#include "exporter/base/url.hpp"
#include "fuzz.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::fuzz;

bool is_bounded(const TableQuery& table) {
  return table.page >= 1 && table.per_page >= 1 && table.per_page <= TableQuery::max_per_page;
}

bool is_same(const TableQuery& a, const TableQuery& b) {
  return a.sort == b.sort && a.order == b.order && a.filter == b.filter && a.page == b.page &&
         a.per_page == b.per_page;
}

void check_status(std::string_view query) {
  const auto parsed = parse_status_query(query);
  if (const auto* bad = std::get_if<BadQuery>(&parsed)) {
    expect(!bad->reason.empty() && bad->reason.size() < 6 * query.size() + 200, "the reason is bounded");
    return;
  }
  const auto& good = std::get<StatusQuery>(parsed);
  expect(is_bounded(good.exports) && is_bounded(good.clients), "pages are bounded");
  const auto again = parse_status_query(to_url_query(good));
  const auto* same = std::get_if<StatusQuery>(&again);
  expect(same && is_same(same->exports, good.exports) && is_same(same->clients, good.clients),
         "a link of the page leads to the same rows");
}

void check_parameters(std::string_view query) {
  const auto parameters = parameters_of(query);
  std::size_t bytes = 0;
  std::string written;
  for (const auto& [name, value] : parameters) {
    bytes += name.size() + value.size();
    written += (written.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
  }
  expect(bytes <= query.size(), "decoding adds nothing");
  expect(parameters_of(written) == parameters, "parameters are read as they are written");
  expect(values_of(query, "collect[]") == values_of(written, "collect[]"),
         "values are those of the parameters");
  expect(percent_decoded(percent_encoded(query)) == query, "percent-encoding can be undone");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto query = text_of(data, size);
  check_status(query);
  check_parameters(query);
  return 0;
}
