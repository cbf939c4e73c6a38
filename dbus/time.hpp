// Time as everything here counts it.
#pragma once

#include <chrono>

namespace ganesha::dbus {

using Duration = std::chrono::steady_clock::duration;
using TimePoint = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

}  // namespace ganesha::dbus
