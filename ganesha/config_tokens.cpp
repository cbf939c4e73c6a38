#include "config_tokens.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "config_files.hpp"

namespace ganesha {
namespace {

constexpr std::string_view blanks = " \t\r\f\n";
constexpr std::string_view marks = "{}=;,";
constexpr std::string_view word_ends = " \t\r\f\n{}=;,#\"'";

// Where the string that `text` starts with ends. A quote after a backslash may end it, too: the server's
// lexer takes the longest match.
std::size_t end_of_string(std::string_view text) {
  std::size_t end = text.npos;
  for (auto at = text.find('"', 1); at != text.npos; at = text.find('"', at + 1)) {
    end = at;
    if (text[at - 1] != '\\') break;
  }
  return end;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 1 < text.size();
    if (escape) ++i;
    const char c = text[i];
    out += !escape ? c : c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
  }
  return out;
}

}  // namespace

// The folder of a name without a leading slash is "." for the server, whatever folders the name has.
ConfigTokens::ConfigTokens(const std::string& main_file)
    : folder_(main_file.starts_with('/') ? std::filesystem::path(main_file).parent_path().string() : ".") {
  seen_.insert(main_file.starts_with('/') ? main_file : folder_ + "/" + main_file);
  files_.push_back({config_file_content(main_file)});
  bytes_ = files_.back().text.size();
}

std::optional<ConfigToken> ConfigTokens::next() {
  while (!files_.empty()) {
    auto token = next_of_file();
    if (!token)
      files_.pop_back();
    else if (!follow(*token))
      return token;
  }
  return std::nullopt;
}

std::optional<ConfigToken> ConfigTokens::next_of_file() {
  skip_blanks();
  const auto rest = files_.back().rest();
  if (rest.empty()) return std::nullopt;
  if (marks.find(rest.front()) != marks.npos) return mark_token();
  if (rest.front() == '"') return double_quoted();
  if (rest.front() == '\'') return single_quoted();
  return word();
}

void ConfigTokens::skip_blanks() {
  auto& file = files_.back();
  while (file.at < file.text.size()) {
    const bool comment = file.text[file.at] == '#';
    if (!comment && blanks.find(file.text[file.at]) == blanks.npos) return;
    file.at = comment ? std::min(file.text.find('\n', file.at), file.text.size()) : file.at + 1;
  }
}

ConfigToken ConfigTokens::mark_token() {
  const char mark = files_.back().text[files_.back().at++];
  if (mark == '{') ++depth_;
  if (mark == '}') depth_ = std::max(0, depth_ - 1);
  return {mark, {}, false};
}

ConfigToken ConfigTokens::double_quoted() {
  auto& file = files_.back();
  const auto rest = file.rest();
  const auto end = std::min(end_of_string(rest), rest.size());
  file.at = std::min(file.at + end + 1, file.text.size());
  return {0, unescaped(rest.substr(1, end - 1)), true};
}

ConfigToken ConfigTokens::single_quoted() {
  auto& file = files_.back();
  const auto rest = file.rest();
  const auto end = std::min(rest.find('\'', 1), rest.size());
  file.at = std::min(file.at + end + 1, file.text.size());
  return {0, std::string(rest.substr(1, end - 1)), true};
}

ConfigToken ConfigTokens::word() {
  auto& file = files_.back();
  const auto rest = file.rest();
  const auto end = std::min(rest.find_first_of(word_ends), rest.size());
  file.at += end;
  return {0, std::string(rest.substr(0, end)), false};
}

// Follows a directive. The server knows them between blocks only, in lower case.
bool ConfigTokens::follow(const ConfigToken& directive) {
  const auto& name = directive.text;
  const bool known = name == "%include" || name == "%dir" || name == "%url";
  if (depth_ > 0 || directive.quoted || !known) return false;
  const auto argument = next_of_file();
  if (!argument || argument->mark) return true;
  if (name == "%include") include(argument->text);
  if (name == "%dir") include_dir(argument->text);
  if (name == "%url") unknown_.push_back("only NFS-Ganesha can read %url " + argument->text);
  return true;
}

void ConfigTokens::include(const std::string& name) {
  try {
    push(name);
  } catch (const std::runtime_error& error) {
    unknown_.emplace_back(error.what());
  }
}

// The server lists a relative folder from its working directory, but opens what is in it from the main
// file's.
void ConfigTokens::include_dir(const std::string& name) {
  try {
    auto files = files_of_dir(name);
    // The first one is to be on top.
    std::reverse(files.begin(), files.end());
    for (const auto& file : files) include(file);
  } catch (const std::runtime_error& error) {
    unknown_.emplace_back(error.what());
  }
}

void ConfigTokens::push(const std::string& file) {
  const auto path = file.starts_with('/') ? file : folder_ + "/" + file;
  if (!seen_.insert(path).second) return;
  if (seen_.size() > most_config_files) throw std::runtime_error("cannot read " + path + ": too many files");
  auto content = config_file_content(path);
  bytes_ += content.size();
  if (bytes_ > largest_config)
    throw std::runtime_error("cannot read " + path + ": all files together are larger than 64 MiB");
  files_.push_back({std::move(content)});
}

}  // namespace ganesha
