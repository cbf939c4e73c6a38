// The exports, clients and counters that the fake Ganesha tells of. The figures follow from an entity's
// index, the protocol, the operation and the steps counted alone: every layout tells of the same ones.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fake {

enum class Owner { export_, client };
enum class Protocol : std::size_t { nfsv3, nfsv40, nfsv41, nfsv42, ninep };
enum class Operation : std::uint64_t { read, write };

inline constexpr std::array nfs_protocols{Protocol::nfsv3, Protocol::nfsv40, Protocol::nfsv41,
                                          Protocol::nfsv42};
inline constexpr std::array protocols{Protocol::nfsv3, Protocol::nfsv40, Protocol::nfsv41, Protocol::nfsv42,
                                      Protocol::ninep};
using ProtocolSet = std::bitset<protocols.size()>;

const char* name_of(Protocol protocol);
bool uses(ProtocolSet set, Protocol protocol);

// Reads "NFSv3,NFSv41"; throws std::invalid_argument for a name that is none.
ProtocolSet protocols_from(std::string_view list);

struct Moment {
  std::uint64_t seconds = 0;
  std::uint64_t nanoseconds = 0;
};
Moment now();

struct IoBlock {
  std::uint64_t requested_bytes, transferred_bytes, operations, errors, latency_ns, queue_wait_ns;
};

struct OtherBlock {
  std::uint64_t operations, errors;
};

struct Counted {
  std::uint64_t index;
  std::uint64_t counted_from;  // the step at which its counters were 0
  ProtocolSet protocols;
  Moment last_activity;
};

struct Export {
  std::uint16_t id;
  std::string path;
  Counted counted;
};

struct Client {
  std::string address;
  Counted counted;
};

class Model {
 public:
  Model(ProtocolSet export_protocols, ProtocolSet client_protocols)
      : export_protocols_(export_protocols), client_protocols_(client_protocols) {}

  // A new entity has counted one step; an address may be added twice, as Ganesha may show `<unknown>` twice,
  // and so may an id. They return whether there was something to do.
  void add_export(std::uint16_t id, std::string path);
  bool remove_export(std::uint16_t id);
  bool add_client(std::string address);
  bool remove_client(const std::string& address);
  bool set_client_activity(const std::string& address, Moment moment);

  // Return nullptr for an unknown one.
  const Export* find_export(std::uint16_t id) const;
  const Client* find_client(const std::string& address) const;
  const std::multimap<std::uint16_t, Export>& exports() const { return exports_; }
  const std::vector<Client>& clients() const { return clients_; }

  IoBlock io(const Counted& counted, Protocol protocol, Operation operation) const;
  OtherBlock other(const Counted& counted, Protocol protocol) const;
  std::uint64_t all_operations(const Counted& counted) const;

  // Steps while statistics are off count nothing.
  void tick(std::uint64_t steps);
  // A step of the exports and of the first so many clients; the others are idle.
  void tick_some(std::size_t clients);
  void reset();
  void set_stats(bool on);
  bool stats_on() const { return stats_on_; }
  Moment counting_since() const { return counting_since_; }

 private:
  Counted new_entity(std::uint64_t index, ProtocolSet used) const;
  void index_clients();

  ProtocolSet export_protocols_;
  ProtocolSet client_protocols_;
  std::multimap<std::uint16_t, Export> exports_;
  std::vector<Client> clients_;
  std::unordered_map<std::string, std::size_t> client_positions_;
  std::uint64_t clients_ever_ = 0;
  std::uint64_t steps_ = 1;
  bool stats_on_ = true;
  Moment counting_since_ = now();
};

}  // namespace fake
