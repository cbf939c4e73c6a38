// Names and texts of others on a page, in a log and on a terminal; durations.
#include "exporter/base/text.hpp"

#include "exporter/base/duration.hpp"
#include "exporter/base/log.hpp"
#include "fuzz.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::fuzz;

void check_escapes(std::string_view text) {
  const auto shown = visible(text);
  expect(is_one_line(shown), "no control character is shown");
  expect(visible(shown) == shown, "what is visible stays as it is");
  expect(shown.size() <= 10 * text.size(), "an escape is bounded");
  const auto markup = escape_for_display(text);
  expect(markup.find_first_of("<>\"'") == markup.npos, "nothing is left that markup would obey");
  expect(is_one_line(quote(text)), "a quoted text is one line");
}

void check_splits(std::string_view text) {
  std::string joined;
  for (const auto part : split(text, ',')) joined.append(part).append(",");
  joined.pop_back();
  expect(joined == text, "parts make up the text");
  expect(trim(trim(text)) == trim(text), "nothing is left to trim");
}

void check_duration(std::string_view text) {
  const auto duration = parse_duration(text);
  if (!duration) return;
  expect(duration->count() >= 0, "a duration is not negative");
  expect(parse_duration(format_duration(*duration)) == duration, "a duration is read as it is written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = text_of(data, size);
  check_escapes(text);
  check_splits(text);
  check_duration(text);
  return 0;
}
