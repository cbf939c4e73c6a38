// The scenes of the hostile server: which methods answer in which manner at a time. In all scenes together
// each method answers in every manner.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "fake_manners.hpp"

namespace fake {

inline constexpr const char* heartbeat = "admin.heartbeat";

// By "ClientMgr.GetNFSv3IO"; the others are honest.
using Scene = std::map<std::string, Manner>;

const std::vector<Scene>& all_scenes();
// Any number names a scene; numbers that follow one another name scenes of different kinds.
const Scene& scene_of(std::uint64_t number);

}  // namespace fake
