// How a fetch of the server's own page ended. The source of the page makes it, the fetcher acts on it.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>

#include "dbus/error.hpp"

namespace ganesha::exporter {

enum class FetchProblem : std::uint8_t {
  other,         // the server may live: its last page is still of use
  nobody_there,  // the connection was refused: the server that made the last page is gone
  unreadable,    // if the next one is, too, each further fetch would cost the server as much, for nothing
};

struct FetchError {
  dbus::Error error;
  FetchProblem problem = FetchProblem::other;
};

template <class T>
using FetchResult = boost::system::result<T, FetchError>;

}  // namespace ganesha::exporter
