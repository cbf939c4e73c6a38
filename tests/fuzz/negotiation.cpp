// Accept and Accept-Encoding. The first line is the one, the rest the other.
#include "exporter/base/text.hpp"
#include "exporter/metrics/content_negotiation.hpp"
#include "fuzz.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::fuzz;

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

void check_accept(std::string_view accept) {
  const auto found = negotiate(accept);
  const bool openmetrics = found.format == Format::openmetrics;
  std::string_view type = found.content_type;
  const std::string_view begin = openmetrics
                                     ? "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping="
                                     : "text/plain; version=0.0.4; charset=utf-8; escaping=";
  expect(type.starts_with(begin), "the content type is that of the format");
  type.remove_prefix(begin.size());
  expect(type == "allow-utf-8" || type == "underscores" || type == "values", "the escaping is one of three");
  expect(negotiate(found.content_type).content_type == found.content_type,
         "our own type is answered with itself");
  expect(negotiate(upper(accept)).content_type == found.content_type, "upper and lower case are the same");
}

void check_encoding(std::string_view encoding) {
  const bool gzip = accepts_gzip(encoding);
  expect(accepts_gzip(upper(encoding)) == gzip, "upper and lower case are the same");
  const bool named = contains_ignoring_case(encoding, "gzip") || encoding.find('*') != encoding.npos;
  expect(named || !gzip, "gzip is not sent to who does not name it");
  expect(!accepts_gzip("gzip;q=0," + std::string(encoding)), "q=0 forbids gzip");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto encoding = text_of(data, size);
  check_accept(take_until(encoding, '\n'));
  check_encoding(encoding);
  return 0;
}
