#include "exporter/exporter.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "exporter/base/descriptor_limit.hpp"
#include "exporter/base/spawned.hpp"
#include "exporter/built_in/read_page.hpp"
#include "exporter/collect/suspension_log.hpp"
#include "exporter/listening.hpp"
#include "exporter/settings.hpp"
#include "exporter/status/assets/assets.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;

std::string_view result_name(const dbus::result<dbus::Message>& outcome) {
  return outcome ? "ok" : dbus::name(outcome.error().code);
}

}  // namespace

Exporter::Exporter(asio::io_context& loop, const Options& options, Build build, Log& log,
                   std::shared_ptr<const SupervisorStatus> supervised)
    : loop_(loop),
      options_(options),
      log_(log),
      clock_(dbus::make_real_clock(loop.get_executor())),
      suspension_file_(suspension_file(options, log)),
      bus_(loop.get_executor(), opener_.get_executor(), *clock_, bus_options(options, suspension_file_),
           observe()),
      life_(life_monitor(options, bus_, loop.get_executor(), life_events())),
      page_source_(page_source(options, loop, opener_.get_executor(), supervised)),
      page_fetcher_(make_page_fetcher()),
      source_(bus_, log, collect_options(options, supervised, page_fetcher_.get())),
      poller_(source_, *clock_, {options.poll_interval, options.poll_max_duty_ratio},
              [this](SnapshotPtr snapshot) { poll_ended(std::move(snapshot)); }),
      freshness_(options.poll_interval),
      web_(loop.get_executor(), options.web_config_file, log),
      state_({options, std::move(build), *clock_, bus_, *life_, freshness_, page_fetcher_.get(), log, web_,
              supervised}),
      pages_(worker_.get_executor(), own_metrics(options, own_metrics_, supervised), page_content(options)),
      status_pages_(worker_.get_executor()),
      server_(loop.get_executor(), web_.guard(make_routes(site())), log, options_for(descriptor_limit()),
              count_http()),
      probes_(loop.get_executor(), make_health_routes([this] { return state_.health_status(); }), log,
              health_options(), count_http()) {
  if (options.log_level == LogLevel::debug) call_log_.emplace(log, options.enabled);
}

dbus::BusObserver Exporter::observe() {
  return {[this] { connection_log_.connected(clock_->now()); },
          [this](const dbus::Error& why) { disconnected(why); },
          [this](const auto& call) { call_ended(call); },
          [this](auto step, const auto& methods) { log_suspension(log_, step, methods); },
          [this](const auto& record) { suspension_file_.save(record); }};
}

// Without a bus the page itself may be a sign of life: it is fetched before the server counts as up.
LifeEvents Exporter::life_events() {
  return {[this](bool up) { up_changed(up); },
          [this](bool answers) {
            if (page_fetcher_) answers ? page_fetcher_->resume() : page_fetcher_->pause();
          },
          [this] { return page_fetcher_ && page_fetcher_->page().has_value(); }};
}

HttpObserver Exporter::count_http() {
  return {[this](unsigned status) { own_metrics_.count_request(status); },
          [this](CloseReason reason) { own_metrics_.count_close(reason); }};
}

Site Exporter::site() {
  Site site;
  site.telemetry_path = options_.telemetry_path;
  site.max_requests = options_.max_requests;
  site.state = [this] { return state_.health_status(); };
  site.metrics = [this](const MetricsQuery& query) { return metrics(query); };
  site.status = [this](StatusRequest request) { return status(std::move(request)); };
  if (options_.lifecycle) site.reload = [this] { return web_.reload(); };
  if (options_.web_config_file.empty()) site.reloaded = "There is no --web.config.file";
  for (const auto& one : assets())
    site.files.push_back(
        {std::string(one.path), std::string(one.type), std::make_shared<const std::string>(one.content)});
  site.collectors = names_of(options_.enabled);
  site.hosts = host_check(options_);
  return site;
}

void Exporter::serve(const std::vector<int>& passed_sockets) {
  web_.load(server_, options_.ganesha.run ? IfWrong::serve_health_alone : IfWrong::fail);
  listen_for_all(server_, options_, passed_sockets);
  listen_for_probes(probes_, options_);
  log_addresses(log_, "Listening", server_);
  log_addresses(log_, "Listening for probes", probes_);
  server_.start();
  probes_.start();
  asio::co_spawn(loop_, watch_web_config(), pass_on);
}

asio::awaitable<std::string> Exporter::reload() { return web_.reload(); }

void Exporter::follow() {
  if (options_.has_bus) {
    asio::co_spawn(loop_, bus_.run(), pass_on);
    asio::co_spawn(loop_, watch_owner(), pass_on);
  }
  asio::co_spawn(loop_, life_->watch(), pass_on);
  asio::co_spawn(loop_, poller_.run(), pass_on);
  if (page_fetcher_) asio::co_spawn(loop_, page_fetcher_->run(), pass_on);
}

asio::awaitable<void> Exporter::stop(std::chrono::milliseconds deadline) {
  poller_.stop();
  if (page_fetcher_) page_fetcher_->stop();
  co_await server_.stop(deadline);
  co_await probes_.stop({});
}

asio::awaitable<void> Exporter::watch_owner() {
  auto generation = bus_.owner_generation();
  bool held = bus_.holds_calls();
  while (true) {
    co_await bus_.changed().wait();
    if (std::exchange(held, bus_.holds_calls()) != held) poller_.check_availability();
    if (generation == bus_.owner_generation()) continue;
    generation = bus_.owner_generation();
    restart_page_fetcher();
    if (bus_.owner().empty())
      poller_.check_availability();
    else
      poller_.poll_now();
  }
}

