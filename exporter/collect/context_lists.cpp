// The lists of exports and clients within a poll: what is shown of them, and under which labels.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "dbus/methods.hpp"
#include "exporter/collect/context.hpp"
#include "exporter/collect/loop_turns.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
namespace methods = dbus::methods;
using dbus::result;

constexpr std::uint64_t active_seconds = 300;

std::size_t count_active(const std::vector<dbus::Client>& clients, std::optional<dbus::Timestamp> start,
                         dbus::Timestamp now) {
  return static_cast<std::size_t>(std::ranges::count_if(clients, [&](const dbus::Client& client) {
    const bool ever = client.last_activity != dbus::Timestamp{} && client.last_activity != start;
    return ever && client.last_activity.seconds + active_seconds >= now.seconds;
  }));
}

// Gives clients of one label one index, in the order in which they came.
class Indices {
 public:
  bool has(const std::string& label) const { return indices_.contains(label); }
  // The index, and whether it is new.
  std::pair<std::size_t, bool> of(const std::string& label) {
    const auto [at, added] = indices_.try_emplace(label, indices_.size());
    return {at->second, added};
  }

 private:
  std::unordered_map<std::string, std::size_t> indices_;
};

template <class T>
void keep_later(std::optional<T>& kept, const std::optional<T>& other) {
  if (other && (!kept || *kept < *other)) kept = other;
}

void add_state(std::optional<dbus::ClientState>& kept, const std::optional<dbus::ClientState>& other) {
  if (!other) return;
  if (!kept) kept.emplace();
  kept->open += other->open;
  kept->lock += other->lock;
  kept->delegation += other->delegation;
}

template <class Entry>
void merge_use(Entry& kept, const Entry& other) {
  kept.protocols |= other.protocols;
  kept.last_activity = std::max(kept.last_activity, other.last_activity);
}

void merge(dbus::Client& kept, const dbus::Client& other) {
  merge_use(kept, other);
  add_state(kept.state, other.state);
}

void merge(dbus::Export& kept, const dbus::Export& other) { merge_use(kept, other); }

// Where Ganesha lists two clients by one name, such as <unknown>, or two exports by one id, it answers the
// same for both: they become one. Each key gets its place in the list.
template <class Entry, class Key, class KeyOf>
asio::awaitable<void> merge_equal(std::vector<Entry>& entries, KeyOf key_of,
                                  std::unordered_map<Key, std::size_t>& places) {
  places.reserve(entries.size());
  std::size_t kept = 0;
  Turn turn;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (turn.is_over()) co_await next_turn();
    const auto [at, added] = places.try_emplace(key_of(entries[i]), kept);
    if (!added)
      merge(entries[at->second], entries[i]);
    else if (kept++ != i)
      entries[kept - 1] = std::move(entries[i]);
  }
  entries.resize(kept);
}

// Old servers report the time of their start as the last activity of an entry that was never active:
// it is the earliest time, and the only one that several entries share to the nanosecond.
template <class Entry>
void detect_never_active(const std::vector<Entry>& entries, std::optional<dbus::Timestamp>& never_active) {
  std::optional<dbus::Timestamp> least;
  bool twice = false;
  for (const auto& one : entries) {
    if (one.last_activity == dbus::Timestamp{} || (least && *least < one.last_activity)) continue;
    twice = least == one.last_activity;
    least = one.last_activity;
  }
  if (twice) never_active = least;
}

// Removes the exports or clients that are not shown. Returns how many were beyond the maximum.
template <class Selection, class Entry>
asio::awaitable<std::size_t> remove_hidden(const Selection& selection, dbus::Timestamp now,
                                           std::vector<Entry>& entries) {
  std::vector<Entry> shown;
  Turn turn;
  for (auto& entry : entries) {
    if (turn.is_over()) co_await next_turn();
    if (selection.shows(entry, now)) shown.push_back(std::move(entry));
  }
  entries = std::move(shown);
  co_return keep_latest(selection.max, entries);
}

template <class Entry>
void clear_activity_at(std::optional<dbus::Timestamp> time, std::vector<Entry>& entries) {
  for (auto& one : entries)
    if (one.last_activity == time) one.last_activity = {};
}

}  // namespace

asio::awaitable<result<const SelectedExports*>> CollectContext::exports() {
  if (!exports_) exports_ = co_await list_exports();
  co_return pointer_to(*exports_);
}

