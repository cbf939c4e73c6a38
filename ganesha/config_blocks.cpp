#include "config_blocks.hpp"

#include <algorithm>
#include <cctype>

namespace ganesha {
namespace {

class Blocks {
 public:
  explicit Blocks(const std::vector<std::string_view>& names) : names_(names) {}

  void take(ConfigToken token) {
    if (!token.mark)
      words_.push_back(std::move(token));
    else if (token.mark != ',')
      take_mark(token.mark);
  }

  std::vector<ConfigBlock> blocks;

 private:
  void take_mark(char mark) {
    if (mark == '{') open();
    if (mark == '=') key_ = last_word();
    if (mark == ';') end_statement();
    if (mark == '}') close();
    words_.clear();
  }

  void open() {
    const auto name = last_word();
    if (depth_++ == 0) wanted_ = std::find(names_.begin(), names_.end(), name) != names_.end();
    if (depth_ == 1 && wanted_) blocks.push_back({name, {}});
  }

  void end_statement() {
    if (depth_ == 1 && wanted_ && !key_.empty() && !words_.empty())
      blocks.back().statements.push_back({key_, std::move(words_)});
    key_.clear();
  }

  void close() {
    key_.clear();
    depth_ = std::max(0, depth_ - 1);
  }

  std::string last_word() const { return words_.empty() ? "" : lower(words_.back().text); }

  const std::vector<std::string_view>& names_;
  std::vector<ConfigToken> words_;  // since the last mark but for commas
  std::string key_;
  int depth_ = 0;
  bool wanted_ = false;
};

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::vector<ConfigBlock> config_blocks(ConfigTokens& tokens, const std::vector<std::string_view>& names) {
  Blocks blocks(names);
  while (auto token = tokens.next()) blocks.take(std::move(*token));
  return std::move(blocks.blocks);
}

}  // namespace ganesha
