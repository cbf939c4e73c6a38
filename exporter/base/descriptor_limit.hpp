// The limit of open file descriptors of this process, RLIMIT_NOFILE.
#pragma once

#include <cstdint>

namespace ganesha::exporter {

/// The soft limit.
std::uint64_t descriptor_limit();

/// Raises the soft limit to `wanted`, or as far as the hard limit allows. Never lowers it. No more than is
/// needed: children inherit it, and some of them (rpcbind) take time and memory for each descriptor they may
/// open.
void raise_descriptor_limit(std::uint64_t wanted);

}  // namespace ganesha::exporter
