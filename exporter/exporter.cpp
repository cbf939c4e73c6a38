#include "exporter/exporter.hpp"

#include <boost/asio/co_spawn.hpp>
#include <cstdlib>
#include <sstream>

#include "exporter/collect/suspension_log.hpp"
#include "exporter/metrics/process_metrics.hpp"
#include "exporter/metrics/supervisor_metrics.hpp"
#include "exporter/status/assets/assets.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;

CollectorSet named(const std::vector<std::string>& names) {
  CollectorSet set;
  for (std::size_t i = 0; i < collectors.size(); ++i)
    set[i] = std::find(names.begin(), names.end(), collectors[i].name) != names.end();
  return set;
}

CollectorSet wanted(const MetricsQuery& query) {
  return query.collect.empty() ? ~named(query.exclude) : named(query.collect);
}

// node_exporter, which reads what --once prints, has process metrics of its own.
PageCache::Collectables own_metrics(const Options& flags, const ExporterMetrics& self,
                                    std::shared_ptr<const SupervisorStatus> supervised) {
  PageCache::Collectables own;
  if (supervised) own.push_back(std::make_shared<SupervisorMetrics>(std::move(supervised)));
  if (!flags.exporter_metrics) return own;
  own.push_back(self.collectable());
  if (flags.action != Action::once) own.push_back(std::make_shared<ProcessMetrics>());
  return own;
}

// Suspended methods of an earlier exporter.
dbus::SuspensionRecord known_suspensions(const Options& flags, SuspensionFile& file) {
  if (!flags.retry_suspended) return file.load();
  file.save({});
  return {};
}

// Where what outlives the exporter is kept; empty: nowhere. Service managers may give several folders.
std::string state_folder(const Options& flags) {
  if (!flags.state_path.empty()) return flags.state_path;
  if (flags.ganesha.run) return "/run/ganesha_exporter";
  const char* const given = std::getenv("STATE_DIRECTORY");
  const std::string folders = given ? given : "";
  return folders.substr(0, folders.find(':'));
}

// Servers that we run have names of their own on buses of their own: their configuration tells them apart.
std::string name_of_server(const Options& flags) {
  constexpr std::size_t longest = 150;
  if (!flags.ganesha.run) return flags.dbus_service_name;
  std::error_code error;
  auto file = std::filesystem::absolute(flags.ganesha.config_file, error).string();
  std::ranges::replace(file, '/', '_');
  return flags.dbus_service_name + (file.size() > longest ? file.substr(file.size() - longest) : file);
}

dbus::BusOptions bus_options(const Options& flags, SuspensionFile& file) {
  return {flags.dbus_address, flags.dbus_service_name,        flags.dbus_timeout,
          flags.dbus_window,  known_suspensions(flags, file), flags.ganesha.run};
}

SourceOptions source_options(const Options& flags, std::shared_ptr<const SupervisorStatus> supervised) {
  SourceOptions options{flags.enabled, flags.selection, flags.heartbeat_timeout.count() == 0};
  if (supervised)
    options.missing_exports = [supervised](const auto& served) {
      return names_of_missing_exports(*supervised, served);
    };
  return options;
}

std::string_view result_name(const dbus::result<dbus::Message>& outcome) {
  return outcome ? "ok" : dbus::name(outcome.error().code);
}

// Whether the poll was worth something: it ended, and a collector got what it asked for, if any was to ask.
bool polled(const Snapshot& snapshot, CollectorSet enabled) {
  const auto works = [](const CollectorOutcome& outcome) { return outcome.success; };
  return snapshot.complete &&
         (enabled.none() || std::any_of(snapshot.outcomes.begin(), snapshot.outcomes.end(), works));
}

double seconds_since(dbus::WallTime then, dbus::WallTime now) {
  return std::chrono::duration<double>(now - then).count();
}

}  // namespace

