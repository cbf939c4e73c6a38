#include "exporter/source.hpp"

#include <algorithm>
#include <unordered_map>

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using dbus::errc;
using dbus::Error;
using dbus::result;

constexpr std::uint64_t active_seconds = 300;

// IPv4 clients of a dual-stack listener are shown as the IPv4 addresses that they are.
std::string client_label(std::string_view address) {
  constexpr std::string_view mapped = "::ffff:";
  if (address.starts_with(mapped)) address.remove_prefix(mapped.size());
  return std::string(address);
}

std::size_t count_active(const std::vector<ClientEntry>& clients, dbus::Timestamp now) {
  return static_cast<std::size_t>(std::count_if(clients.begin(), clients.end(), [now](const auto& client) {
    return client.last_activity && client.last_activity->seconds + active_seconds >= now.seconds;
  }));
}

// Gives entries with equal keys one index, in the order in which they came.
template <class Key>
class Indices {
 public:
  // The index, and whether it is new.
  std::pair<std::size_t, bool> of(const Key& key) {
    const auto [at, added] = indices_.try_emplace(key, indices_.size());
    return {at->second, added};
  }
  std::optional<std::size_t> find(const Key& key) const {
    const auto at = indices_.find(key);
    return at == indices_.end() ? std::nullopt : std::optional(at->second);
  }

 private:
  std::unordered_map<Key, std::size_t> indices_;
};

template <class T>
void take_later(std::optional<T>& kept, const std::optional<T>& other) {
  if (other && (!kept || *kept < *other)) kept = other;
}

void add_state(std::optional<dbus::ClientState>& kept, const std::optional<dbus::ClientState>& other) {
  if (!other) return;
  if (!kept) kept.emplace();
  kept->open += other->open;
  kept->lock += other->lock;
  kept->delegation += other->delegation;
}

}  // namespace

// Which methods a collector cannot do without, and how it runs; in the order of `collectors`.
struct GaneshaSource::Collector {
  std::string_view name;
  std::string_view method;
  Collect run;
};

const GaneshaSource::Collector GaneshaSource::table[] = {
    {"server", "get_grace", &GaneshaSource::server},
    {"exports", "ShowExports", &GaneshaSource::exports},
    {"clients", "ShowClients", &GaneshaSource::clients},
};

GaneshaSource::GaneshaSource(dbus::Bus& bus, Log& log, SourceOptions options)
    : bus_(bus), admin_mgr_(bus), export_mgr_(bus), client_mgr_(bus), log_(log), options_(options) {}

asio::awaitable<SnapshotPtr> GaneshaSource::poll() {
  try {
    co_return co_await ask();
  } catch (const std::exception& error) {
    log_.error("Poll failed", {{"err", error.what()}});
  }
  auto nothing = std::make_shared<Snapshot>();
  nothing->taken = bus_.clock().wall();
  co_return nothing;
}

asio::awaitable<SnapshotPtr> GaneshaSource::ask() {
  auto snapshot = std::make_shared<Snapshot>();
  const auto start = bus_.clock().now();
  const auto generation = bus_.owner_generation();
  snapshot->complete = true;

  const auto met = co_await meet_owner();
  if (met && options_.always_ask_grace) co_await ask_grace(*snapshot);
  for (std::size_t i = 0; i < collectors.size(); ++i) {
    if (!options_.enabled[i]) continue;
    if (met && snapshot->complete) co_await run(i, *snapshot);
    if (!met && bus_.owner_generation() == generation) tell(i, met);
  }
  if (!met) snapshot->complete = false;
  if (bus_.owner_generation() != generation) co_return nullptr;
  snapshot->taken = bus_.clock().wall();
  snapshot->duration = bus_.clock().now() - start;
  co_return snapshot;
}

asio::awaitable<void> GaneshaSource::ask_grace(Snapshot& snapshot) {
  const auto in_grace = co_await admin_mgr_.get_grace();
  if (in_grace)
    snapshot.in_grace = *in_grace;
  else if (in_grace.error().code == errc::timed_out)
    snapshot.complete = false;
}

