#include "wire_message.hpp"

#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace ganesha::test {
namespace {

using nlohmann::json;

// How many characters the first complete type of `signature` takes.
std::size_t type_length(std::string_view signature) {
  if (signature.at(0) == 'a') return 1 + type_length(signature.substr(1));
  std::size_t depth = 0, length = 0;
  do {
    const char c = signature.at(length++);
    if (c == '(' || c == '{') ++depth;
    if (c == ')' || c == '}') --depth;
  } while (depth > 0);
  return length;
}

std::string_view take_type(std::string_view& signature) {
  const auto type = signature.substr(0, type_length(signature));
  signature.remove_prefix(type.size());
  return type;
}

std::size_t alignment_of(char type) {
  switch (type) {
    case 'y':
    case 'g':
    case 'v':
      return 1;
    case 'n':
    case 'q':
      return 2;
    case 'x':
    case 't':
    case 'd':
    case '(':
    case '{':
      return 8;
    default:
      return 4;
  }
}

// Writes values as the DBus specification says, in this machine's byte order.
class Marshaller {
 public:
  // One value for each complete type.
  void write_all(std::string_view signature, const json& values) {
    for (const auto& value : values) write(take_type(signature), value);
    if (!signature.empty()) throw std::invalid_argument("values are missing for " + std::string(signature));
  }
  void align(std::size_t alignment) { out_.resize((out_.size() + alignment - 1) / alignment * alignment); }
  std::string take() && { return std::move(out_); }

 private:
  template <class T>
  void number(T value) {
    align(sizeof value);
    const auto bytes = std::bit_cast<std::array<char, sizeof value>>(value);
    out_.append(bytes.begin(), bytes.end());
  }

  template <class Length>
  void text(const std::string& text) {
    number(static_cast<Length>(text.size()));
    out_.append(text).push_back('\0');
  }

  void array(std::string_view element, const json& values) {
    number(std::uint32_t{0});
    const auto length_at = out_.size() - sizeof(std::uint32_t);
    align(alignment_of(element.front()));
    const auto begin = out_.size();
    if (element.front() == '{')
      for (const auto& [key, value] : values.items()) pair(element, {key, value});
    else
      for (const auto& value : values) write(element, value);
    const auto length = std::bit_cast<std::array<char, 4>>(static_cast<std::uint32_t>(out_.size() - begin));
    out_.replace(length_at, length.size(), length.data(), length.size());
  }

  // A struct or an entry of a dictionary.
  void pair(std::string_view type, const json& values) {
    align(alignment_of('('));
    write_all(type.substr(1, type.size() - 2), values);
  }

  void variant(const json& value) {
    const auto type = value.at("type").get<std::string>();
    text<std::uint8_t>(type);
    write(type, value.at("data"));
  }

  void write(std::string_view type, const json& value) {
    switch (type.front()) {
      case 'y':
        return number(value.get<std::uint8_t>());
      case 'b':
        return number(static_cast<std::uint32_t>(value.get<bool>()));
      case 'n':
        return number(value.get<std::int16_t>());
      case 'q':
        return number(value.get<std::uint16_t>());
      case 'i':
        return number(value.get<std::int32_t>());
      case 'u':
        return number(value.get<std::uint32_t>());
      case 'x':
        return number(value.get<std::int64_t>());
      case 't':
        return number(value.get<std::uint64_t>());
      case 'd':
        return number(value.get<double>());
      case 's':
      case 'o':
        return text<std::uint32_t>(value.get<std::string>());
      case 'g':
        return text<std::uint8_t>(value.get<std::string>());
      case 'v':
        return variant(value);
      case 'a':
        return array(type.substr(1), value);
      case '(':
        return pair(type, value);
      default:
        throw std::invalid_argument("no such type: " + std::string(type));
    }
  }

  std::string out_;
};

std::string header(std::string_view signature, std::size_t body_size) {
  constexpr int endian = std::endian::native == std::endian::little ? 'l' : 'B';
  constexpr int method_return = 2, no_reply_expected = 1, version = 1, serial = 1;
  constexpr int reply_serial = 5, signature_field = 8;
  const json fields = {{reply_serial, {{"type", "u"}, {"data", serial}}},
                       {signature_field, {{"type", "g"}, {"data", signature}}}};
  Marshaller out;
  out.write_all("yyyyuua(yv)",
                {endian, method_return, no_reply_expected, version, body_size, serial, fields});
  out.align(8);
  return std::move(out).take();
}

int check(int result, const char* what) {
  if (result < 0) throw std::system_error(-result, std::generic_category(), what);
  return result;
}

struct Unref {
  void operator()(sd_bus* bus) const { sd_bus_unref(bus); }
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  // Takes off `bytes` what the socket holds. False if that is nothing.
  bool write(std::string_view& bytes) const {
    const auto written = bytes.empty() ? 0 : ::write(fd_, bytes.data(), bytes.size());
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    return written > 0;
  }

 private:
  int fd_;
};

// The listening end of a connection without a bus, whose other end is `fd`.
std::unique_ptr<sd_bus, Unref> serve(int fd) {
  sd_bus* raw = nullptr;
  check(sd_bus_new(&raw), "sd_bus_new");
  std::unique_ptr<sd_bus, Unref> bus(raw);
  check(sd_bus_set_fd(raw, fd, fd), "sd_bus_set_fd");
  check(sd_bus_set_server(raw, 1, sd_id128_t{{1}}), "sd_bus_set_server");
  check(sd_bus_set_anonymous(raw, 1), "sd_bus_set_anonymous");
  check(sd_bus_start(raw), "sd_bus_start");
  return bus;
}

}  // namespace

std::filesystem::path fixtures() { return GANESHA_FIXTURES; }

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string marshal(std::string_view signature, const json& values) {
  Marshaller out;
  out.write_all(signature, values);
  return std::move(out).take();
}

dbus::Message receive(std::string_view signature, std::string_view body) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
    throw std::system_error(errno, std::generic_category(), "socketpair");
  const Descriptor sender(ends[0]);
  const auto bus = serve(ends[1]);
  using namespace std::string_literals;
  const auto bytes = "\0AUTH ANONYMOUS\r\nBEGIN\r\n"s + header(signature, body.size()).append(body);
  std::string_view unsent = bytes;

  sd_bus_message* message = nullptr;
  while (!message) {
    const bool sent = sender.write(unsent);
    if (check(sd_bus_process(bus.get(), &message), "sd_bus_process") == 0 && !sent)
      throw std::runtime_error("the message does not arrive");
  }
  const std::unique_ptr<sd_bus_message, Unref> owned(message);
  return dbus::Message(message);
}

dbus::Message wire_message(std::string_view signature, const json& values) {
  return receive(signature, marshal(signature, values));
}

std::vector<WireRecord> wire_records(const std::string& version) {
  std::vector<WireRecord> records;
  for (const auto& line : json::parse(read_file(fixtures() / "wire" / version / "replies.json")))
    if (line.contains("reply"))
      records.push_back(
          {line.at("path"), line.at("method"), line.at("args"), line.at("signature"), line.at("reply")});
  return records;
}

std::vector<WireRecord> wire_records(const std::string& version, std::string_view method) {
  auto records = wire_records(version);
  std::erase_if(records, [&](const auto& record) { return record.method != method; });
  return records;
}

WireRecord wire_record(const std::string& version, std::string_view method) {
  return wire_records(version, method).at(0);
}

}  // namespace ganesha::test
