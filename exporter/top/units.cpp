#include "exporter/top/units.hpp"

#include <array>
#include <ctime>

#include "exporter/base/human_units.hpp"

namespace ganesha::exporter::top {
namespace {

std::string text_of(Number value, std::string (*known)(double)) { return value ? known(*value) : "-"; }

std::string date_format(const std::tm& then, const std::tm& now) {
  return then.tm_year == now.tm_year && then.tm_yday == now.tm_yday ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S";
}

std::tm local(double time) {
  const auto seconds = static_cast<std::time_t>(time);
  std::tm broken_down{};
  localtime_r(&seconds, &broken_down);
  return broken_down;
}

}  // namespace

std::string bytes(Number value) { return text_of(value, human_bytes); }
std::string rate(Number value) { return text_of(value, human_rate); }
std::string latency(Number seconds) { return text_of(seconds, human_latency); }

std::string ago(Number then, double now) {
  return text_of(then ? Number(now - *then) : std::nullopt, short_duration);
}

std::string moment(double time, double now) {
  const std::tm then = local(time);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), date_format(then, local(now)).c_str(), &then);
  return text.data();
}

}  // namespace ganesha::exporter::top