asio::awaitable<void> GaneshaSource::settled() {
  const auto generation = bus_.owner_generation();
  while (bus_.unanswered() > 0 && bus_.owner_generation() == generation) co_await bus_.changed().wait();
}

asio::awaitable<GaneshaSource::Outcome> GaneshaSource::meet_owner() {
  if (owner_ && owner_->generation == bus_.owner_generation()) co_return Outcome{};
  Owner owner;
  owner.generation = bus_.owner_generation();
  for (const auto* object : {dbus::objects::admin, dbus::objects::export_mgr, dbus::objects::client_mgr}) {
    auto methods = co_await dbus::introspect(bus_, object);
    if (!methods) co_return methods.error();
    owner.methods.merge(*methods);
  }
  owner_ = std::move(owner);
  co_return Outcome{};
}

asio::awaitable<void> GaneshaSource::run(std::size_t collector, Snapshot& snapshot) {
  auto& outcome = snapshot.outcomes[collector];
  outcome.supported = has(table[collector].method);
  if (!outcome.supported) co_return;
  const auto start = bus_.clock().now();
  const auto generation = bus_.owner_generation();
  const auto result = co_await (this->*table[collector].run)(snapshot);
  outcome.duration = bus_.clock().now() - start;
  outcome.success = result.has_value();
  if (!result && result.error().code == errc::timed_out) snapshot.complete = false;
  if (bus_.owner_generation() == generation) tell(collector, result);
}

// One line when a collector starts to fail and one when it recovers, never one a poll.
void GaneshaSource::tell(std::size_t collector, const Outcome& outcome) {
  // That Ganesha or the bus is away is told elsewhere, once.
  const auto code = outcome ? errc{} : outcome.error().code;
  if (code == errc::not_connected || code == errc::not_running) return;
  const std::string name(table[collector].name);
  if (!outcome && !failing_[collector])
    log_.warn("Collector fails", {{"collector", name}, {"err", outcome.error().message()}});
  if (outcome && failing_[collector]) log_.info("Collector works again", {{"collector", name}});
  failing_[collector] = !outcome;
}

// Fills the snapshot when all is known: a collector gives the whole of what it stands for, or nothing.
asio::awaitable<GaneshaSource::Outcome> GaneshaSource::server(Snapshot& snapshot) {
  if (!owner_->version) {
    auto version = co_await admin_mgr_.version();
    if (!version) co_return version.error();
    owner_->version = std::move(*version);
  }
  const auto in_grace = co_await admin_mgr_.get_grace();
  if (!in_grace) co_return in_grace.error();
  if (has("StatusStats")) {
    auto stats = co_await export_mgr_.status(has("GetFULLV3Stats"));
    if (!stats) co_return stats.error();
    snapshot.stats = std::move(*stats);
  }
  snapshot.in_grace = *in_grace;
  snapshot.version = owner_->version;
  co_return Outcome{};
}

std::optional<dbus::Timestamp> GaneshaSource::activity(dbus::Timestamp last) const {
  const bool never = last == dbus::Timestamp{} || last == owner_->start;
  return never ? std::nullopt : std::optional(last);
}

asio::awaitable<GaneshaSource::Outcome> GaneshaSource::exports(Snapshot& snapshot) {
  const auto list = co_await export_mgr_.show_exports();
  if (!list) co_return list.error();
  if (!owner_->start) owner_->start = list->time;

  std::vector<ExportEntry> entries;
  Indices<std::uint16_t> indices;
  for (const auto& one : list->exports) {
    const auto [index, added] = indices.of(one.id);
    if (added) entries.push_back({std::to_string(one.id), one.path, {}});
    take_later(entries[index].last_activity, activity(one.last_activity));
  }
  auto outcome = co_await export_io(*list, snapshot);
  if (outcome) snapshot.exports = std::move(entries);
  co_return outcome;
}

asio::awaitable<GaneshaSource::Outcome> GaneshaSource::export_io(const dbus::ExportList& list,
                                                                 Snapshot& snapshot) {
  if (has("GetNFSIO")) co_return co_await export_io_in_one(list, snapshot);
  co_return co_await export_io_one_by_one(list, snapshot);
}

