#include "records.hpp"

#include <array>
#include <utility>

namespace ganesha::dbus {
namespace {

constexpr std::pair<std::string_view, Protocol> spellings[] = {
    {"NFSv3", Protocol::nfsv3},   {"NFSv40", Protocol::nfsv40}, {"NFSv41", Protocol::nfsv41},
    {"NFSv42", Protocol::nfsv42}, {"MNT", Protocol::mnt},       {"NLMv4", Protocol::nlmv4},
    {"RQUOTA", Protocol::rquota}, {"9P", Protocol::ninep},      {"NMLv4", Protocol::nlmv4},
    {"NLM", Protocol::nlmv4},     {"NLM4", Protocol::nlmv4},    {"QUOTA", Protocol::rquota},
};

}  // namespace

std::string_view name(Protocol protocol) noexcept {
  for (const auto& [text, value] : spellings)
    if (value == protocol) return text;
  return {};
}

std::optional<Protocol> parse_protocol(std::string_view text) noexcept {
  for (const auto& [spelling, value] : spellings)
    if (spelling == text) return value;
  return std::nullopt;
}

BasicIO& BasicIO::operator+=(const BasicIO& other) noexcept {
  requested_bytes += other.requested_bytes;
  transferred_bytes += other.transferred_bytes;
  operations += other.operations;
  errors += other.errors;
  latency_ns += other.latency_ns;
  queue_wait_ns += other.queue_wait_ns;
  return *this;
}

bool has_reset(const BasicIO& now, const BasicIO& before) noexcept {
  return now.requested_bytes < before.requested_bytes || now.transferred_bytes < before.transferred_bytes ||
         now.operations < before.operations || now.errors < before.errors ||
         now.latency_ns < before.latency_ns || now.queue_wait_ns < before.queue_wait_ns;
}

}  // namespace ganesha::dbus
