// Values as the tables of `top` show them: those of base/human_units.hpp, "-" where one is unknown, and local
// time.
#pragma once

#include <string>

#include "exporter/top/status_reply.hpp"

namespace ganesha::exporter::top {

std::string bytes(Number value);
std::string rate(Number value);
std::string latency(Number seconds);

/// How long before `now` the time `then` was, in its largest unit.
std::string ago(Number then, double now);

/// A local point in time: the time of day, with the date unless it is that of `now`.
std::string moment(double time, double now);

}  // namespace ganesha::exporter::top
