// The handlers of the table of methods: each reads one call's arguments and fills its reply.
// Only the table, fake_methods.cpp, names them.
#pragma once

#include "fake_methods.hpp"

namespace fake {

// What 15.2 answers for every client while it does not count client_all_ops.
void refuse_client_all_ops(sd_bus_message* reply);

void show_clients(const World& world, sd_bus_message* call, sd_bus_message* reply);
void show_exports(const World& world, sd_bus_message* call, sd_bus_message* reply);
void get_nfs_io(const World& world, sd_bus_message* call, sd_bus_message* reply);
template <Protocol protocol>
void get_export_io(const World& world, sd_bus_message* call, sd_bus_message* reply);
template <Protocol protocol>
void get_client_io(const World& world, sd_bus_message* call, sd_bus_message* reply);
void get_client_ops(const World& world, sd_bus_message* call, sd_bus_message* reply);
void get_all_client_ops(const World& world, sd_bus_message* call, sd_bus_message* reply);
void get_all_client_procedures(const World& world, sd_bus_message* call, sd_bus_message* reply);
void status_stats(const World& world, sd_bus_message* call, sd_bus_message* reply);
void get_full_v3_stats(const World& world, sd_bus_message* call, sd_bus_message* reply);
void get_grace(const World& world, sd_bus_message* call, sd_bus_message* reply);
void introspect(const World& world, sd_bus_message* call, sd_bus_message* reply);
void get_property(const World& world, sd_bus_message* call, sd_bus_message* reply);
void get_properties(const World& world, sd_bus_message* call, sd_bus_message* reply);

}  // namespace fake
