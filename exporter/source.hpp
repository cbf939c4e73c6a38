// One poll: asks Ganesha what the enabled collectors want and makes a snapshot of it. Called by the poller.
#pragma once

#include <optional>
#include <string>

#include "dbus/admin_mgr.hpp"
#include "dbus/client_mgr.hpp"
#include "dbus/export_mgr.hpp"
#include "exporter/io_table.hpp"
#include "exporter/log.hpp"
#include "exporter/poller.hpp"
#include "exporter/snapshot.hpp"

namespace ganesha::exporter {

struct SourceOptions {
  CollectorSet enabled;
  bool always_ask_grace = false;  // where no heartbeat is sent, get_grace's answer tells that Ganesha lives
};

class GaneshaSource final : public PollSource {
 public:
  GaneshaSource(dbus::Bus& bus, Log& log, SourceOptions options);

  bool available() const override { return !bus_.owner().empty(); }
  boost::asio::awaitable<SnapshotPtr> poll() override;
  boost::asio::awaitable<void> settled() override;

 private:
  using Outcome = dbus::result<void>;
  using Collect = boost::asio::awaitable<Outcome> (GaneshaSource::*)(Snapshot&);
  struct Collector;
  static const Collector table[collectors.size()];

  // What is asked once per owner of Ganesha's name.
  struct Owner {
    std::uint64_t generation = 0;
    dbus::MethodNames methods;  // of all three objects
    std::optional<std::string> version;
    std::optional<dbus::Timestamp> start;  // the first start of counting met: nothing was active before
    MeasuredSoFar exports;
    MeasuredSoFar clients;
  };

  boost::asio::awaitable<SnapshotPtr> ask();
  boost::asio::awaitable<Outcome> meet_owner();
  boost::asio::awaitable<void> ask_grace(Snapshot& snapshot);
  boost::asio::awaitable<void> run(std::size_t collector, Snapshot& snapshot);
  boost::asio::awaitable<Outcome> server(Snapshot& snapshot);
  boost::asio::awaitable<Outcome> exports(Snapshot& snapshot);
  boost::asio::awaitable<Outcome> export_io(const dbus::ExportList& list, Snapshot& snapshot);
  boost::asio::awaitable<Outcome> export_io_in_one(const dbus::ExportList& list, Snapshot& snapshot);
  boost::asio::awaitable<Outcome> export_io_one_by_one(const dbus::ExportList& list, Snapshot& snapshot);
  boost::asio::awaitable<Outcome> clients(Snapshot& snapshot);
  // Makes the call request_for(entry, protocol) for every protocol that the entry marks and the server can
  // tell.
  template <class Entry, class RequestFor>
  boost::asio::awaitable<dbus::result<std::optional<IoTable>>> io_of(const std::vector<Entry>& entries,
                                                                     const std::vector<std::size_t>& subjects,
                                                                     MeasuredSoFar& so_far,
                                                                     RequestFor request_for);
  bool has(std::string_view method) const { return owner_->methods.contains(method); }
  std::optional<dbus::Timestamp> activity(dbus::Timestamp last) const;
  void tell(std::size_t collector, const Outcome& outcome);

  dbus::Bus& bus_;
  dbus::AdminMgr admin_mgr_;
  dbus::ExportMgr export_mgr_;
  dbus::ClientMgr client_mgr_;
  Log& log_;
  SourceOptions options_;
  std::optional<Owner> owner_;
  std::array<bool, collectors.size()> failing_{};
};

}  // namespace ganesha::exporter
