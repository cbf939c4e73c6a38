// The hostile server's methods: those of all versions, with replies that can be distorted.
#include "fake_hostile.hpp"
#include "fake_recorded.hpp"

namespace fake {
namespace {

// ---- replies that no recording has ----

void get_fsal_stats(const World&, sd_bus_message*, sd_bus_message* reply) {
  check(sd_bus_message_append(reply, "bs(tt)s(stddd)s", 1, "OK", std::uint64_t{1}, std::uint64_t{2}, "GPFS",
                              "read", std::uint64_t{7}, 0.5, 0.25, 1.5, "OK"));
}

void get_delegations(const World&, sd_bus_message*, sd_bus_message* reply) {
  check(sd_bus_message_append(reply, "bs(tt)(uuuu)", 1, "OK", std::uint64_t{1}, std::uint64_t{2}, 1U, 2U, 3U,
                              4U));
}

void get_full_v3_stats(const World&, sd_bus_message*, sd_bus_message* reply) {
  check(sd_bus_message_append(reply, "bs(tt)a(stttddd)s", 1, "OK", std::uint64_t{1}, std::uint64_t{2}, 1,
                              "READ", std::uint64_t{7}, std::uint64_t{1}, std::uint64_t{2}, 0.5, 0.25, 1.5,
                              "OK"));
}

}  // namespace

void prepare_hostile_world(std::uint64_t seed, World& world) {
  world.methods.push_back(client_procedures_method());
  for (const char* version : {"15.2", "4.3"}) add_recorded(version, world);
  for (Method& method : world.methods) {
    if (method.name == "GetFSALStats") method.answer = get_fsal_stats;
    if (method.name == "GetDelegations") method.answer = get_delegations;
    if (method.name == "GetFULLV3Stats") method.answer = get_full_v3_stats;
  }
  if (seed % 2 == 1) world.hidden = {"GetNFSIO", "ShowMDCache", "GetAllClientIOops"};
}

}  // namespace fake