asio::awaitable<result<SelectedExports>> CollectContext::list_exports() {
  auto list = co_await dbus::ask(bus_, methods::show_exports());
  if (!list) co_return list.error();
  if (!memory_.start) memory_.start = list->time;
  detect_never_active(list->exports, memory_.never_active);
  clear_activity_at(memory_.never_active, list->exports);
  note_exports(*list);
  co_await next_turn();
  std::unordered_map<std::uint16_t, std::size_t> places;
  co_await merge_equal(
      list->exports, [](const dbus::Export& one) { return one.id; }, places);
  snapshot_.exports_dropped = co_await remove_hidden(selection_.exports, list->time, list->exports);
  auto selected = co_await select(std::move(*list));
  log_dropped("exports", *snapshot_.exports_dropped);
  co_return selected;
}

void CollectContext::note_exports(const dbus::ExportList& list) {
  snapshot_.exports_known = list.exports.size();
  for (const auto& one : list.exports) snapshot_.export_ids.push_back(one.id);
}

asio::awaitable<SelectedExports> CollectContext::select(dbus::ExportList list) {
  auto& entries = snapshot_.exports.emplace();
  SelectedExports selected{list.time, {}, {}};
  Turn turn;
  for (auto& one : list.exports) {
    if (turn.is_over()) co_await next_turn();
    ExportEntry entry{std::to_string(one.id), label_value(one.path), activity(one.last_activity), {}};
    if (!labels_.take(entry.id.size() + entry.path.size())) {
      ++*snapshot_.exports_dropped;
      continue;
    }
    selected.entries.push_back({std::move(one), entries.size()});
    entries.push_back(std::move(entry));
  }
  co_return selected;
}

asio::awaitable<result<const SelectedClients*>> CollectContext::clients() {
  if (!clients_) clients_ = co_await list_clients();
  co_return pointer_to(*clients_);
}

asio::awaitable<result<SelectedClients>> CollectContext::list_clients() {
  const auto checked = co_await check_counting();
  if (!checked) co_return checked.error();
  auto list = co_await dbus::ask(bus_, methods::show_clients());
  if (!list) co_return list.error();
  detect_never_active(list->clients, memory_.never_active);
  clear_activity_at(memory_.never_active, list->clients);
  note_clients(*list);
  co_await next_turn();
  const auto name_of = [](const dbus::Client& one) { return label_value(one.address); };
  co_await merge_equal(list->clients, name_of, listed_clients_);
  snapshot_.clients_dropped = co_await remove_hidden(selection_.clients, list->time, list->clients);
  auto selected = co_await select(std::move(*list));
  log_dropped("clients", *snapshot_.clients_dropped);
  co_return selected;
}

void CollectContext::note_clients(const dbus::ClientList& list) {
  snapshot_.clients_known = list.clients.size();
  snapshot_.clients_active = count_active(list.clients, memory_.start, list.time);
  memory_.clients_seen.any |= !list.clients.empty();
  for (const auto& client : list.clients) memory_.clients_seen.used |= client.protocols;
}

asio::awaitable<SelectedClients> CollectContext::select(dbus::ClientList list) {
  auto& entries = snapshot_.clients.emplace();
  Indices indices;
  SelectedClients selected{list.time, {}, {}};
  selected.entries.reserve(list.clients.size());
  Turn turn;
  for (auto& client : list.clients) {
    if (turn.is_over()) co_await next_turn();
    auto label = label_value(selection_.clients.label(client.address));
    if (!indices.has(label) && !labels_.take(label.size())) {
      ++*snapshot_.clients_dropped;
      continue;
    }
    const auto [index, added] = indices.of(label);
    if (added) entries.push_back({std::move(label), {}, {}});
    if (!added) selected.shared.insert(index);
    keep_later(entries[index].last_activity, activity(client.last_activity));
    add_state(entries[index].state, client.state);
    selected.entries.push_back({std::move(client), index});
  }
  co_return selected;
}

void CollectContext::log_dropped(const std::string& what, std::size_t dropped) {
  if (dropped == 0 || !memory_.logged.insert("dropped " + what).second) return;
  log_.warn("Not all " + what + " are shown",
            {{"dropped", std::to_string(dropped)},
             {"why", "--collector." + what + ".max, or all names are longer than 32 MiB"}});
}

std::optional<dbus::Timestamp> CollectContext::activity(dbus::Timestamp last) const {
  const bool never = last == dbus::Timestamp{} || last == memory_.start;
  return never ? std::nullopt : std::optional(last);
}

}  // namespace ganesha::exporter
