#include "fake_distortion.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace fake {
namespace {

constexpr std::uint64_t max64 = std::numeric_limits<std::uint64_t>::max();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr std::uint64_t numbers[] = {0, 1, (1ULL << 53) + 1, (1ULL << 63) - 1, 1ULL << 63, max64 - 1, max64};
constexpr double reals[] = {nan, infinity, -infinity, -1.5, -0.0, 5e-324, 1e308, 1.8e19};

// Seconds: before 1970 as an unsigned number, 2106 and later, the year 10000.
constexpr std::uint64_t seconds[] = {
    max64, max64 - 86'400, 1ULL << 63, (1ULL << 63) - 1, (1ULL << 32) - 1, 1ULL << 32, 253'402'300'800, 1};
constexpr std::uint64_t nanoseconds[] = {0, 999'999'999, 1'000'000'000, max64};

// Controls of C0 and C1, bidirectional and invisible ones, separators, markup, four bytes a character.
constexpr const char* odd_pieces[] = {"\x01",
                                      "\x1b[2J",
                                      "\x7f",
                                      "\u0085",
                                      "\u009b31m",
                                      "\r\n",
                                      "\t",
                                      "\u202e",
                                      "\u2066",
                                      "\u200f",
                                      "\u2028",
                                      "\u2029",
                                      "\ufeff",
                                      "\u00ad",
                                      "\"\\",
                                      "\\n",
                                      "</script><b onx='>",
                                      "&amp;",
                                      "\ufffd",
                                      "e\u0301",
                                      "{}=,# ",
                                      "\U0010fffd"};

constexpr std::string_view end_of_introspection = "</node>";

std::string long_text(std::size_t size, Random& random) {
  // A cut at a fixed place may meet the middle of a character.
  std::string text(random.below(4), 'x');
  while (text.size() < size) text += "\u00e9\u20ac";
  return text;
}

std::string method_entry(const std::string& name) { return "<method name=\"" + name + "\">\n</method>\n"; }

// Introspection gets a method of that name, as the names that the exporter reads are there.
void add_to_text(std::string& text, const std::string& addition) {
  const std::size_t end = text.rfind(end_of_introspection);
  if (end == std::string::npos)
    text += addition;
  else
    text.insert(end, method_entry(addition));
}

void add_odd_characters(Values& reply, Random& random) {
  each_leaf(reply, [&](Value& leaf) {
    if (leaf.type == "s" && random.one_in(2)) add_to_text(leaf.text, odd_text(random));
  });
}

void lengthen_names(Values& reply, Random& random) {
  constexpr std::size_t size = 64 * 1024;
  each_leaf(reply, [&](Value& leaf) {
    if (leaf.type == "s" && random.one_in(4)) add_to_text(leaf.text, long_text(size, random));
  });
}

// One of them alone, of a megabyte or two; not in each of many replies, which would take longer than a call
// may.
void make_one_name_huge(Values& reply, Random& random) {
  if (!random.one_in(4)) return lengthen_names(reply, random);
  constexpr std::size_t megabyte = 1024 * 1024;
  std::uint64_t texts = 0;
  each_leaf(reply, [&](Value& leaf) { texts += leaf.type == "s" ? 1 : 0; });
  if (texts == 0) return;
  std::uint64_t left = random.below(texts);
  each_leaf(reply, [&](Value& leaf) {
    if (leaf.type == "s" && left-- == 0)
      add_to_text(leaf.text, long_text((1 + random.below(2)) * megabyte, random));
  });
}

void make_numbers_extreme(Values& reply, Random& random) {
  constexpr std::string_view integers = "ynqiuxt";
  each_leaf(reply, [&](Value& leaf) {
    if (random.one_in(2)) return;
    if (leaf.type == "d") leaf.real = random.one_of(reals);
    if (integers.find(leaf.type) != std::string_view::npos) leaf.number = random.one_of(numbers);
  });
}

void make_times_odd(Values& reply, Random& random) {
  for (Value& value : reply) {
    if (value.type == "(tt)" && !random.one_in(4)) {
      value.members[0].number = random.one_of(seconds);
      value.members[1].number = random.one_of(nanoseconds);
    }
    make_times_odd(value.members, random);
  }
}

// Every entry of a list once more, with other numbers now and then; labelled values likewise.
void repeat_entries(Value& list, Random& random) {
  Values again = list.members;
  if (random.one_in(2)) make_numbers_extreme(again, random);
  list.members.insert(list.members.end(), again.begin(), again.end());
}

void repeat_names(Values& reply, Random& random) {
  for (Value& value : reply) {
    if (value.is_array()) repeat_entries(value, random);
    if (value.type.starts_with("(st") || value.type.starts_with("(ss")) {
      repeat_entries(value, random);
      value = struct_of(std::move(value.members));
    }
    if (value.type.starts_with("(tddd")) value = array_of({value, value});
    if (value.type == "s" && value.text.ends_with(std::string(end_of_introspection) + "\n"))
      value.text += std::string(value.text);
  }
}

void change_signature(Values& reply, Random& random) {
  const Values numbers_alone{{"t", 1, 0, {}, {}}, struct_of({{"d", 0, 1.5, {}, {}}, text_value("x")})};
  switch (random.below(4)) {
    case 0:
      reply = {{"b", 1, 0, {}, {}}, text_value("OK"), numbers_alone[1]};
      return;
    case 1:
      reply = numbers_alone;
      return;
    case 2:
      if (!reply.empty()) reply.pop_back();
      return;
    default:
      reply.push_back(text_value(odd_text(random)));
  }
}

// A reply without a body, or lists without an entry.
void make_empty(Values& reply, Random& random) {
  const bool has_lists = std::ranges::any_of(reply, &Value::is_array);
  if (!has_lists || random.one_in(2)) return reply.clear();
  for (Value& value : reply)
    if (value.is_array()) value.members.clear();
}

void refuse(Values& reply, Random& random) {
  constexpr const char* texts[] = {"refused", "", "Client does not have any NFSv3 activity"};
  const std::string text = random.one_in(2) ? random.one_of(texts) : odd_text(random);
  reply = {{"b", 0, 0, {}, {}}, text_value(text)};
}

}  // namespace

std::string odd_text(Random& random) {
  std::string text = "odd ";
  for (std::uint64_t pieces = 1 + random.below(6); pieces > 0; --pieces) text += random.one_of(odd_pieces);
  if (random.one_in(4)) text += long_text(100'000, random);
  return text;
}

void distort(Values& reply, Manner manner, Random& random) {
  switch (manner) {
    case Manner::wrong_signature:
      return change_signature(reply, random);
    case Manner::empty:
      return make_empty(reply, random);
    case Manner::refusal:
      return refuse(reply, random);
    case Manner::repeated_names:
      return repeat_names(reply, random);
    case Manner::extreme_numbers:
      return make_numbers_extreme(reply, random);
    case Manner::odd_times:
      return make_times_odd(reply, random);
    case Manner::long_names:
      return lengthen_names(reply, random);
    case Manner::huge_names:
      return make_one_name_huge(reply, random);
    case Manner::odd_characters:
      return add_odd_characters(reply, random);
    case Manner::error:
    case Manner::twice:
    case Manner::late:
    case Manner::never:
      return;
  }
}

}  // namespace fake
