#include "config_blocks.hpp"

#include <algorithm>
#include <cctype>

namespace ganesha {
namespace {

class Blocks {
 public:
  explicit Blocks(const std::vector<std::string_view>& names) : names_(names) {}

  void take(ConfigToken token) {
    if (in_statement_)
      take_value(std::move(token));
    else if (token.mark)
      take_mark(token.mark);
    else
      name_ = lower(token.text);
  }

  std::vector<ConfigBlock> blocks;

 private:
  void take_mark(char mark) {
    if (mark == '=') begin_statement();
    if (mark == '{') open();
    if (mark == '}') depth_ = std::max(0, depth_ - 1);
    name_.clear();
  }

  void open() {
    if (depth_++ > 0) return;
    wanted_ = std::find(names_.begin(), names_.end(), name_) != names_.end();
    if (wanted_) blocks.push_back({name_, {}});
  }

  void begin_statement() {
    in_statement_ = is_valid_ = may_follow_ = true;
    statement_ = {name_, {}};
  }

  // Values with commas between them, up to the semicolon. The server ignores a statement that is anything
  // else.
  void take_value(ConfigToken token) {
    if (token.mark == ';') {
      end_statement();
    } else if (token.mark) {
      is_valid_ &= token.mark == ',' && !may_follow_;
      may_follow_ = true;
    } else {
      is_valid_ &= may_follow_;
      may_follow_ = is_sign(token);
      add(std::move(token));
    }
  }

  static bool is_sign(const ConfigToken& token) {
    return !token.quoted && (token.text == "~" || token.text == "-");
  }

  // A sign may stand apart from its number.
  void add(ConfigToken token) {
    auto& values = statement_.values;
    if (!values.empty() && is_sign(values.back()))
      values.back().text += token.text;
    else
      values.push_back(std::move(token));
  }

  void end_statement() {
    in_statement_ = false;
    if (depth_ == 1 && wanted_ && is_valid_ && !statement_.values.empty())
      blocks.back().statements.push_back(std::move(statement_));
  }

  const std::vector<std::string_view>& names_;
  std::string name_;  // the latest word outside of statements
  ConfigStatement statement_;
  bool in_statement_ = false;
  bool is_valid_ = false;
  bool may_follow_ = false;  // a value
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