asio::awaitable<GaneshaSource::Outcome> GaneshaSource::export_io_in_one(const dbus::ExportList& list,
                                                                        Snapshot& snapshot) {
  const auto io = co_await export_mgr_.get_io_stats();
  if (!io) co_return io.error();
  if (!io->counting) co_return Outcome{};
  Indices<std::uint16_t> subjects;
  for (const auto& one : list.exports) subjects.of(one.id);
  IoTableBuilder builder;
  for (const auto& row : io->rows)
    if (const auto subject = subjects.find(row.export_id))
      builder.add(*subject, row.protocol, row.read, row.write);
  snapshot.export_io = std::move(builder).finish(owner_->exports);
  co_return Outcome{};
}

asio::awaitable<GaneshaSource::Outcome> GaneshaSource::export_io_one_by_one(const dbus::ExportList& list,
                                                                            Snapshot& snapshot) {
  std::vector<std::size_t> subjects(list.exports.size());
  Indices<std::uint16_t> indices;
  for (std::size_t i = 0; i < subjects.size(); ++i) subjects[i] = indices.of(list.exports[i].id).first;
  auto io = co_await io_of(list.exports, subjects, owner_->exports, [](const auto& one, auto protocol) {
    return dbus::ExportMgr::nfs_io_request(one.id, protocol);
  });
  if (!io) co_return io.error();
  snapshot.export_io = std::move(*io);
  co_return Outcome{};
}

asio::awaitable<GaneshaSource::Outcome> GaneshaSource::clients(Snapshot& snapshot) {
  const auto list = co_await client_mgr_.show_clients();
  if (!list) co_return list.error();

  std::vector<ClientEntry> entries;
  std::vector<std::size_t> subjects;
  Indices<std::string> indices;
  for (const auto& client : list->clients) {
    auto label = client_label(client.address);
    const auto [index, added] = indices.of(label);
    if (added) entries.push_back({std::move(label), {}, {}});
    take_later(entries[index].last_activity, activity(client.last_activity));
    add_state(entries[index].state, client.state);
    subjects.push_back(index);
  }

  auto io = co_await io_of(list->clients, subjects, owner_->clients, [](const auto& client, auto protocol) {
    return dbus::ClientMgr::nfs_io_request(client.address, protocol);
  });
  if (!io) co_return io.error();
  snapshot.client_io = std::move(*io);
  snapshot.clients_active = count_active(entries, list->time);
  snapshot.clients = std::move(entries);
  co_return Outcome{};
}

template <class Entry, class RequestFor>
asio::awaitable<result<std::optional<IoTable>>> GaneshaSource::io_of(const std::vector<Entry>& entries,
                                                                     const std::vector<std::size_t>& subjects,
                                                                     MeasuredSoFar& so_far,
                                                                     RequestFor request_for) {
  struct Job {
    std::size_t entry;
    dbus::Protocol protocol;
  };
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < entries.size(); ++i)
    for (const auto protocol : dbus::io_protocols)
      if (entries[i].protocols[static_cast<std::size_t>(protocol)] && has(dbus::io_method(protocol)))
        jobs.push_back({i, protocol});

  IoTableBuilder builder;
  builder.reserve(jobs.size());
  std::optional<Error> error;
  bool counting = true;
  const auto request = [&](std::size_t i) { return request_for(entries[jobs[i].entry], jobs[i].protocol); };
  const auto take = [&](std::size_t i, const result<dbus::Message>& reply) {
    const auto io = decode(reply, dbus::decode_io);
    if (io) {
      counting &= io->counting;
      builder.add(subjects[jobs[i].entry], std::string(dbus::name(jobs[i].protocol)), io->read, io->write);
      return true;
    }
    // An entry may go between the list and this call: that is no failure.
    const auto code = io.error().code;
    if (code == errc::no_activity || code == errc::refused) return true;
    if (!error) error = io.error();
    return false;
  };
  co_await bus_.call_each(jobs.size(), request, take);
  if (error) co_return *error;
  if (!counting) co_return std::optional<IoTable>{};
  co_return std::optional(std::move(builder).finish(so_far));
}

}  // namespace ganesha::exporter