Exporter::Exporter(asio::io_context& loop, const Options& flags, Build build, Log& log,
                   std::shared_ptr<const SupervisorStatus> supervised)
    : loop_(loop),
      flags_(flags),
      build_(std::move(build)),
      log_(log),
      supervised_(std::move(supervised)),
      clock_(dbus::make_real_clock(loop.get_executor())),
      suspension_file_(state_folder(flags), name_of_server(flags), log),
      bus_(loop.get_executor(), opener_.get_executor(), *clock_, bus_options(flags, suspension_file_),
           observe()),
      health_(bus_, flags.heartbeat_timeout, [this](bool up) { up_changed(up); }),
      source_(bus_, log, source_options(flags, supervised_)),
      poller_(source_, *clock_, {flags.poll_interval, flags.poll_max_duty_ratio},
              [this](SnapshotPtr snapshot) { poll_ended(std::move(snapshot)); }),
      pages_(worker_.get_executor(), own_metrics(flags, self_, supervised_)),
      status_pages_(worker_.get_executor()),
      server_(loop.get_executor(), make_routes(site()), log, {},
              [this](unsigned status) { self_.count_request(status); }) {}

dbus::BusObserver Exporter::observe() {
  return {[this] { connected(); }, [this](const dbus::Error& why) { disconnected(why); },
          [this](const auto& outcome) { self_.count_call(result_name(outcome)); },
          [this](auto step, const auto& methods) { log_suspension(log_, step, methods); },
          [this](const auto& record) { suspension_file_.save(record); }};
}

Site Exporter::site() {
  Site site;
  site.telemetry_path = flags_.telemetry_path;
  site.max_requests = flags_.max_requests;
  site.state = [this] { return state(); };
  site.metrics = [this](const MetricsQuery& query) { return metrics(query); };
  site.status = [this](StatusRequest request) { return status(std::move(request)); };
  for (const auto& one : assets())
    site.files.push_back(
        {std::string(one.path), std::string(one.type), std::make_shared<const std::string>(one.content)});
  for (std::size_t i = 0; i < collectors.size(); ++i)
    if (flags_.enabled[i]) site.collectors.emplace_back(collectors[i].name);
  return site;
}

void Exporter::listen() {
  try {
    for (const auto& address : flags_.listen) server_.listen(address.host, address.port);
  } catch (const std::system_error& error) {
    throw std::runtime_error(error.what() + std::string("; choose another with --web.listen-address"));
  }
}

void Exporter::serve() {
  listen();
  for (const auto& endpoint : server_.endpoints()) {
    std::ostringstream text;
    text << endpoint;
    log_.info("Listening", {{"address", text.str()}});
  }
  server_.start();
}

void Exporter::follow() {
  // What none of them could handle ends the program, with its one line: a part that is dead must not go
  // unseen.
  const auto pass_on = [](const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);
  };
  asio::co_spawn(loop_, bus_.run(), pass_on);
  asio::co_spawn(loop_, health_.watch(), pass_on);
  asio::co_spawn(loop_, watch_owner(), pass_on);
  asio::co_spawn(loop_, poller_.run(), pass_on);
}

asio::awaitable<void> Exporter::stop(std::chrono::milliseconds deadline) {
  poller_.stop();
  co_await server_.stop(deadline);
}

asio::awaitable<void> Exporter::watch_owner() {
  auto generation = bus_.owner_generation();
  bool held = bus_.holds_calls();
  while (true) {
    co_await bus_.changed().wait();
    if (std::exchange(held, bus_.holds_calls()) != held) poller_.reconsider();
    if (generation == bus_.owner_generation()) continue;
    generation = bus_.owner_generation();
    if (bus_.owner().empty())
      poller_.reconsider();
    else
      poller_.poke();
  }
}

void Exporter::connected() {
  connected_at_ = clock_->now();
  if (std::exchange(tell_connected_, false)) log_.info("Connected to the bus");
}

// A bus that is away, or drops each connection soon, is told of once and not several times a second.
void Exporter::disconnected(const dbus::Error& why) {
  constexpr std::chrono::seconds lasting{10};
  last_error_ = why.message();
  const bool lasted = connected_at_ && clock_->now() - *connected_at_ > lasting;
  connected_at_.reset();
  if (std::exchange(disconnected_told_, true) && !lasted) return;
  tell_connected_ = true;
  log_.warn("No connection to the bus; trying again", {{"err", why.message()}});
}

void Exporter::poll_ended(SnapshotPtr snapshot) {
  self_.count_poll();
  if (suspension_file_.removed()) bus_.lift_suspensions();
  if (!snapshot) return;
  // A server that hangs within a poll has answered the first calls of it.
  const bool answered = snapshot->complete && snapshot->answered;
  // What a poll had found when the server froze under it is old by the time the server thaws.
  stale_ = !snapshot->complete && !health_.up();
  missing_exports_.take(snapshot->exports_missing);
  pages_.warm(snapshot);
  status_pages_.add(snapshot, clock_->now(), bus_.owner_generation());
  last_poll_ = std::move(snapshot);
  last_poll_owner_ = bus_.owner_generation();
  last_poll_ended_ = clock_->now();
  health_.note_answer(answered);
  news_.notify_all();
}

