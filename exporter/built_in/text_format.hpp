// Reads Prometheus' text format 0.0.4 strictly, as read_page() needs it: a mistake anywhere is an error of
// the whole page, and everything has a bound.
#pragma once

#include <boost/system/result.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/model/built_in_families.hpp"
#include "exporter/model/built_in_page.hpp"

namespace ganesha::exporter {

// An export whose clients use 20 procedures takes 84 KB: enough for 390 of them. To read and to show such a
// page takes 145 MB, where the examples of deploy/ give the exporter 256.
inline constexpr std::size_t most_page_bytes = std::size_t{32} << 20;
std::string most_page_bytes_text();  // with its unit
inline constexpr std::size_t most_page_families = 1'000;
inline constexpr std::size_t most_page_series = 200'000;
inline constexpr std::size_t most_labels_of_a_sample = 16;
inline constexpr std::size_t longest_name = 200;

// One line says what is wrong, and in which line of the page.
template <class T>
using PageResult = boost::system::result<T, std::string>;

// Names in the order of the alphabet; names are views of the page.
using SourceLabels = std::vector<std::pair<std::string_view, std::string>>;

struct SourceSeries {
  SourceLabels labels;  // without le and quantile
  double value = 0;
  std::optional<BuiltInHistogram> histogram;  // in the server's unit
};

struct SourceFamily {
  std::string_view name;
  std::optional<BuiltInType> type;  // nothing: one that Ganesha does not write, such as summary
  std::vector<SourceSeries> series;
};

// The families in the order of the page, those without samples too. The names view `text`.
PageResult<std::vector<SourceFamily>> parse_text_format(std::string_view text);

}  // namespace ganesha::exporter
