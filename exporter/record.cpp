#include "exporter/record.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <utility>

#include "dbus/bus.hpp"
#include "exporter/base/log.hpp"
#include "exporter/base/spawned.hpp"
#include "exporter/built_in/page_source.hpp"
#include "exporter/collect/ganesha_source.hpp"
#include "exporter/record/recording.hpp"
#include "exporter/settings.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;

constexpr CollectorSet may_crash_the_server = set_of({CollectorId::procedures});
constexpr CollectorSet without_calls = set_of({CollectorId::built_in});

// Without flags that choose collectors all of them, but those that are off because they can do harm.
CollectOptions everything(const Options& flags) {
  auto collect = collect_options(flags, nullptr, nullptr);
  if (!flags.collectors_chosen) collect.enabled = ~may_crash_the_server;
  collect.enabled &= ~without_calls;
  return collect;
}

// What is suspended is not called here either; the list itself is left to the exporter that serves.
dbus::BusOptions read_suspensions(const Options& flags, Log& log) {
  auto file = suspension_file(flags, log);
  return bus_options(flags, file);
}

// One poll, all replies to its calls, and the server's own page where its URL is given.
class Recorder {
 public:
  Recorder(asio::io_context& loop, const Options& flags, Log& log)
      : flags_(flags),
        clock_(dbus::make_real_clock(loop.get_executor())),
        bus_(loop.get_executor(), opener_.get_executor(), *clock_, read_suspensions(flags, log), observe()),
        source_(bus_, log, everything(flags)) {
    if (const auto& url = flags.metrics_url)
      page_source_ = std::make_unique<PageSource>(loop, opener_.get_executor(), [url] { return *url; });
    asio::co_spawn(loop, bus_.run(), pass_on);
  }

  asio::awaitable<void> poll() {
    const auto deadline = clock_->now() + flags_.dbus_timeout;
    while (!source_.available())
      if (!co_await bus_.changed().wait_until(deadline)) throw std::runtime_error(absence());
    snapshot_ = co_await source_.poll();
    if (!snapshot_) throw std::runtime_error("record: the server was restarted meanwhile; try again");
    if (page_source_) co_await fetch_page();
  }

  void write() const {
    const auto files = recording_.files();
    write_files(flags_.record_folder, files);
    std::cout << "Wrote " << recording_.replies() << " replies of NFS-Ganesha "
              << snapshot_->version.value_or("of an unknown version") << " to " << flags_.record_folder
              << ":\n";
    for (const auto& [name, content] : files) std::cout << "  " << name << '\n';
    std::cout << "Addresses, paths and names of exports and clients are replaced. "
                 "Look through the files before you pass them on.\n";
    report_failures();
    std::cout.flush();
    if (!std::cout) throw std::runtime_error("cannot write to standard output");
  }

  // False while a thread is inside a call that blocks.
  bool idle() const { return bus_.idle() && (!page_source_ || page_source_->idle()); }

 private:
  dbus::BusObserver observe() {
    dbus::BusObserver observer;
    observer.on_disconnected = [this](const dbus::Error& why) { why_disconnected_ = why.message(); };
    observer.on_call = [this](const auto& call) { recording_.add(call.request(), call.outcome); };
    return observer;
  }

  std::string absence() const {
    const auto why = bus_.connected() ? flags_.dbus_service_name + " is not on the bus" : why_disconnected_;
    return "record: no NFS-Ganesha answers: " + (why.empty() ? "the bus is silent" : why) +
           "; see --dbus.address and --dbus.service-name";
  }

  asio::awaitable<void> fetch_page() {
    try {
      auto page = co_await page_source_->get(flags_.metrics_timeout);
      if (page)
        recording_.add_page(std::move(*page));
      else
        why_no_page_ = page.error().error.message();
    } catch (const std::exception& error) {
      why_no_page_ = error.what();
    }
  }

  void report_failures() const {
    if (!snapshot_->complete) std::cout << "A call was not answered in time: the rest was not called.\n";
    if (!why_no_page_.empty())
      std::cout << "The server's own page of metrics is missing: " << why_no_page_ << '\n';
    for (const auto& info : collectors) {
      const auto& outcome = snapshot_->outcomes[index_of(info.id)];
      if (outcome.supported && !outcome.success && ran_[index_of(info.id)])
        std::cout << "The collector " << info.name << " failed: its last reply is the one to look at.\n";
    }
  }

  const Options& flags_;
  asio::thread_pool opener_{dbus::Opener::most};
  std::unique_ptr<dbus::Clock> clock_;
  Recording recording_;
  std::string why_disconnected_;
  dbus::Bus bus_;
  CollectorSet ran_ = everything(flags_).enabled;
  GaneshaSource source_;
  std::unique_ptr<PageSource> page_source_;  // null without the page's URL
  std::string why_no_page_;
  SnapshotPtr snapshot_;
};

// A thread that is still inside a blocking call to a silent bus cannot be joined in time.
[[noreturn]] void leave(int code, const std::string& error) {
  std::cout.flush();
  std::cerr << error << std::flush;
  std::_Exit(code);
}

}  // namespace

int record(const Options& flags) {
  require_unused(flags.record_folder);
  Log log(flags.log_level, flags.log_format);
  asio::io_context loop(1);
  Recorder recorder(loop, flags, log);
  std::exception_ptr failure;
  asio::co_spawn(loop, recorder.poll(), [&](std::exception_ptr error) {
    failure = std::move(error);
    loop.stop();
  });
  loop.run();
  log.flush();
  try {
    if (failure) std::rethrow_exception(failure);
    recorder.write();
  } catch (const std::exception& error) {
    if (recorder.idle()) throw;
    leave(1, "ganesha_exporter: " + std::string(error.what()) + '\n');
  }
  if (!recorder.idle()) leave(0, "");
  return 0;
}

}  // namespace ganesha::exporter