void Exporter::up_changed(bool up) {
  news_.notify_all();
  changed_at_ = clock_->wall();
  if (up) {
    log_.info("Ganesha is up", {{"service", flags_.dbus_service_name}});
    // A first poll may have come before the server could answer it, or before it froze.
    if (!fresh() || !last_poll_->complete) poller_.poke();
  } else {
    const bool owned = !bus_.owner().empty();
    last_error_ = owned ? "heartbeat timeout" : "bus name released";
    log_.warn("Ganesha is down", {{"service", flags_.dbus_service_name}, {"reason", last_error_}});
    stale_ = true;
  }
}

// The last poll's snapshot if it may be shown: of the present owner, Ganesha was up ever since, and another
// poll follows in time. None follows one that broke off until the missing replies have come.
SnapshotPtr Exporter::fresh() const {
  if (!last_poll_ || stale_ || last_poll_owner_ != bus_.owner_generation() || !health_.up()) return nullptr;
  const bool old = clock_->now() - last_poll_ended_ > flags_.poll_interval;
  return last_poll_->complete || !old ? last_poll_ : nullptr;
}

ScrapeState Exporter::live() const {
  ScrapeState live;
  live.up = health_.up();
  live.fresh = fresh() != nullptr;
  live.heartbeats = health_.heartbeats();
  live.last_heartbeat = health_.last_heartbeat();
  live.owner_changes = bus_.owner_changes();
  live.bus_connected = bus_.connected();
  live.enabled = flags_.enabled;
  live.last_poll = last_poll_;
  for (const auto& method : bus_.suspended_methods()) live.suspended_methods.push_back(label_of(method));
  live.version = build_.version;
  live.revision = build_.revision;
  return live;
}

HealthStatus Exporter::state() const {
  HealthStatus state;
  const auto snapshot = fresh();
  state.up = health_.up();
  state.owned = !bus_.owner().empty();
  state.bus_connected = bus_.connected();
  if (supervised_) state.lost = why_lost(*supervised_, state.up, clock_->now());
  if (supervised_) state.waits_for = supervised_->not_ready();
  state.ready = snapshot && polled(*snapshot, flags_.enabled) && (!supervised_ || supervised_->ready);
  const auto now = clock_->wall();
  if (const auto beat = health_.last_heartbeat()) state.seconds_since_beat = seconds_since(*beat, now);
  if (!state.up) state.last_error = last_error_;
  return state;
}

asio::awaitable<std::vector<Chunk>> Exporter::metrics(MetricsQuery query) {
  co_return co_await pages_.page(fresh(), live(), {query.format, query.gzip, wanted(query) & flags_.enabled});
}

std::optional<Since> Exporter::since(const Snapshot* snapshot) const {
  if (!changed_at_) return std::nullopt;
  if (!health_.up()) return Since{SinceKind::down, *changed_at_};
  if (supervised_) return Since{SinceKind::started, supervised_->started_at};
  return since_of(snapshot, *changed_at_);
}

asio::awaitable<std::vector<Chunk>> Exporter::status(StatusRequest request) {
  StatusFacts facts;
  facts.live = live();
  facts.snapshot = fresh();
  facts.since = since(facts.snapshot.get());
  facts.why_down = why_down(state());
  facts.poll_interval = last_poll_ ? poller_.wait_after(last_poll_->duration) : flags_.poll_interval;
  facts.refresh_interval = flags_.poll_interval;
  facts.now = clock_->wall();
  co_return co_await status_pages_.answer(std::move(facts), std::move(request));
}

asio::awaitable<std::string> Exporter::once() {
  const auto silence = std::max(flags_.heartbeat_timeout, std::chrono::milliseconds(0));
  const auto deadline = clock_->now() + (silence.count() > 0 ? silence : flags_.dbus_timeout);
  bool in_time = true;
  while (in_time && !fresh()) in_time = co_await news_.wait_until(deadline);
  const auto chunks = co_await metrics({});
  std::string page;
  for (const auto& chunk : chunks) page += *chunk;
  co_return page;
}

}  // namespace ganesha::exporter
