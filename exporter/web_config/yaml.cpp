#include "exporter/web_config/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <boost/locale/utf.hpp>
#include <sstream>
#include <utility>

#include "exporter/base/text.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::size_t deepest = 16;

int line_of(const YAML::Mark& mark) { return mark.line + 1; }

// How many bytes the character at the front has; 0: it is not UTF-8.
std::size_t length_of_character(std::string_view text) {
  namespace utf = boost::locale::utf;
  auto next = text.begin();
  const auto c = utf::utf_traits<char>::decode(next, text.end());
  return utf::is_valid_codepoint(c) ? static_cast<std::size_t>(next - text.begin()) : 0;
}

// Makes a tree of one document. The library's own trees have aliases, which may refer to themselves.
class TreeBuilder final : public YAML::EventHandler {
 public:
  YamlNode take() { return root_.items.empty() ? YamlNode{} : std::move(root_.items.front()); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) throw YamlError(line_of(mark), "there is more than one document");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(mark, YamlNode::Kind::null); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw YamlError(line_of(mark), "aliases (*name) are not supported");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    // The library makes a byte of its own of some escapes.
    if (!is_utf8(value)) throw YamlError(line_of(mark), "it has an escape that makes no UTF-8");
    YamlNode& node = add(mark, YamlNode::Kind::scalar);
    node.text = value;
    if (tag != "?") node.style = YamlNode::Style::quoted;
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(mark, YamlNode::Kind::map);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  YamlNode& add(const YAML::Mark& mark, YamlNode::Kind kind) {
    YamlNode& node = open_.back()->items.emplace_back();
    node.kind = kind;
    node.line = line_of(mark);
    return node;
  }

  // The pointers stay valid: a list grows only after those it holds are closed.
  void open(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (open_.size() > deepest) throw YamlError(line_of(mark), "it is nested too deeply");
    open_.push_back(&add(mark, kind));
  }

  YamlNode root_;
  std::vector<YamlNode*> open_{&root_};
  int documents_ = 0;
};

bool is_control_character(char c) {
  return (static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r') || c == '\x7f';
}

// YAML forbids them, but the library reads on.
void check_characters(std::string_view text) {
  int line = 1;
  while (!text.empty()) {
    const std::size_t length = length_of_character(text);
    if (length == 0) throw YamlError(line, "it is not UTF-8");
    if (is_control_character(text.front())) throw YamlError(line, "control characters are not allowed");
    if (text.front() == '\n') ++line;
    text.remove_prefix(length);
  }
}

}  // namespace

YamlNode parse_yaml(std::string_view text) {
  check_characters(text);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder;
    // The second call finds a further document. On some text the library would find documents for ever.
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
    return builder.take();
  } catch (const YAML::Exception& error) {
    // Its text may quote the file.
    constexpr std::size_t longest_shown = 200;
    throw YamlError(std::max(line_of(error.mark), 1),
                    "it is not YAML: " + visible(error.msg.substr(0, longest_shown)));
  }
}

}  // namespace ganesha::exporter