// A renewed certificate is served within five seconds: a few looks must see the same.
asio::awaitable<void> Exporter::watch_web_config() {
  constexpr std::chrono::seconds interval{1};
  const auto timer = clock_->timer();
  while (true) {
    co_await timer->wait_until(clock_->now() + interval);
    co_await web_.look();
  }
}

void Exporter::disconnected(const dbus::Error& why) {
  state_.disconnected(why);
  connection_log_.disconnected(why, clock_->now());
}

void Exporter::call_ended(const dbus::CallReport& call) {
  own_metrics_.count_call(result_name(call.outcome));
  if (call_log_) call_log_->call_ended(call);
}

void Exporter::poll_ended(SnapshotPtr snapshot) {
  own_metrics_.count_poll();
  if (call_log_) call_log_->poll_ended(snapshot.get());
  if (suspension_file_.removed()) bus_.lift_suspensions();
  if (!snapshot) return;
  missing_exports_.take(snapshot->exports_missing);
  pages_.prerender(snapshot);
  status_pages_.add(snapshot, clock_->now(), bus_.owner_generation());
  SnapshotPtr before = freshness_.last_poll();
  freshness_.poll_ended(snapshot, state_.server());
  // It takes milliseconds to free a large one.
  asio::post(worker_, [freed = std::move(before)] {});
  life_->note_answer(shows_life(*snapshot));
  news_.notify_all();
}

void Exporter::up_changed(bool up) {
  news_.notify_all();
  up ? went_up() : went_down();
}

void Exporter::went_up() {
  state_.went_up();
  log_.info("Ganesha is up", {server()});
  if (freshness_.needs_poll(state_.server())) poller_.poll_now();
  if (page_fetcher_) page_fetcher_->resume();
}

void Exporter::went_down() {
  const auto reason = state_.went_down();
  freshness_.went_down();
  if (page_fetcher_ && options_.has_bus) page_fetcher_->pause();
  log_.warn("Ganesha is down", {server(), {"reason", reason}});
}

// How the log names the server.
LogField Exporter::server() const {
  if (options_.has_bus) return {"service", options_.dbus_service_name};
  if (options_.nfs_address) return {"nfs_address", text_of(*options_.nfs_address)};
  return {"metrics_url", text_of(*options_.metrics_url)};
}

std::unique_ptr<PageFetcher> Exporter::make_page_fetcher() {
  if (!page_source_) return nullptr;
  const auto beside = options_.has_bus ? BesideBus::yes : BesideBus::no;
  const auto read = [selection = options_.selection, beside](const std::string& text,
                                                             dbus::WallTime taken) -> PageFetcher::Result {
    auto page = read_page(text, selection, taken, beside);
    if (!page) return dbus::Error{dbus::errc::malformed_reply, page.error()};
    return std::make_shared<const BuiltInPage>(std::move(*page));
  };
  return std::make_unique<PageFetcher>(
      worker_.get_executor(), *clock_, log_, page_fetching(options_),
      PageFetcher::Parts{[this](auto timeout) { return page_source_->get(timeout); }, read,
                         [this] { page_fetched(); }});
}

// What another server served is forgotten.
void Exporter::restart_page_fetcher() {
  if (!page_fetcher_) return;
  page_fetcher_->pause();
  if (life_->up()) page_fetcher_->resume();
}

// The first page is shown at once; later ones wait for the next poll. Without a bus it may be the sign of
// life that was missing: if that waited for the next NULL call, a server that ends before it would never have
// been up, and its page would be shown as that of the next server.
void Exporter::page_fetched() {
  life_->report_change();
  news_.notify_all();
  const auto& last = freshness_.last_poll();
  if (last && !last->built_in && page_fetcher_->page()) poller_.poll_now();
}

asio::awaitable<std::vector<Chunk>> Exporter::metrics(MetricsQuery query) {
  const auto wanted = wanted_collectors(query, options_.enabled);
  const PageRequest request{query.format, query.gzip, wanted};
  co_return co_await pages_.page(state_.fresh(), state_.scrape_state(), request);
}

asio::awaitable<std::vector<Chunk>> Exporter::status(StatusRequest request) {
  co_return co_await status_pages_.answer(state_.status_facts(poll_interval()), std::move(request));
}

// The one in force.
dbus::Duration Exporter::poll_interval() const {
  const auto& last = freshness_.last_poll();
  return last ? poller_.wait_after(last->duration) : options_.poll_interval;
}

// Whether the values of all collectors are there that will be.
bool Exporter::has_all() const {
  const auto snapshot = state_.fresh();
  if (!snapshot || !page_fetcher_) return snapshot != nullptr;
  const auto page = page_fetcher_->page();
  return page ? snapshot->built_in != nullptr : page.error().code != dbus::errc::pending;
}

asio::awaitable<std::string> Exporter::once() {
  const auto timeout =
      options_.heartbeat_timeout.count() > 0 ? options_.heartbeat_timeout : options_.dbus_timeout;
  const auto deadline = clock_->now() + timeout;
  bool in_time = true;
  while (in_time && !has_all()) in_time = co_await news_.wait_until(deadline);
  const auto chunks = co_await metrics({});
  std::string page;
  for (const auto& chunk : chunks) page += *chunk;
  co_return page;
}

}  // namespace ganesha::exporter
