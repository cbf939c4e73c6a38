#include "exporter/collect/context.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "dbus/client_mgr.hpp"
#include "dbus/export_mgr.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using dbus::result;

constexpr std::uint64_t active_seconds = 300;

std::size_t count_active(const std::vector<dbus::Client>& clients, std::optional<dbus::Timestamp> start,
                         dbus::Timestamp now) {
  return static_cast<std::size_t>(std::ranges::count_if(clients, [&](const dbus::Client& client) {
    const bool ever = client.last_activity != dbus::Timestamp{} && client.last_activity != start;
    return ever && client.last_activity.seconds + active_seconds >= now.seconds;
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

template <class T>
result<const T*> view(const std::optional<result<T>>& known) {
  if (!*known) return known->error();
  return &**known;
}

struct Setting {
  std::string_view statistic, parameter;
};
constexpr Setting settings[] = {
    {"nfs", "Enable_NFS_Stats"},        {"fsal", "Enable_FSAL_Stats"},
    {"v3_full", "Enable_FULLV3_Stats"}, {"v4_full", "Enable_FULLV4_Stats"},
    {"auth", "Enable_AUTH_Stats"},      {"client_all_ops", "Enable_CLNT_AllOps_Stats"},
};

// Old servers tell the time of their start where there was no activity: the least time, and the only one
// that is told for several entries to the nanosecond.
template <class Entry>
void learn_start(const std::vector<Entry>& entries, std::optional<dbus::Timestamp>& start) {
  std::optional<dbus::Timestamp> least;
  bool twice = false;
  for (const auto& one : entries) {
    if (one.last_activity == dbus::Timestamp{} || (least && *least < one.last_activity)) continue;
    twice = least == one.last_activity;
    least = one.last_activity;
  }
  if (twice) start = least;
}

template <class Entry>
void forget_activity_at(std::optional<dbus::Timestamp> start, std::vector<Entry>& entries) {
  for (auto& one : entries)
    if (one.last_activity == start) one.last_activity = {};
}

void merge(dbus::Client& kept, const dbus::Client& other) {
  kept.protocols |= other.protocols;
  if (kept.last_activity < other.last_activity) kept.last_activity = other.last_activity;
  add_state(kept.state, other.state);
}

std::optional<dbus::StatsSwitch> find_switch(const std::vector<dbus::StatsSwitch>& switches,
                                             std::string_view name) {
  const auto found = std::ranges::find(switches, name, &dbus::StatsSwitch::name);
  return found == switches.end() ? std::nullopt : std::optional(*found);
}

std::string line_for(std::string_view statistic) {
  const auto* const setting = std::ranges::find(settings, statistic, &Setting::statistic);
  return "NFS_CORE_PARAM { " + std::string(setting->parameter) + " = true; }";
}

}  // namespace

asio::awaitable<result<const ShownExports*>> CollectContext::exports() {
  if (!exports_) exports_ = co_await list_exports();
  co_return view(exports_);
}

asio::awaitable<result<ShownExports>> CollectContext::list_exports() {
  auto list = co_await dbus::ExportMgr(bus_).show_exports();
  if (!list) co_return list.error();
  if (!owner_.start) owner_.start = list->time;
  learn_start(list->exports, owner_.never_active);
  forget_activity_at(owner_.never_active, list->exports);

  snapshot_.exports_known = list->exports.size();
  for (const auto& one : list->exports) snapshot_.export_ids.push_back(one.id);
  std::erase_if(list->exports, [this](const auto& one) { return !selection_.exports.takes(one.path); });
  auto& labels = snapshot_.exports.emplace();
  Indices<std::uint16_t> indices;
  ShownExports shown{list->time, std::move(list->exports), {}, {}};
  for (const auto& one : shown.entries) {
    const auto [index, added] = indices.of(one.id);
    if (added) labels.push_back({std::to_string(one.id), one.path, {}, {}});
    take_later(labels[index].last_activity, activity(one.last_activity));
    shown.subjects.push_back(index);
  }
  co_return shown;
}

asio::awaitable<result<const ShownClients*>> CollectContext::clients() {
  if (!clients_) clients_ = co_await list_clients();
  co_return view(clients_);
}

asio::awaitable<result<ShownClients>> CollectContext::list_clients() {
  const auto checked = co_await check_counting();
  if (!checked) co_return checked.error();
  auto list = co_await dbus::ClientMgr(bus_).show_clients();
  if (!list) co_return list.error();
  const auto& selection = selection_.clients;
  learn_start(list->clients, owner_.never_active);
  forget_activity_at(owner_.never_active, list->clients);
  snapshot_.clients_known = list->clients.size();
  owner_.clients_seen.any |= !list->clients.empty();
  for (const auto& client : list->clients) owner_.clients_seen.used |= client.protocols;
  snapshot_.clients_active = count_active(list->clients, owner_.start, list->time);
  list->clients = with_names_of_their_own(std::move(list->clients));
  snapshot_.clients_dropped = selection.apply(list->clients, list->time);
  auto& labels = snapshot_.clients.emplace();
  Indices<std::string> indices;
  ShownClients shown{list->time, std::move(list->clients), {}, {}};
  for (const auto& client : shown.entries) {
    auto label = selection.label(client.address);
    const auto [index, added] = indices.of(label);
    if (added) labels.push_back({std::move(label), {}, {}});
    if (!added) shown.shared.insert(index);
    take_later(labels[index].last_activity, activity(client.last_activity));
    add_state(labels[index].state, client.state);
    shown.subjects.push_back(index);
  }
  co_return shown;
}

// Asked for two that it calls by one name, such as <unknown>, Ganesha tells the same of both: they become
// one.
std::vector<dbus::Client> CollectContext::with_names_of_their_own(std::vector<dbus::Client>&& clients) {
  listed_clients_.reserve(clients.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const auto [at, added] = listed_clients_.try_emplace(clients[i].address, kept);
    if (!added)
      merge(clients[at->second], clients[i]);
    else if (kept++ != i)
      clients[kept - 1] = std::move(clients[i]);
  }
  clients.resize(kept);
  return std::move(clients);
}

// Where the server does not tell whether counting began anew, nothing learnt of clients can be trusted.
asio::awaitable<CollectResult> CollectContext::check_counting() {
  if (!has("StatusStats")) {
    owner_.client_cache = {};
    co_return CollectResult{};
  }
  const auto switches = co_await status();
  if (!switches) owner_.client_cache = {};
  if (!switches && switches.error().code == dbus::errc::timed_out) co_return switches.error();
  co_return CollectResult{};
}

// What was learnt of another counting is forgotten.
void CollectContext::begin_anew(const std::vector<dbus::StatsSwitch>& now) {
  if (now == owner_.counting) return;
  owner_.client_cache = {};
  owner_.bulk_ops_refused = false;
  for (const auto& one : now)
    if (one.enabled) owner_.told.erase(std::string(one.name));
  owner_.other_latency = {};
  owner_.average_latency = {};
  const auto before = std::exchange(owner_.counting, now);
  const auto changed = [&](std::string_view name) {
    return find_switch(before, name) != find_switch(now, name);
  };
  if (changed("nfs"))
    owner_.client_sums = {};
  else if (changed("client_all_ops"))
    owner_.client_sums.procedures = {};
}

bool CollectContext::spare_ninep(const dbus::Error& error) {
  ninep_ = error;
  return error.code != dbus::errc::timed_out;
}

void CollectContext::warn_once(const std::string& message, const dbus::Error& error) {
  if (owner_.told.insert(message).second) log_.warn(message, {{"err", error.message()}});
}

std::optional<dbus::Timestamp> CollectContext::activity(dbus::Timestamp last) const {
  const bool never = last == dbus::Timestamp{} || last == owner_.start;
  return never ? std::nullopt : std::optional(last);
}

asio::awaitable<result<const std::vector<dbus::StatsSwitch>*>> CollectContext::status() {
  if (!status_) {
    status_ = co_await dbus::ExportMgr(bus_).status(has("GetFULLV3Stats"));
    if (*status_) begin_anew(**status_);
  }
  co_return view(status_);
}

asio::awaitable<result<bool>> CollectContext::counts(std::string_view statistic) {
  if (!has("StatusStats")) co_return true;
  const auto switches = co_await status();
  // That StatusStats fails is the server collector's to tell.
  if (!switches && switches.error().code != dbus::errc::timed_out) co_return true;
  if (!switches) co_return switches.error();
  const auto found = find_switch(**switches, statistic);
  const bool on = !found || found->enabled;
  if (!on) report_uncounted(statistic);
  co_return on;
}

asio::awaitable<result<bool>> CollectContext::safe(std::string_view method) {
  const std::string version = owner_.version.value_or("");
  if (always_safe(method, version)) co_return true;
  const auto clients = co_await this->clients();
  if (!clients) co_return clients.error();
  const auto hazard = hazard_of(method, version, owner_.clients_seen);
  if (hazard && owner_.told.emplace(method).second)
    log_.warn("A call is left out: this server can crash on it after what a client did",
              {{"method", std::string(method)}, {"client_used", std::string(*hazard)}});
  co_return !hazard;
}

void CollectContext::report_uncounted(std::string_view statistic) {
  if (owner_.told.emplace(statistic).second)
    log_.info("Ganesha does not count a statistic; a line in its configuration turns it on",
              {{"stats", std::string(statistic)}, {"line", line_for(statistic)}});
}

}  // namespace ganesha::exporter
