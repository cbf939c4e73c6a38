// What the manners of the hostile server do to an honest reply.
#pragma once

#include <string>

#include "fake_manners.hpp"
#include "fake_values.hpp"

namespace fake {

// Changes a reply. The manners that are about sending, such as twice, change nothing.
void distort(Values& reply, Manner manner, Random& random);

// A text that a log line or a label must survive.
std::string odd_text(Random& random);

}  // namespace fake
